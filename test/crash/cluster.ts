import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { AwaitRedisTaskInput } from '../../src/contract/input.js';
import { type DevServer, startDevServer } from '../../src/engine/index.js';
import { RedisApiSimulator, type TaskStep } from '../../src/testing/index.js';
import { failedWorkflowTasks } from '../support/histories.js';
import { endingOf } from '../support/kinds-of-waits.js';
import { REGION, type WaitHandle } from '../support/waits.js';
import { eventually, freeAddress, GOOD_SETTINGS, WorkerProcess } from '../worker/worker-process.js';

const { PENDING_ACTIVITY_STATE_CANCEL_REQUESTED } = proto.temporal.api.enums.v1.PendingActivityState;

const POLLING = { initialInterval: '1s', maximumInterval: '3s' };

/** A wait that was started. */
export interface StartedWait {
  readonly taskId: number;
  readonly handle: WaitHandle;
}

/** A Temporal server with its state in a file, worker processes and the simulated API: parts that can be killed. */
export class Cluster {
  private readonly workers: WorkerProcess[] = [];
  private readonly expected = new Map<string, { handle: WaitHandle; ending: string }>();
  private nextTaskId = 18_000;
  private server: DevServer | undefined;
  private connection: Connection | undefined;

  private constructor(
    readonly simulator: RedisApiSimulator,
    private readonly address: string,
    private readonly folder: string,
    readonly taskQueue = `crash-${randomUUID()}`,
  ) {}

  /** Without a server as yet. */
  static async create(): Promise<Cluster> {
    const simulator = await RedisApiSimulator.start({ requestsPerSecond: false });
    return new Cluster(simulator, await freeAddress(), await mkdtemp(path.join(tmpdir(), 'redis-task-crash-')));
  }

  static async start(): Promise<Cluster> {
    const cluster = await Cluster.create();
    await cluster.startServer();
    return cluster;
  }

  /** Starts the server, or starts it again with the state that it left behind. */
  async startServer(): Promise<void> {
    const port = Number(this.address.split(':')[1]);
    this.server = await startDevServer({ port, dbFilename: path.join(this.folder, 'temporal.db') });
    expect(this.server.address).toBe(this.address);
    this.connection ??= await Connection.connect({ address: this.address });
  }

  killServer(): Promise<void> {
    const { server } = this;
    if (!server) throw new Error('There is no server to kill');
    process.kill(server.pid, 'SIGKILL');
    return server.stop();
  }

  /** A worker process; `settings` beside those that every worker here has. */
  startWorker(settings: Readonly<Record<string, string>> = {}): WorkerProcess {
    const worker = new WorkerProcess({
      ...GOOD_SETTINGS,
      TEMPORAL_ADDRESS: this.address,
      TENCENTCLOUD_REDIS_ENDPOINT: this.simulator.url,
      REDIS_TASK_QUEUE: this.taskQueue,
      ...settings,
    });
    this.workers.push(worker);
    return worker;
  }

  /** Resolves once a worker takes work. */
  async readyWorker(settings: Readonly<Record<string, string>> = {}): Promise<WorkerProcess> {
    const worker = this.startWorker(settings);
    await worker.prints('Waiting for Redis tasks');
    return worker;
  }

  get client(): Client {
    if (!this.connection) throw new Error('There is no server yet');
    return new Client({ connection: this.connection });
  }

  addTask(...timeline: TaskStep[]): number {
    const taskId = (this.nextTaskId += 1);
    if (timeline.length > 0) this.simulator.addTask(taskId, { timeline });
    return taskId;
  }

  /** Starts a wait that must end so; see `endingOf`. */
  async startWait(ending: string, input: Partial<AwaitRedisTaskInput> & { taskId: number }): Promise<StartedWait> {
    const handle = await this.client.workflow.start<(...args: unknown[]) => Promise<never>>('awaitRedisTask', {
      workflowId: `${this.taskQueue}/${REGION}/${input.taskId}`,
      taskQueue: this.taskQueue,
      args: [{ region: REGION, polling: POLLING, ...input }],
    });
    this.expected.set(handle.workflowId, { handle, ending });
    return { taskId: input.taskId, handle };
  }

  /** Starts waits that end in every way, some of them soon and some only after so many milliseconds. */
  async startFleet(longestMs: number): Promise<void> {
    for (const share of [0.2, 0.5, 0.8, 1]) {
      const running = { status: 'running', forMs: share * longestMs };
      await this.startWait('COMPLETED', { taskId: this.addTask(running, { status: 'succeed' }) });
      await this.startWait('RedisTaskFailed', { taskId: this.addTask(running, { status: 'failed' }) });
      await this.startWait('RedisTaskErrored', { taskId: this.addTask(running, { status: 'Error' }) });
      const maxWait = Math.max(1_000, share * longestMs);
      await this.startWait('RedisTaskTimedOut', { taskId: this.addTask({ status: 'running' }), maxWait });
    }
    await this.startWait('RedisTaskRejected', { taskId: this.addTask() });
  }

  /** Resolves once every wait has ended; checks that each did as it must, and that no activity is left behind. */
  async endings(): Promise<WaitHandle[]> {
    const ended = await Promise.all(
      [...this.expected].map(async ([workflowId, { handle }]) => [workflowId, await endingOf(handle)]),
    );
    expect(ended).toEqual([...this.expected].map(([workflowId, { ending }]) => [workflowId, ending]));
    const handles = [...this.expected.values()].map(({ handle }) => handle);
    for (const handle of handles) {
      expect(failedWorkflowTasks(await handle.fetchHistory())).toEqual([]);
      const { pendingActivities } = (await handle.describe()).raw;
      // The server's record of a wait that was cancelled during a call keeps that call, as one that is cancelled.
      const left = (pendingActivities ?? []).filter(({ state }) => state !== PENDING_ACTIVITY_STATE_CANCEL_REQUESTED);
      expect(left).toEqual([]);
    }
    return handles;
  }

  callsFor(taskId: number) {
    return this.simulator.calls.filter((call) => call.taskId === String(taskId));
  }

  /** Resolves once the API was asked for this task so many times. */
  async untilCalled(taskId: number, times = 1): Promise<void> {
    await eventually(() => Promise.resolve(this.callsFor(taskId).length >= times));
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill()));
    await this.simulator.close();
    await this.connection?.close();
    await this.server?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Does this with a new cluster, which is gone afterwards whatever happens. */
export async function withCluster(play: (cluster: Cluster) => Promise<void>): Promise<void> {
  const cluster = await Cluster.start();
  try {
    await play(cluster);
  } finally {
    await cluster.close();
  }
}
