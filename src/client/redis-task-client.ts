import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { RedisTaskDuration } from '../contract/duration.js';
import { clientWorkflowId, DEFAULT_TASK_QUEUE, waitStartOptions } from '../contract/ids.js';
import type { AwaitRedisTaskInput } from '../contract/input.js';
import type { RedisTaskResult } from '../contract/outcome.js';
import type { RedisTaskWaitState } from '../contract/view.js';
import { awaitAll, type RedisTaskOutcome } from './await-all.js';
import { cancelWait, type RedisTaskCancellation } from './cancel.js';
import { RedisTaskSeveralWaitsError, RedisTaskWaitEndedError, waitError } from './error.js';
import { describeWait, findWaits, isRunning } from './find.js';
import { type ProgressOptions, progressOf } from './progress.js';
import { readInputOrThrow, readTask, type RedisTaskReference } from './reference.js';
import { startOrJoin } from './start.js';
import { untilBegun } from './untaken.js';
import { chainOf, handleTo, resultOf, type WaitChain } from './wait-chain.js';

/** Options of a {@link RedisTaskClient}. */
export interface RedisTaskClientOptions {
  /** The queue of the workers that wait; another account is another queue. @default 'redis-task' */
  readonly taskQueue?: string;
}

/** Options of `RedisTaskClient.await` and `awaitAll`. */
export interface AwaitOptions {
  /**
   * Whether a wait that no worker takes up is awaited until one comes. One that has begun always is: workers may be
   * replaced meanwhile.
   * @default false: RedisTaskNoWorkerError
   */
  readonly waitForWorker?: boolean;
}

/** How long a new wait may be in the queue before that is an error: workers that have time take it up at once. */
const TAKEN_WITHIN_MS = 5_000;

/**
 * Starts, watches and steers waits.
 *
 * What it starts is named by its task, so that any number of clients share one wait. What it watches and steers is found
 * by the task, whoever started it (a client, a Nexus caller or a parent), or by the workflow id. Nothing is done when
 * several waits run for the task: {@link find} has them all, and each of them can be named by its workflow id.
 *
 * @example
 * ```ts
 * const waits = new RedisTaskClient(new Client({ connection }));
 * const { instanceId } = await waits.await({ taskId: 18215, region: 'ap-guangzhou', maxWait: '1h' });
 * ```
 */
export class RedisTaskClient {
  readonly taskQueue: string;

  constructor(
    readonly client: Client,
    { taskQueue = DEFAULT_TASK_QUEUE }: RedisTaskClientOptions = {},
  ) {
    this.taskQueue = taskQueue;
  }

  /**
   * Starts a wait, or joins the one that runs for this task already: its deadline moves to no earlier than `maxWait` from
   * now, never nearer, and `polling` is not looked at. After the end of a wait, a new one begins.
   *
   * @throws RedisTaskError `RedisTaskInvalidInput`, before anything is sent
   */
  async start(input: AwaitRedisTaskInput): Promise<WorkflowHandle> {
    return handleTo(this.client, await this.begin(input));
  }

  private async begin(input: AwaitRedisTaskInput): Promise<WaitChain> {
    const plan = readInputOrThrow(input);
    return startOrJoin(this.client, waitStartOptions(plan, input, this.taskQueue), plan.maxWaitMs);
  }

  /**
   * Starts a wait, or joins it, and waits for its end.
   *
   * @throws RedisTaskError when the task did not succeed, or the wait could not go on
   * @throws RedisTaskWaitCancelledError when somebody cancelled it
   * @throws RedisTaskNoWorkerError when no worker took it up within 5 s
   */
  async await(input: AwaitRedisTaskInput, options?: AwaitOptions): Promise<RedisTaskResult> {
    return this.endOf(await this.begin(input), performance.now(), options);
  }

  /**
   * Waits for many tasks at once. Never rejects: each outcome has its result, or its error as {@link await} throws it.
   * Few requests are under way at a time, however many tasks there are.
   */
  awaitAll(inputs: Iterable<AwaitRedisTaskInput>, options?: AwaitOptions): Promise<RedisTaskOutcome[]> {
    return awaitAll(
      inputs,
      (input) => this.begin(input),
      (wait, begunAt) => this.endOf(wait, begunAt, options),
    );
  }

  private async endOf(wait: WaitChain, begunAt: number, options: AwaitOptions = {}): Promise<RedisTaskResult> {
    if (!options.waitForWorker) await untilBegun(this.client, wait.workflowId, begunAt + TAKEN_WITHIN_MS);
    return resultOf(this.client, wait);
  }

