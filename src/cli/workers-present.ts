import { setTimeout } from 'node:timers/promises';
import { ACTIVITIES, pollersSince, WORKFLOWS } from '../client/queue-pollers.js';
import { apiTaskQueue } from '../contract/ids.js';
import { CliError, EXIT } from './exit-codes.js';
import { soon, type Temporal } from './temporal.js';

/** Workers poll anew at least once a minute; the server lists them for five after their last. */
const SILENT_AFTER_MS = 90_000;

/** The two queues of the waits, and whether anyone takes work from them, as far as the server's list of pollers tells. */
export interface QueueReport {
  readonly queue: string;
  readonly pollers: number;
  /** What the workers told the server to hold the queue to; undefined when no worker said so. */
  readonly callsPerSecond: number | undefined;
}

/** Looks at the two queues of waits on `queue`. */
export async function queueReports(
  temporal: Temporal,
  queue = temporal.waits.taskQueue,
): Promise<readonly [QueueReport, QueueReport]> {
  return Promise.all([report(temporal, queue, WORKFLOWS), report(temporal, apiTaskQueue(queue), ACTIVITIES)]);
}

/** What to say when a queue has no worker; undefined when both have one, or had one until a short while ago. */
export async function missingWorker(temporal: Temporal, queue?: string): Promise<string | undefined> {
  const alone = (await queueReports(temporal, queue)).find(({ pollers }) => pollers === 0);
  return alone && nobodyTakes(alone.queue, temporal);
}

/** That a queue has no worker. */
export function nobodyTakes(queue: string, { address, namespace }: Temporal): string {
  return `No worker takes work from queue ${queue} at ${address}, namespace ${namespace}.`;
}

/** Makes sure that somebody would do the waiting. @throws CliError `noWorker`, unless `waits` */
export async function requireWorkers(
  temporal: Temporal,
  { queue, wait, say }: { readonly queue?: string; readonly wait: boolean; readonly say: (line: string) => void },
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const missing = await missingWorker(temporal, queue);
    if (missing === undefined) return;
    if (!wait) throw new CliError(EXIT.noWorker, `${missing} ${ADVICE}`);
    if (attempt === 0) say(`${missing} Waiting for one.`);
    await setTimeout(1_000);
  }
}

export const ADVICE = 'Start one with: redis-task worker';

async function report(temporal: Temporal, queue: string, type: typeof WORKFLOWS): Promise<QueueReport> {
  const since = Date.now() - SILENT_AFTER_MS;
  const pollers = await soon(temporal, () => pollersSince(temporal.waits.client, queue, type, since));
  const rates = pollers.map(({ ratePerSecond }) => ratePerSecond ?? 0).filter((rate) => rate > 0 && rate < 100_000);
  return { queue, pollers: pollers.length, callsPerSecond: rates.length > 0 ? Math.max(...rates) : undefined };
}
