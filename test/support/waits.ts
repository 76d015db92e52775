import { randomUUID } from 'node:crypto';
import {
  ApplicationFailure,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowHandle,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { accountFor } from '../../src/activities/api-worker.js';
import { redisApiWorkerOptions } from '../../src/activities/index.js';
import { watchWorkerOptions } from '../../src/activities/watch-worker.js';
import { queryState } from '../../src/client/query.js';
import { apiTaskQueue } from '../../src/contract/ids.js';
import type { RedisTaskFailure } from '../../src/contract/task/failures.js';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import type { RedisTaskResult } from '../../src/contract/task/outcome.js';
import type { RedisTaskWaitState } from '../../src/contract/task/view.js';
import { ParentCancellations } from '../../src/parents/index.js';
import { notingCancelled } from './cancelled-calls.js';
import { workflowBundle as testWorkflows } from './environments.js';
import { followedHistories, type NamedHistory, type Run } from './histories.js';
import { replay } from './replays.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL, type SimulatorCredential, type TaskStep } from './simulator.js';
import { IN_THIS_THREAD } from './this-thread.js';

/** How often to look for parents that no wait tells of, and for watches that are gone: half a minute is long in a test. */
const LOOK_EVERY_MS = 1_000;

export const REGION = 'ap-guangzhou';

/** What the tests of waits need to know of a handle; the workflow itself is known by its name only, as to a parent. */
export type WaitHandle = WorkflowHandle<(...args: unknown[]) => Promise<RedisTaskResult>>;

/** Options of a worker, and whether it writes search attributes. */
export interface WaitsOptions {
  /** The actions that changes may submit. */
  readonly actions?: readonly string[];
  /** The folder of the secrets of changes. */
  readonly secretsFolder?: string;
  readonly searchAttributes?: boolean;
  readonly waitWorker?: Partial<WorkerOptions>;
}

/** A pair of workers against a simulator, on a queue of its own, in an environment that it owns. */
export class Waits {
  private readonly started: Run[] = [];
  private readonly running: { worker: Worker; run: Promise<void> }[] = [];
  private nextTaskId = 18_000;
  /** The tasks whose calls ended because their waits were cancelled. */
  readonly cancelledCalls: unknown[] = [];

  private constructor(
    readonly env: TestWorkflowEnvironment,
    readonly simulator: RedisApiSimulator,
    private readonly options: WaitsOptions,
    /** What the workers have logged, from warnings on. */
    readonly logged: readonly LogEntry[],
    readonly taskQueue = `waits-${randomUUID()}`,
  ) {}

  /** Starts everything. Called once per test file. */
  static async start(environment: () => Promise<TestWorkflowEnvironment>, options: WaitsOptions = {}): Promise<Waits> {
    const logged: LogEntry[] = [];
    const logger = new DefaultLogger('WARN', (entry) => void logged.push(entry));
    Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR' } } });
    const [env, simulator] = await Promise.all([environment(), RedisApiSimulator.start({ requestsPerSecond: false })]);
    const waits = new Waits(env, simulator, options, logged);
    await waits.serveWaits(waits.taskQueue);
    await waits.serveCalls(waits.taskQueue);
    return waits;
  }

  get client(): Client {
    return this.env.client;
  }

  private access(credential = SIMULATOR_CREDENTIAL) {
    return {
      credentials: { getCredential: () => Promise.resolve(credential) },
      endpoint: this.simulator.url,
      listRequestsPerSecond: 100,
      actions: this.options.actions ?? [],
      ...(this.options.secretsFolder !== undefined && { secretsFolder: this.options.secretsFolder }),
    };
  }

  /**
   * Workers for workflows on `taskQueue`, and for what they ask the server. Gives back what stops both before the others.
   *
   * @param listKey - the key with which the tasks of shared waits are listed
   */
  async serveWaits(
    taskQueue: string,
    ownBundle?: WorkerOptions['workflowBundle'],
    listKey?: SimulatorCredential,
  ): Promise<() => Promise<void>> {
    const { waitWorker } = this.options;
    const workflowBundle = ownBundle ?? waitWorker?.workflowBundle ?? testWorkflows();
    const plugins = [new ParentCancellations(LOOK_EVERY_MS)];
    const stops = await Promise.all([
      this.serve({ plugins, ...waitWorker, taskQueue, workflowBundle }),
      this.serve(watchWorkerOptions(accountFor(this.access(listKey)), apiTaskQueue(taskQueue), LOOK_EVERY_MS)),
    ]);
    return async () => {
      await Promise.all(stops.map((stop) => stop()));
    };
  }

  /** A worker for the calls of waits on `taskQueue`. */
  serveCalls(
    taskQueue: string,
    searchAttributes = this.options.searchAttributes ?? false,
  ): Promise<() => Promise<void>> {
    const options = redisApiWorkerOptions({
      taskQueue,
      ...this.access(),
      searchAttributes,
    });
    return this.serve({ ...options, interceptors: { activity: [notingCancelled(this.cancelledCalls)] } });
  }

  /** Another worker. Gives back what stops it before the others. */
  async serve(options: Omit<WorkerOptions, 'connection'>): Promise<() => Promise<void>> {
    const worker = await Worker.create({
      namespace: this.env.client.options.namespace,
      ...IN_THIS_THREAD,
      ...options,
      connection: this.env.nativeConnection,
    });
    const run = worker.run();
    this.running.push({ worker, run });
    return () => {
      worker.shutdown();
      return run;
    };
  }

  /** A new task that goes through these steps; gives back its id. */
  addTask(...timeline: TaskStep[]): number {
    const taskId = (this.nextTaskId += 1);
    if (timeline.length > 0) this.simulator.addTask(taskId, { timeline });
    return taskId;
  }

  /** How often the API was asked for a task. */
  callsFor(taskId: number) {
    return this.simulator.calls.filter((call) => call.taskId === String(taskId));
  }

  /** Starts a wait. */
  start(input: AwaitRedisTaskInput, options: Partial<WorkflowStartOptions> = {}): Promise<WaitHandle> {
    return this.startWith([input], options);
  }

  /** Starts a wait with any arguments. */
  async startWith(args: readonly unknown[], options: Partial<WorkflowStartOptions> = {}): Promise<WaitHandle> {
    return this.startWorkflow('awaitRedisTask', args, options);
  }

  /** Starts a workflow of `test/workflows/parents.ts`. */
  async startWorkflow<Result>(
    name: string,
    args: readonly unknown[],
    options: Partial<WorkflowStartOptions> = {},
  ): Promise<WorkflowHandle<(...args: unknown[]) => Promise<Result>>> {
    const handle = await this.client.workflow.start<(...args: unknown[]) => Promise<Result>>(name, {
      workflowId: `${name}-${randomUUID()}`,
      taskQueue: this.taskQueue,
      ...options,
      args: [...args],
    });
    this.started.push({ workflowId: handle.workflowId, runId: handle.firstExecutionRunId });
    return handle;
  }

  /** Counts a workflow that was not started here among those that were. */
  async follow(handle: WorkflowHandle): Promise<void> {
    const { raw } = await handle.describe();
    this.started.push({ workflowId: handle.workflowId, runId: raw.workflowExecutionInfo?.firstRunId ?? '' });
  }

  /** Starts a wait and gives back how it ended. */
  async resultOf(input: AwaitRedisTaskInput): Promise<RedisTaskResult> {
    return (await this.start(input)).result();
  }

  /** Starts a wait that must fail, and gives back how. */
  async failureFor(input: AwaitRedisTaskInput): Promise<RedisTaskFailure> {
    return failureOf(await this.start(input));
  }

  /** The histories of every run of every workflow that was started here, or of one, of children and of continued runs too. */
  histories(of?: string): Promise<NamedHistory[]> {
    const runs = this.started.filter(({ workflowId }) => of === undefined || workflowId === of);
    return followedHistories(this.client, runs);
  }

  /** Runs the code once more over every history that was made here; gives back their number. */
  async replayAll(): Promise<number> {
    const results = await replay({ workflowBundle: testWorkflows() }, await this.histories());
    for (const { error } of results) if (error) throw error;
    return results.length;
  }

  /** Terminates what still runs on its queues, and waits until its workers have none of it in hand. */
  async endAll(): Promise<void> {
    const queues = this.running.map(({ worker }) => `'${worker.options.taskQueue}'`);
    const query = `TaskQueue IN (${queues.join()}) AND ExecutionStatus = 'Running'`;
    const isOver = (error: unknown) => expect(error).toBeInstanceOf(WorkflowNotFoundError);
    for await (const { workflowId } of this.client.workflow.list({ query })) {
      await this.client.workflow.getHandle(workflowId).terminate().catch(isOver);
    }
    await until(
      () => this.client.workflow.count(query),
      ({ count }) => count === 0,
    );
    await until(
      () => Promise.resolve(this.running.map(({ worker }) => worker.getStatus().numInFlightWorkflowActivations)),
      (inHand) => inHand.every((count) => count === 0),
    );
  }

  async close(): Promise<void> {
    // First: a call that hangs would hold its worker.
    await this.simulator.close();
    for (const { worker } of this.running) if (worker.getState() === 'RUNNING') worker.shutdown();
    await Promise.all(this.running.map(({ run }) => run));
    await this.env.teardown();
  }
}

/**
 * How a wait failed: the `ApplicationFailure` that is the direct cause, which is what every parent sees. Its type is
 * told from the details by whoever looks at them.
 */
export async function failureOf(handle: { result(): Promise<unknown> }): Promise<RedisTaskFailure> {
  const { type, message, details, nonRetryable } = await applicationFailureOf(handle.result());
  expect(nonRetryable).toBe(true);
  expect(details).toHaveLength(1);
  return { type, message, details: details?.[0] } as RedisTaskFailure;
}

/** The details of a failure that must be a time-out. */
export function timedOut(failure: RedisTaskFailure) {
  if (failure.type !== 'RedisTaskTimedOut') throw new Error(`Not timed out, but ${failure.type}: ${failure.message}`);
  return failure.details;
}

async function applicationFailureOf(result: Promise<unknown>): Promise<ApplicationFailure> {
  const cause = await causeOf(result);
  if (cause instanceof ApplicationFailure) return cause;
  throw new Error(`The workflow failed otherwise: ${String(cause)}`);
}

/** What a promise rejects with. */
export function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => new Error(`It did not fail but returned ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
}

/** What a workflow failed with. */
export async function causeOf(result: Promise<unknown>): Promise<Error | undefined> {
  const error = await errorOf(result);
  if (error instanceof WorkflowFailedError) return error.cause;
  throw error;
}

/** Where a wait stands. */
export const stateOf = queryState;

/** Asks until the answer is what is waited for; the test's own timeout is the limit. */
export async function until<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The state of a wait once it holds. */
export function untilState(
  handle: Pick<WaitHandle, 'query' | 'workflowId'>,
  holds: (state: RedisTaskWaitState) => boolean,
): Promise<RedisTaskWaitState> {
  return until(() => stateOf(handle), holds);
}
