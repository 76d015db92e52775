import { setTimeout } from 'node:timers/promises';
import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { RedisTaskStateError } from '../client/index.js';
import {
  ACTIVITIES,
  adviceOnVersions,
  isUnanswered,
  pollersSince,
  type QueueType,
  takersAmong,
  WORKFLOWS,
} from '../client/workers.js';
import { apiTaskQueue } from '../contract/ids.js';
import { CliError, EXIT } from './exit-codes.js';
import { withTimeout, type Temporal } from './temporal.js';
import type { Output } from './terminal.js';

/** Workers poll at least once a minute. The server lists them for five minutes after that. */
const GONE_AFTER_MS = 90_000;

export const ADVICE = 'Start one with: redis-task worker';

export function describeNoWorker(queue: string, { address, namespace }: Temporal, advice = ''): string {
  return `No worker takes work from queue ${queue} at ${address}, namespace ${namespace}.${advice}`;
}

/** The server's list of the workers on a queue. Some of them may have left a minute ago. */
export function listPollers(temporal: Temporal, queue: string, type: QueueType) {
  return withTimeout(temporal, () => pollersSince(temporal.waits.client, queue, type, Date.now() - GONE_AFTER_MS));
}

/** Says which of the two queues has no worker in the server's list, if any. */
export async function findMissingWorker(temporal: Temporal): Promise<string | undefined> {
  const { taskQueue } = temporal.waits;
  for (const [queue, type] of [
    [taskQueue, WORKFLOWS],
    [apiTaskQueue(taskQueue), ACTIVITIES],
  ] as const) {
    const pollers = await listPollers(temporal, queue, type);
    if (takersAmong(pollers).length === 0) return describeNoWorker(queue, temporal, adviceOnVersions(pollers));
  }
  return undefined;
}

/** Waits until both queues have a worker. @throws CliError `noWorker` unless `isPatient` */
export async function requireWorkers(temporal: Temporal, isPatient: boolean, output?: Output): Promise<Temporal> {
  let missing = await findMissingWorker(temporal);
  if (missing !== undefined && !isPatient) throw new CliError(EXIT.noWorker, `${missing} ${ADVICE}`);
  if (missing !== undefined) output?.say(`${missing} Waiting for one.`);
  for (; missing !== undefined; missing = await findMissingWorker(temporal)) await setTimeout(1_000);
  return temporal;
}

/** Whether no worker has answered in time. */
export function isWithoutWorker(error: unknown): boolean {
  return isUnanswered(error) || (error instanceof RedisTaskStateError && error.reason === 'unanswered');
}

/** Asks a wait something that only a worker can answer. @throws CliError `noWorker` when none answers within seconds */
export async function askWorker<T>(temporal: Temporal, ask: () => Promise<T>, consequence = ''): Promise<T> {
  try {
    return await withTimeout(temporal, ask);
  } catch (error) {
    if (!isWithoutWorker(error) && !(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
    throw new CliError(EXIT.noWorker, `No worker answered within 5 s. ${consequence}${ADVICE}`);
  }
}
