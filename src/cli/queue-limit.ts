import type { QueueType } from '../client/workers.js';
import { plain } from '../contract/text.js';
import { type Temporal, withTimeout } from './temporal.js';

/** The limit that somebody has set for a queue on the server: it overrides that of the workers. */
export interface QueueLimit {
  readonly callsPerSecond: number;
  readonly reason: string;
}

/** Undefined when none is set, and on servers that have no such limits. */
export async function limitOfQueue(
  temporal: Temporal,
  queue: string,
  type: QueueType,
): Promise<QueueLimit | undefined> {
  const { namespace, waits } = temporal;
  const request = { namespace, taskQueue: { name: queue }, taskQueueType: type, reportConfig: true };
  const { config } = await withTimeout(temporal, () => waits.client.workflowService.describeTaskQueue(request));
  const { rateLimit, metadata } = config?.queueRateLimit ?? {};
  return rateLimit ? { callsPerSecond: rateLimit.requestsPerSecond ?? 0, reason: metadata?.reason ?? '' } : undefined;
}

/** What to do about a queue that somebody has paused; undefined when nobody has. */
export function pausedText(queue: string, limit: QueueLimit | undefined): string | undefined {
  if (limit?.callsPerSecond !== 0) return undefined;
  const why = limit.reason && ` (${plain(limit.reason, 200)})`;
  const resume = `temporal task-queue config set --task-queue ${queue} --task-queue-type activity --queue-rps-limit default`;
  return `Queue ${queue} is paused: its limit was set to 0 calls a second${why}. To resume: ${resume}`;
}
