import type { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import { findSearchAttributesProblem, OUTCOME, type WrittenAttributes } from '../contract/search-attributes.js';

const TIMEOUT_MS = 5_000;

/**
 * Which search attributes the waits of a worker can have: the server would refuse every task of a workflow that sets one
 * which its namespace lacks. If not all, the log says why. A server that does not tell, as on Temporal Cloud, is trusted to
 * have those that it must have.
 */
export async function writableSearchAttributes({
  client,
  options,
}: {
  readonly client?: Client | undefined;
  readonly options: { readonly namespace: string };
}): Promise<WrittenAttributes> {
  const { namespace } = options;
  if (!client) return 'withoutOutcome';
  const { connection, workflow } = client;
  const ask = <T>(question: () => Promise<T>) => connection.withDeadline(Date.now() + TIMEOUT_MS, question);
  const { logger } = Runtime.instance();

  const problem = await ask(() => findSearchAttributesProblem(connection.operatorService, namespace)).catch(
    () => undefined,
  );
  if (problem !== undefined) {
    logger.warn(problem);
    return false;
  }
  // Every server refuses to search for what its namespace does not have.
  const hasOutcome = await ask(() => workflow.count(`${OUTCOME.name} = "succeeded"`)).then(
    () => true,
    () => false,
  );
  if (hasOutcome) return true;
  const advice = 'Register it with redis-task setup, then restart the worker';
  logger.info(
    `Namespace ${namespace} does not have the search attribute ${OUTCOME.name}: waits go on without it. ${advice}`,
  );
  return 'withoutOutcome';
}
