import { Runtime, type Worker } from '@temporalio/worker';
import { findSearchAttributesProblem } from '../contract/search-attributes.js';

const TIMEOUT_MS = 5_000;

/**
 * Whether the waits of a worker can have search attributes: the server would refuse every task of a workflow that sets one
 * which its namespace lacks. If not, the log says why. A server that does not tell, as on Temporal Cloud, is trusted.
 */
export async function canWriteSearchAttributes({ client, options: { namespace } }: Worker): Promise<boolean> {
  if (!client) return true;
  const { connection } = client;
  const find = () => findSearchAttributesProblem(connection.operatorService, namespace);
  const problem = await connection.withDeadline(Date.now() + TIMEOUT_MS, find).catch(() => undefined);
  if (problem !== undefined) Runtime.instance().logger.warn(problem);
  return problem === undefined;
}
