import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
  type WorkflowHandleWithFirstExecutionRunId,
  WorkflowNotFoundError,
} from '@temporalio/client';
import pLimit from 'p-limit';
import type { RunRedisActionInput } from '../contract/action/input.js';
import type { RedisActionResult } from '../contract/action/outcome.js';
import type { RedisTaskDuration } from '../contract/duration.js';
import { clientWorkflowId, DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import type { AwaitRedisTaskInput } from '../contract/task/input.js';
import type { RedisTaskResult } from '../contract/task/outcome.js';
import { waitStartOptions } from '../contract/task/start.js';
import type { RedisTaskWaitState } from '../contract/task/view.js';
import { awaitAll, type RedisTaskOutcome } from './await-all.js';
import { RedisTaskSeveralWaitsError, RedisTaskWaitEndedError, waitError } from './error.js';
import { describeWait, findWaits } from './find.js';
import { type ProgressOptions, progressOf } from './progress.js';
import { queryState } from './query.js';
import { readInputOrThrow, type RedisTaskReference } from './reference.js';
import { resultOfAction, type RunOptions, startAction } from './run-action.js';
import { cancelWait, handleTo, type RedisTaskCancellation, resultOf, startOrJoin } from './wait-handle.js';
import { BEGUN_WITHIN_MS, untilBegun } from './workers.js';

/**
 * Options of a {@link RedisTaskClient}.
 *
 * @example
 * ```ts
 * const options: RedisTaskClientOptions = { taskQueue: 'redis-task-production' };
 * ```
 */
export interface RedisTaskClientOptions {
  /** The queue of the workers that wait; another account is another queue. @default 'redis-task' */
  readonly taskQueue?: string;
}

/**
 * Options of `RedisTaskClient.await` and `awaitAll`.
 *
 * @example
 * ```ts
 * const options: AwaitOptions = { waitForWorker: true };
 * await waits.await({ taskId: 18215, region: 'ap-guangzhou' }, options);
 * ```
 */
export interface AwaitOptions {
  /**
   * Waits for a worker when none begins the wait within 5 s. A wait that has begun is always awaited: workers may be
   * replaced meanwhile.
   * @default false: throws RedisTaskNoWorkerError
   */
  readonly waitForWorker?: boolean;
}

const LOOKS_AT_ONCE = 10;

/**
 * Starts, watches and steers waits.
 *
 * A wait that it starts is named by its task, so any number of clients share it. A wait to watch or steer is found by its
 * task, whoever started it (a client, a Nexus caller or a parent), or by its workflow id. When several waits run for the
 * task, nothing is done: {@link find} returns them all, and each can be named by its workflow id.
 *
 * @example
 * ```ts
 * const waits = new RedisTaskClient(new Client({ connection }));
 * const { instanceId } = await waits.await({ taskId: 18215, region: 'ap-guangzhou', maxWait: '1h' });
 * ```
 */
export class RedisTaskClient {
  readonly taskQueue: string;
  private readonly limit = pLimit(LOOKS_AT_ONCE);

  constructor(
    readonly client: Client,
    { taskQueue = DEFAULT_TASK_QUEUE }: RedisTaskClientOptions = {},
  ) {
    this.taskQueue = taskQueue;
  }

  /**
   * Starts a wait, or joins the one that runs for this task: its deadline moves to at least `maxWait` from now, never
   * nearer, and `polling` is ignored. After a wait has ended, a new one begins.
   *
   * @throws RedisTaskError `RedisTaskInvalidInput`, before anything is sent
   * @throws RedisTaskIdTakenError when a workflow of another type runs under the id of the wait
   */
  async start(input: AwaitRedisTaskInput): Promise<WorkflowHandle> {
    const plan = readInputOrThrow(input);
    return startOrJoin(this.client, waitStartOptions(plan, input, this.taskQueue), plan.maxWaitMs);
  }

  /**
   * Starts a wait, or joins it, and waits for its end.
   *
   * @throws RedisTaskError when the task did not succeed, or the wait could not go on
   * @throws RedisTaskWaitCancelledError when somebody cancelled the wait
   * @throws RedisTaskNoWorkerError when no worker began it within 5 s
   */
  async await(input: AwaitRedisTaskInput, options?: AwaitOptions): Promise<RedisTaskResult> {
    return this.endOf(await this.start(input), performance.now(), options);
  }

  /**
   * {@link await} for many inputs, even tens of thousands. Each outcome has its `result` or its `error`. At most 50 starts
   * and 100 requests for results are under way at once.
   *
   * @throws only what the iterable of inputs throws, which is read in full before anything is started
   */
  awaitAll(inputs: Iterable<AwaitRedisTaskInput>, options?: AwaitOptions): Promise<RedisTaskOutcome[]> {
    return awaitAll(inputs, async (input) => {
      const wait = await this.start(input);
      const begunAt = performance.now();
      return () => this.endOf(wait, begunAt, options);
    });
  }

  /**
   * Submits a change, or joins the one that runs under this key, and waits for all of it. After its end, the key is refused:
   * its change has been made.
   *
   * @throws RedisActionError when the change failed; `RedisTaskInvalidInput` before anything is sent
   * @throws RedisActionKeyUsedError when the change of this key has ended
   * @throws RedisTaskWaitCancelledError when somebody cancelled it
   * @throws RedisTaskNoWorkerError when no worker began it within 5 s: it stays started
   * @throws RedisTaskIdTakenError when a workflow of another type has the key as its id
   *
   * @example
   * ```ts
   * const { taskIds } = await waits.run(
   *   { action: 'ClearInstance', region: 'ap-guangzhou', params: { InstanceId: 'crs-09u2u96z' } },
   *   { key: 'clear-CHG-4711' },
   * );
   * ```
   */
  async run(input: RunRedisActionInput, options: RunOptions): Promise<RedisActionResult> {
    const change = await startAction(this.client, this.taskQueue, input, options);
    await untilBegun(this.client, change.workflowId, performance.now() + BEGUN_WITHIN_MS);
    return resultOfAction(change);
  }

  private async endOf(wait: WorkflowHandle, begunAt: number, options: AwaitOptions = {}): Promise<RedisTaskResult> {
    if (!options.waitForWorker) await untilBegun(this.client, wait.workflowId, begunAt + BEGUN_WITHIN_MS);
    return resultOf(wait).catch((error: unknown) => this.endOfLaterRun(wait, error));
  }

  /** A wait of long ago may have continued in another run and its first one left the namespace. */
  private async endOfLaterRun(wait: WorkflowHandle, error: unknown): Promise<RedisTaskResult> {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const [latest] = await describeWait(this.client, wait.workflowId);
    const first = (wait as Partial<WorkflowHandleWithFirstExecutionRunId>).firstExecutionRunId;
    if (latest === undefined || latest.raw.workflowExecutionInfo?.firstRunId !== first) throw error;
    return resultOf(handleTo(this.client, latest));
  }

  /**
   * The waits for a task that run on this client's queue; when none runs, the one that ended last, if any. Each has the
   * `workflowId` that names it. The server lists a wait that somebody else has just started a moment late.
   */
  async find(wait: RedisTaskReference): Promise<readonly WorkflowExecutionDescription[]> {
    if ('workflowId' in wait) return describeWait(this.client, wait.workflowId);
    const { taskId, region } = wait;
    return findWaits(this.client, this.taskQueue, readInputOrThrow({ taskId, region }));
  }

  /**
   * A handle to the wait that runs, or else to the one that ended last. Starts nothing.
   *
   * @throws WorkflowNotFoundError when there is no such wait
   * @throws RedisTaskSeveralWaitsError when several run
   */
  async attach(wait: RedisTaskReference): Promise<WorkflowHandle> {
    return handleTo(this.client, await this.findOne(wait));
  }

  /** Waits for the end of a wait without starting one. @throws as {@link await} and {@link attach} */
  async result(wait: RedisTaskReference): Promise<RedisTaskResult> {
    return resultOf(await this.attach(wait));
  }

  /**
   * Where a wait stands. A worker answers.
   *
   * @throws RedisTaskStateError when none does, or without a state; and as {@link attach}
   */
  async state(wait: RedisTaskReference): Promise<RedisTaskWaitState> {
    const found = await this.findOne(wait);
    return queryState(handleTo(this.client, found));
  }

  /**
   * Follows a wait: yields its state, then each change of it until it has ended. {@link result} tells how it ended. Goes
   * on while there is no worker. However many waits are followed, at most ten looks are under way at once.
   *
   * @throws as {@link attach}
   * @example
   * ```ts
   * const onWorkerChange = (hasWorker: boolean) => console.log(hasWorker ? 'A worker is back.' : 'No worker.');
   * for await (const { status, polls } of waits.progress(task, { onWorkerChange })) console.log(status, polls);
   * ```
   */
  async *progress(wait: RedisTaskReference, options?: ProgressOptions): AsyncGenerator<RedisTaskWaitState, void> {
    yield* progressOf(this.client, await this.attach(wait), this.limit, options);
  }

  /** Polls at once. @throws RedisTaskWaitEndedError when the wait has ended; and as {@link attach} */
  pollNow(wait: RedisTaskReference): Promise<void> {
    return this.steer(wait, (handle) => handle.signal('pollNow'));
  }

  /**
   * Sets how long a wait may last in all, counted from its start.
   *
   * @returns the state with the new deadline, once a worker has confirmed it
   * @throws RedisTaskError `RedisTaskInvalidInput` when that deadline has passed; the wait then goes on as before
   * @throws RedisTaskWaitEndedError when the wait has ended; and as {@link attach}
   */
  extendWait(wait: RedisTaskReference, maxWait: RedisTaskDuration): Promise<RedisTaskWaitState> {
    return this.steer(wait, (handle) => handle.executeUpdate('extendWait', { args: [{ maxWait }] }));
  }

  /**
   * Cancels a wait for everyone who shares it, and returns within 5 s what has become of it. The task itself goes on: the
   * API has no call that cancels one. @throws as {@link attach}
   */
  async cancel(wait: RedisTaskReference): Promise<RedisTaskCancellation> {
    const found = await this.findOne(wait);
    // The server takes a request to cancel what has ended, too.
    return found.closeTime === undefined ? cancelWait(this.client, handleTo(this.client, found)) : 'ended';
  }

  private async findOne(wait: RedisTaskReference): Promise<WorkflowExecutionDescription> {
    const [only, ...others] = await this.find(wait);
    if (only && others.length === 0) return only;
    if (only) throw new RedisTaskSeveralWaitsError([only, ...others].map(({ workflowId }) => workflowId));
    const workflowId =
      'workflowId' in wait ? wait.workflowId : clientWorkflowId(this.taskQueue, wait.region, Number(wait.taskId));
    throw new WorkflowNotFoundError(`There is no such wait: ${workflowId}`, workflowId, undefined);
  }

  /** Acts on the one wait that runs. */
  private async steer<T>(wait: RedisTaskReference, act: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
    const handle = await this.attach(wait);
    try {
      return await act(handle);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw waitError(error);
      const { workflowId, status } = await this.findOne(handle);
      throw new RedisTaskWaitEndedError(workflowId, status.name);
    }
  }
}
