import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import { waitsQuery } from '../../src/contract/ids.js';
import { RedisApiSimulator, type SimulatorCall } from '../../src/testing/index.js';
import { freeAddress, type WorkerProcess } from '../../test/support/processes.js';
import { seeded } from '../../test/support/seeded.js';
import type { Stage } from '../../test/support/stage.js';
import { mean, median, quantile, rounded } from '../support/statistics.js';
import { startWaits, taskIdsFrom } from '../support/waits.js';
import { sumOf } from '../support/worker-page.js';

export const PACINGS = ['timers', 'shared'] as const;
export type Pacing = (typeof PACINGS)[number];

/** What all parts of the comparison have in common. */
export interface Rates {
  readonly rps: number;
  readonly listRps: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** By how much waits ended after their tasks, in seconds. */
export interface Lateness {
  readonly ended: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly worst: number;
}

/** Calls by action, and how many of them the API refused because there were too many. */
export interface Calls {
  readonly info: number;
  readonly list: number;
  readonly throttled: number;
}

/** A wait as the server has stored it. */
interface StoredWait {
  readonly events: number;
  readonly closedAt: number | undefined;
}

/** How long after the last end of a task a wait may still be open. */
const LONGEST_LATENESS_MS = 300_000;
const WATCHED_SHARE = 0.98;
const LIST_PAGE = 1_000;

/** Waits of one pacing on a server: with a queue, an account and worker processes of their own. */
export class Side {
  readonly workers: SideWorker[] = [];
  private readonly endedAt = new Map<number, number>();
  private waits = 0;

  private constructor(
    private readonly stage: Stage,
    readonly pacing: Pacing,
    readonly simulator: RedisApiSimulator,
    private readonly rates: Rates,
  ) {}

  /** With one worker that takes work. */
  static async start(stage: Stage, pacing: Pacing, rates: Rates): Promise<Side> {
    const simulator = await RedisApiSimulator.start({ keepCalls: 1_000_000 });
    stage.onClose(() => simulator.close());
    const side = new Side(stage, pacing, simulator, rates);
    await side.addWorker();
    return side;
  }

  async addWorker(): Promise<SideWorker> {
    const http = await freeAddress();
    const { rps, listRps, settings } = this.rates;
    const process = await this.stage.readyWorker({
      ...{ REDIS_TASK_QUEUE: this.pacing, TENCENTCLOUD_REDIS_ENDPOINT: this.simulator.url, REDIS_TASK_HTTP: http },
      ...{ REDIS_TASK_API_RPS: String(rps), REDIS_TASK_LIST_RPS: String(listRps), ...settings },
    });
    const worker = { process, http };
    this.workers.push(worker);
    return worker;
  }

  /** Starts waits for tasks that go on until they are ended. */
  async startWaits(count: number): Promise<void> {
    const taskIds = taskIdsFrom(this.waits + 1, count);
    this.waits += count;
    const { client } = this.stage;
    await startWaits(client, this.simulator, { taskIds, taskQueue: this.pacing, polling: { pacing: this.pacing } });
  }

  /** When each wait has made its first poll. */
  async firstPollsMade(): Promise<void> {
    const polled = new Set<string | undefined>();
    const note = ({ action, taskId, outcome }: SimulatorCall) =>
      action === 'DescribeTaskInfo' && outcome === 'ok' && polled.add(taskId);
    const unwatch = this.simulator.watchCalls(note);
    this.simulator.calls.forEach(note);
    while (polled.size < this.waits) await sleep(200);
    unwatch();
  }

  /** When the watch knows of nearly all waits: some may have given up to join, and pace themselves for ten minutes. */
  async watched(): Promise<void> {
    while ((await this.most('redis_task_watch_waits')) < WATCHED_SHARE * this.waits) await sleep(500);
  }

  /** Ends so many tasks at even distances, in an order of chance. */
  async endTasks(count: number, seconds: number): Promise<void> {
    const beganAt = Date.now();
    const random = seeded(1);
    const open = taskIdsFrom(1, this.waits).filter((taskId) => !this.endedAt.has(taskId));
    for (let index = 0; index < count; index += 1) {
      await sleep(Math.max(0, beganAt + (index * seconds * 1_000) / count - Date.now()));
      const [taskId = NaN] = open.splice(Math.floor(random() * open.length), 1);
      this.simulator.setTask(taskId, { status: 'succeed' });
      this.endedAt.set(taskId, Date.now());
    }
  }

  /** Once all waits whose tasks have ended are over, or the time for that has passed. */
  async lateness(): Promise<Lateness> {
    const giveUpAt = Date.now() + LONGEST_LATENESS_MS;
    const query = waitsQuery(this.pacing, ['Completed']);
    while (Date.now() < giveUpAt && (await this.stage.client.workflow.count(query)).count < this.endedAt.size)
      await sleep(1_000);
    const stored = await this.storedWaits();
    const late = [...this.endedAt].flatMap(([taskId, endedAt]) => {
      const { closedAt } = stored.get(taskId) ?? {};
      return closedAt === undefined ? [] : [(closedAt - endedAt) / 1_000];
    });
    const within = (share: number) => rounded(quantile(late, share));
    return { ended: late.length, p50: within(0.5), p95: within(0.95), p99: within(0.99), worst: within(1) };
  }

  /** Events of the waits, once they are over: the list tells the length of a run when it has closed. */
  async events(): Promise<{ median: number; mean: number; most: number }> {
    const events = [...(await this.storedWaits()).values()].map((wait) => wait.events);
    return { median: median(events), mean: rounded(mean(events), 1), most: Math.max(...events) };
  }

  /** All waits that have been, by task. */
  private async storedWaits(): Promise<Map<number, StoredWait>> {
    const waits = new Map<number, StoredWait>();
    const query = waitsQuery(this.pacing, ['Running', 'Completed', 'Failed', 'ContinuedAsNew']);
    const { client } = this.stage;
    for await (const run of client.workflow.list({ query, pageSize: LIST_PAGE })) {
      const taskId = Number(run.workflowId.split('/').at(-1));
      const { events = 0, closedAt } = waits.get(taskId) ?? {};
      const isOver = run.status.name === 'COMPLETED';
      waits.set(taskId, { events: events + run.historyLength, closedAt: isOver ? run.closeTime?.getTime() : closedAt });
    }
    return waits;
  }

  /** The calls in a time. */
  calls(fromMs = 0, toMs = Infinity): Calls {
    const calls = this.simulator.calls.filter(({ at }) => at >= fromMs && at < toMs);
    const of = (action: string) => calls.filter((call) => call.action === action).length;
    return {
      info: of('DescribeTaskInfo'),
      list: of('DescribeTaskList'),
      throttled: calls.filter(({ outcome }) => outcome.startsWith('RequestLimitExceeded')).length,
    };
  }

  /** A metric of the workers that run, added up. */
  async sum(metric: string): Promise<number> {
    return (await this.valuesOf(metric)).reduce((sum, each) => sum + each, 0);
  }

  /** A metric that says the same in every worker. */
  private async most(metric: string): Promise<number> {
    return Math.max(...(await this.valuesOf(metric)));
  }

  private valuesOf(metric: string): Promise<number[]> {
    const running = this.workers.filter(({ process }) => process.isRunning);
    return pMap(running, ({ http }) => sumOf(http, metric));
  }
}

/** A worker process and where its metrics are. */
export interface SideWorker {
  readonly process: WorkerProcess;
  readonly http: string;
}
