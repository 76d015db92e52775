import type { Client } from '@temporalio/client';
import { instantMs, type ProtoInstant } from './instant.js';

type Request = Parameters<Client['workflowService']['describeTaskQueue']>[0];
type QueueType = NonNullable<Request['taskQueueType']>;

/** Temporal's numbers for what a worker can poll a queue for. */
export const WORKFLOWS = 1 as unknown as QueueType;
export const ACTIVITIES = 2 as unknown as QueueType;

/** The API mode in which the server asks every partition of a queue. */
const ENHANCED = 1 as unknown as NonNullable<Request['apiMode']>;

/** A worker that has asked a queue for work. */
export interface QueuePoller {
  /** What it told the server to hold the queue to. */
  readonly ratePerSecond?: number | null;
  readonly lastAccessTime?: ProtoInstant | null;
}

/** Who has asked a queue for work since an instant of the server's clock. The server lists them for five minutes. */
export async function pollersSince(
  client: Client,
  queue: string,
  type: QueueType,
  sinceMs: number,
): Promise<readonly QueuePoller[]> {
  const ask = (enhanced: boolean) =>
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: queue },
      taskQueueType: type,
      ...(enhanced && { apiMode: ENHANCED, taskQueueTypes: [type], reportPollers: true }),
    });
  const recent = (pollers: readonly QueuePoller[]) =>
    pollers.filter(({ lastAccessTime }) => instantMs(lastAccessTime) > sinceMs);

  const { pollers } = await ask(false);
  const found = recent(pollers);
  if (found.length > 0) return found;
  // A queue has partitions, and the plain answer may be that of one of them.
  const { versionsInfo } = await ask(true);
  const types = Object.values(versionsInfo).flatMap(({ typesInfo }) => Object.values(typesInfo ?? {}));
  return recent(types.flatMap((each) => each.pollers ?? []));
}
