import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { waitsQuery } from '../../contract/ids.js';
import { readWatchedTask, WATCH_MEMO, type WatchedTask, type WatchedWait } from '../../contract/watch.js';
import { listRuns } from '../../parents/runs.js';

/** The open waits of a task queue, as the server lists them. */
export interface OpenWaits {
  readonly workflowIds: ReadonlySet<string>;
  /** Those that have joined a watch. */
  readonly watched: readonly WatchedWait[];
}

/** Lists the open waits of a task queue. */
export class OpenWaitsList {
  /** What a memo says, by its bytes: most are the same as in the last listing. */
  private known = new Map<string, WatchedTask | undefined>();

  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  async list(): Promise<OpenWaits> {
    const workflowIds = new Set<string>();
    const watched: WatchedWait[] = [];
    const seen: typeof this.known = new Map();
    for await (const { execution, memo } of listRuns(this.client, waitsQuery(this.taskQueue, ['Running']))) {
      const workflowId = execution?.workflowId;
      if (!workflowId) continue;
      workflowIds.add(workflowId);
      const payload = memo?.fields?.[WATCH_MEMO];
      const task = payload && (await this.read(payload, seen));
      if (task) watched.push({ ...task, workflowId });
    }
    this.known = seen;
    return { workflowIds, watched };
  }

  private async read(payload: Payload, seen: typeof this.known): Promise<WatchedTask | undefined> {
    const bytes = Buffer.from(payload.data ?? []).toString('base64');
    const task = this.known.has(bytes) ? this.known.get(bytes) : await this.decode(payload);
    seen.set(bytes, task);
    return task;
  }

  private async decode(payload: Payload): Promise<WatchedTask | undefined> {
    try {
      const [memo] = await decodeArrayFromPayloads(this.client.options.loadedDataConverter, [payload]);
      return readWatchedTask(memo);
    } catch {
      return undefined;
    }
  }
}
