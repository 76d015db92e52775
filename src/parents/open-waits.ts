import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { MINUTE, SECOND } from '../contract/duration.js';
import { WAITING_WORKFLOWS, waitsQuery } from '../contract/ids.js';
import { readWatchedTask, WATCH_MEMO, type WatchedTask, type WatchedWait } from '../contract/watch/watch.js';
import { listRuns, type Run, runOf } from './runs.js';

/** How long a listing serves, at least, for each of its waits, and at most: the more there are, the more it costs. */
const SERVES_MS = { min: SECOND, perWait: 30, max: 2 * MINUTE };

/** An open wait, as the server lists it. */
export interface OpenWait {
  readonly run: Run;
  /** The run of the workflow that has started it as its child. */
  readonly parent: Run | undefined;
  /** What its watch must know; undefined when it has joined none. */
  readonly watched: WatchedWait | undefined;
}

/** The open waits of a task queue, at one time. */
export interface OpenWaits {
  /** When the listing began. */
  readonly listedAt: number;
  readonly waits: readonly OpenWait[];
}

const lists = new WeakMap<object, Map<string, OpenWaitsList>>();

/** Lists the open waits of a task queue. */
export class OpenWaitsList {
  /** By `performance.now()`: with a clock that is set back an old listing would serve for long. */
  private latest: { readonly begunAt: number; readonly listing: Promise<OpenWaits> } | undefined;
  private count = 0;
  /** What a memo says, by its bytes: most are the same as in the last listing. */
  private known = new Map<string, WatchedTask | undefined>();

  private constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {}

  /** The one of a task queue, for all who use the same connection: they share its listings. */
  static of(client: Client, taskQueue: string): OpenWaitsList {
    const ofConnection = lists.get(client.connection) ?? new Map<string, OpenWaitsList>();
    lists.set(client.connection, ofConnection);
    const key = JSON.stringify([client.options.namespace, taskQueue]);
    const list = ofConnection.get(key) ?? new OpenWaitsList(client, taskQueue);
    ofConnection.set(key, list);
    return list;
  }

  /** How old a listing may be that should be this fresh, as long as there are few waits. */
  servesMs(freshMs = SERVES_MS.min): number {
    return Math.min(Math.max(freshMs, SERVES_MS.perWait * this.count), SERVES_MS.max);
  }

  /** @param maxAgeMs - since when a listing may have begun to do */
  list(maxAgeMs = 0): Promise<OpenWaits> {
    const begunAt = performance.now();
    if (this.latest && begunAt - this.latest.begunAt < maxAgeMs) return this.latest.listing;
    const listing = this.read(Date.now());
    const latest = (this.latest = { begunAt, listing });
    listing.catch(() => {
      if (this.latest === latest) this.latest = undefined;
    });
    return listing;
  }

  private async read(listedAt: number): Promise<OpenWaits> {
    const waits: OpenWait[] = [];
    const seen: typeof this.known = new Map();
    const query = waitsQuery(this.taskQueue, ['Running'], WAITING_WORKFLOWS);
    for await (const { execution, parentExecution, memo } of listRuns(this.client, query)) {
      const run = runOf(execution);
      if (!run) continue;
      const payload = memo?.fields?.[WATCH_MEMO];
      const task = payload && (await this.readMemo(payload, seen));
      waits.push({ run, parent: runOf(parentExecution), watched: task && { ...task, workflowId: run.workflowId } });
    }
    this.known = seen;
    this.count = waits.length;
    return { listedAt, waits };
  }

  private async readMemo(payload: Payload, seen: typeof this.known): Promise<WatchedTask | undefined> {
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

/** The waits that have joined a watch. */
export function watchedOf({ waits }: OpenWaits): WatchedWait[] {
  return waits.flatMap(({ watched }) => watched ?? []);
}
