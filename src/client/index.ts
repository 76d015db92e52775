/**
 * Waits for Redis tasks from outside a workflow: a service, a script, a command line.
 *
 * @packageDocumentation
 */
import { ApplicationFailure, type Client, type WorkflowHandle } from '@temporalio/client';
import type { RedisTaskDuration } from '../contract/duration.js';
import { clientWorkflowId, DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import { type AwaitRedisTaskInput, identityOf, readInput } from '../contract/input.js';
import { invalidInput } from '../contract/invalid-input.js';
import { invalidInputMessage } from '../contract/messages.js';
import type { RedisTaskResult } from '../contract/outcome.js';
import { InvalidFieldError } from '../contract/rules.js';
import { type RedisTaskWaitState, waitSummary } from '../contract/view.js';
import { awaitAll, type RedisTaskOutcome } from './await-all.js';
import { RedisTaskError, waitError } from './error.js';
import { type ProgressOptions, progressOf } from './progress.js';
import { startOrJoin } from './start.js';
import { untilBegun } from './untaken.js';
import { describeChain, handleTo, resultOf, type WaitChain } from './wait-chain.js';

export type { RedisTaskOutcome } from './await-all.js';
export { RedisTaskError, RedisTaskNoWorkerError, RedisTaskWaitCancelledError } from './error.js';
export type { ProgressOptions } from './progress.js';

/** Which task a wait is about: with the queue, it is all that a workflow id is made of. */
export interface RedisTaskReference {
  readonly taskId: number | string;
  readonly region: string;
}

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
 * Starts, watches and steers waits. All methods name a wait by its task, so that any number of clients share one.
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
    const plan = readOrThrow(input);
    const { taskId, region, maxWaitMs } = plan;
    const options = {
      taskQueue: this.taskQueue,
      workflowId: clientWorkflowId(this.taskQueue, region, taskId),
      staticSummary: waitSummary(plan),
      memo: { taskId, region },
      args: [input],
    };
    return startOrJoin(this.client, options, maxWaitMs);
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

  /** Attaches to the wait for a task, running or the last that ended, without starting one. */
  attach(task: RedisTaskReference): WorkflowHandle {
    const { taskId, region } = readOrThrow({ taskId: task.taskId, region: task.region });
    return this.client.workflow.getHandle(clientWorkflowId(this.taskQueue, region, taskId));
  }

  /** The end of the wait for a task, without starting one. @throws as {@link await} */
  async result(task: RedisTaskReference): Promise<RedisTaskResult> {
    return resultOf(this.client, await describeChain(this.client, this.attach(task).workflowId));
  }

  /** Where the wait for a task stands. */
  state(task: RedisTaskReference): Promise<RedisTaskWaitState> {
    return this.attach(task).query<RedisTaskWaitState>('getState');
  }

  /**
   * The wait for a task as it goes on: its state now, then each change of it, until the wait has ended. How it ended is
   * for {@link result} to tell.
   */
  progress(task: RedisTaskReference, options?: ProgressOptions): AsyncIterable<RedisTaskWaitState> {
    return progressOf(this.attach(task), options);
  }

  /** Polls at once, for instance because the task is known to have ended. */
  pollNow(task: RedisTaskReference): Promise<void> {
    return this.attach(task).signal('pollNow');
  }

  /**
   * Sets how long the wait may last in all, counted from its start.
   *
   * @throws RedisTaskError `RedisTaskInvalidInput` when that is over already; the wait then goes on as before
   */
  async extendWait(task: RedisTaskReference, maxWait: RedisTaskDuration): Promise<RedisTaskWaitState> {
    try {
      return await this.attach(task).executeUpdate<RedisTaskWaitState, [unknown]>('extendWait', {
        args: [{ maxWait }],
      });
    } catch (error) {
      throw waitError(error, false);
    }
  }

  /**
   * Cancels the wait for everyone who shares it. The task itself goes on: the API has no call that cancels one. To stop
   * watching alone, just stop awaiting.
   */
  async cancel(task: RedisTaskReference): Promise<void> {
    await this.attach(task).cancel();
  }
}

function readOrThrow(input: AwaitRedisTaskInput) {
  try {
    return readInput(input);
  } catch (error) {
    if (!(error instanceof InvalidFieldError)) throw error;
    const failure = invalidInput(error.invalid, invalidInputMessage, identityOf(input));
    // The cause is what crosses to a workflow, when an activity waits with this client and lets the error out.
    const cause = ApplicationFailure.nonRetryable(failure.message, failure.type, failure.details);
    throw new RedisTaskError(failure, { cause });
  }
}