  /**
   * The waits that run for a task, on this client's queue; when none does, the one that ended last, and nothing when
   * there is none. Each has the `workflowId` that names it. The server lists what others have just started a moment late.
   */
  async find(wait: RedisTaskReference): Promise<readonly WorkflowExecutionDescription[]> {
    if (!('workflowId' in wait)) return findWaits(this.client, this.taskQueue, readTask(wait));
    const description = await describeWait(this.client, wait.workflowId);
    return description ? [description] : [];
  }

  /**
   * A handle to the wait that runs, or else to the one that ended last, without starting any.
   *
   * @throws WorkflowNotFoundError when there is none
   * @throws RedisTaskSeveralWaitsError when several run
   */
  async attach(wait: RedisTaskReference): Promise<WorkflowHandle> {
    return handleTo(this.client, chainOf(await this.findOne(wait)));
  }

  /** The end of a wait, without starting one. @throws as {@link await} and {@link attach} */
  async result(wait: RedisTaskReference): Promise<RedisTaskResult> {
    return resultOf(this.client, chainOf(await this.findOne(wait)));
  }

  /** Where a wait stands. @throws as {@link attach} */
  async state(wait: RedisTaskReference): Promise<RedisTaskWaitState> {
    const handle = await this.attach(wait);
    return handle.query<RedisTaskWaitState>('getState');
  }

  /**
   * A wait as it goes on: its state now, then each change of it, until it has ended. How it ended is for {@link result}
   * to tell.
   */
  async *progress(wait: RedisTaskReference, options?: ProgressOptions): AsyncGenerator<RedisTaskWaitState, void> {
    yield* progressOf(await this.attach(wait), options);
  }

  /**
   * Polls at once, for instance because the task is known to have ended.
   *
   * @throws RedisTaskWaitEndedError when the wait has ended; and as {@link attach}
   */
  pollNow(wait: RedisTaskReference): Promise<void> {
    return this.steer(wait, (handle) => handle.signal('pollNow'));
  }

  /**
   * Sets how long a wait may last in all, counted from its start.
   *
   * @returns its state with the new deadline, once a worker has taken that
   * @throws RedisTaskError `RedisTaskInvalidInput` when that is over already; the wait then goes on as before
   * @throws RedisTaskWaitEndedError when the wait has ended; and as {@link attach}
   */
  async extendWait(wait: RedisTaskReference, maxWait: RedisTaskDuration): Promise<RedisTaskWaitState> {
    return this.steer(wait, async (handle) => {
      try {
        return await handle.executeUpdate<RedisTaskWaitState, [unknown]>('extendWait', { args: [{ maxWait }] });
      } catch (error) {
        throw waitError(error, false);
      }
    });
  }

  /**
   * Cancels a wait for everyone who shares it, and says what has become of that, within 5 s. The task itself goes on: the
   * API has no call that cancels one. To stop watching alone, just stop awaiting.
   *
   * @throws as {@link attach}
   */
  async cancel(wait: RedisTaskReference): Promise<RedisTaskCancellation> {
    const found = await this.findOne(wait);
    return isRunning(found) ? cancelWait(this.client, chainOf(found)) : 'ended';
  }

  private async findOne(wait: RedisTaskReference): Promise<WorkflowExecutionDescription> {
    const found = await this.find(wait);
    const [only, ...others] = found;
    if (others.length > 0) throw new RedisTaskSeveralWaitsError(found.map(({ workflowId }) => workflowId));
    if (only) return only;
    if ('workflowId' in wait) {
      const { workflowId } = wait;
      throw new WorkflowNotFoundError(`There is no wait with the workflow id ${workflowId}`, workflowId, undefined);
    }
    const { taskId, region } = readTask(wait);
    throw new WorkflowNotFoundError(
      `There is no wait for task ${taskId} in ${region} on queue ${this.taskQueue}`,
      clientWorkflowId(this.taskQueue, region, taskId),
      undefined,
    );
  }

  /** Does something to the one wait that runs. */
  private async steer<T>(wait: RedisTaskReference, act: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
    let found = await this.findOne(wait);
    const { workflowId } = found;
    if (isRunning(found)) {
      try {
        return await act(handleTo(this.client, chainOf(found)));
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        // It has ended since it was found.
        found = await this.findOne({ workflowId });
      }
    }
    throw new RedisTaskWaitEndedError(workflowId, found.status.name);
  }
}
