import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { apiTaskQueue } from '../contract/ids.js';
import { CliError, EXIT } from './exit-codes.js';
import { soon, type Temporal } from './temporal.js';

type Request = Parameters<Client['workflowService']['describeTaskQueue']>[0];
type QueueType = NonNullable<Request['taskQueueType']>;

/** Temporal's numbers for what a worker can poll a queue for. */
const WORKFLOWS = 1 as unknown as QueueType;
const ACTIVITIES = 2 as unknown as QueueType;

/** The API mode in which the server asks every partition of a queue. */
const ENHANCED = 1 as unknown as NonNullable<Request['apiMode']>;

/** Workers poll anew at least once a minute; the server lists them for five after their last. */
const SILENT_AFTER_MS = 90_000;

/** The two queues of the waits, and whether anyone takes work from them. */
export interface QueueReport {
  readonly queue: string;
  readonly pollers: number;
  /** What the workers told the server to hold the queue to; undefined when no worker said so. */
  readonly callsPerSecond: number | undefined;
}

/** Looks at both queues. */
export async function queueReports(temporal: Temporal): Promise<readonly [QueueReport, QueueReport]> {
  const { taskQueue } = temporal.waits;
  return Promise.all([report(temporal, taskQueue, WORKFLOWS), report(temporal, apiTaskQueue(taskQueue), ACTIVITIES)]);
}

/** What to say when a queue has no worker; undefined when both have one. */
export async function missingWorker(temporal: Temporal): Promise<string | undefined> {
  const alone = (await queueReports(temporal)).find(({ pollers }) => pollers === 0);
  return (
    alone && `No worker takes work from queue ${alone.queue} at ${temporal.address}, namespace ${temporal.namespace}.`
  );
}

/** Makes sure that somebody would do the waiting. @throws CliError `noWorker`, unless `waits` */
export async function requireWorkers(
  temporal: Temporal,
  { wait, say }: { readonly wait: boolean; readonly say: (line: string) => void },
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const missing = await missingWorker(temporal);
    if (missing === undefined) return;
    if (!wait) throw new CliError(EXIT.noWorker, `${missing} ${ADVICE}`);
    if (attempt === 0) say(`${missing} Waiting for one.`);
    await setTimeout(1_000);
  }
}

export const ADVICE = 'Start one with: redis-task worker';

async function report(temporal: Temporal, queue: string, type: QueueType): Promise<QueueReport> {
  const { client } = temporal.waits;
  const ask = (enhanced: boolean) =>
    soon(temporal, () =>
      client.workflowService.describeTaskQueue({
        namespace: temporal.namespace,
        taskQueue: { name: queue },
        taskQueueType: type,
        ...(enhanced && { apiMode: ENHANCED, taskQueueTypes: [type], reportPollers: true }),
      }),
    );
  let { pollers } = await ask(false);
  if (!pollers.some(isAwake)) {
    // A queue has partitions, and the plain answer may be that of one of them.
    const { versionsInfo } = await ask(true);
    pollers = Object.values(versionsInfo).flatMap(({ typesInfo }) =>
      Object.values(typesInfo ?? {}).flatMap((each) => each.pollers ?? []),
    );
  }
  const awake = pollers.filter(isAwake);
  const rates = awake.map(({ ratePerSecond }) => ratePerSecond ?? 0).filter((rate) => rate > 0 && rate < 100_000);
  return { queue, pollers: awake.length, callsPerSecond: rates.length > 0 ? Math.max(...rates) : undefined };
}

function isAwake({ lastAccessTime }: { lastAccessTime?: { seconds?: unknown } | null }): boolean {
  return Number(lastAccessTime?.seconds ?? 0) * 1_000 > Date.now() - SILENT_AFTER_MS;
}
