import type { WorkflowExecutionStatusName } from '@temporalio/client';
import { idTakenMessage } from '../contract/ids.js';
import { decodeRedisTaskFailure, type RedisTaskFailure, type RedisTaskFailureType } from '../contract/task/failures.js';

/**
 * The wait failed. Branch on `type`; `details` are those of the contract.
 *
 * @example
 * ```ts
 * try {
 *   await waits.await({ taskId: 18215, region: 'ap-guangzhou' });
 * } catch (error) {
 *   if (error instanceof RedisTaskError && error.type === 'RedisTaskFailed') console.error(error.details.message);
 *   else throw error;
 * }
 * ```
 */
export class RedisTaskError extends Error {
  override readonly name = 'RedisTaskError';

  constructor(
    readonly failure: RedisTaskFailure,
    options?: ErrorOptions,
  ) {
    super(failure.message, options);
  }

  get type(): RedisTaskFailureType {
    return this.failure.type;
  }

  get details(): RedisTaskFailure['details'] {
    return this.failure.details;
  }
}

/**
 * The wait was cancelled, by a client, a parent or a person in Temporal UI. The task goes on.
 *
 * @example
 * ```ts
 * try {
 *   await waits.await({ taskId: 18215, region: 'ap-guangzhou' });
 * } catch (error) {
 *   if (!(error instanceof RedisTaskWaitCancelledError)) throw error;
 * }
 * ```
 */
export class RedisTaskWaitCancelledError extends Error {
  override readonly name = 'RedisTaskWaitCancelledError';
}

/**
 * Several waits run for the task, and nothing was done. Name one by its workflow id.
 *
 * @example
 * ```ts
 * try {
 *   await waits.pollNow({ taskId: 18215, region: 'ap-guangzhou' });
 * } catch (error) {
 *   if (!(error instanceof RedisTaskSeveralWaitsError)) throw error;
 *   for (const workflowId of error.workflowIds) await waits.pollNow({ workflowId });
 * }
 * ```
 */
export class RedisTaskSeveralWaitsError extends Error {
  override readonly name = 'RedisTaskSeveralWaitsError';

  constructor(readonly workflowIds: readonly string[]) {
    super(
      `${workflowIds.length} waits run for this task, and nothing was done. Name one by its workflow id: ${workflowIds.join(', ')}`,
    );
  }
}

/**
 * The wait has already ended. `RedisTaskClient.result` tells how.
 *
 * @example
 * ```ts
 * try {
 *   await waits.extendWait({ taskId: 18215, region: 'ap-guangzhou' }, '4h');
 * } catch (error) {
 *   if (!(error instanceof RedisTaskWaitEndedError)) throw error;
 *   console.log(error.workflowId, error.status);
 * }
 * ```
 */
export class RedisTaskWaitEndedError extends Error {
  override readonly name = 'RedisTaskWaitEndedError';

  constructor(
    readonly workflowId: string,
    readonly status: WorkflowExecutionStatusName,
  ) {
    super(`The wait ${workflowId} has already ended: ${status}.`);
  }
}

/**
 * No worker has begun the wait within 5 s. It stays started and begins when a worker comes: get its end with
 * `RedisTaskClient.result`, or pass `{ waitForWorker: true }` to wait instead of getting this error.
 *
 * @example
 * ```ts
 * try {
 *   await waits.await({ taskId: 18215, region: 'ap-guangzhou' });
 * } catch (error) {
 *   if (!(error instanceof RedisTaskNoWorkerError)) throw error;
 *   console.error(`start a worker for ${error.taskQueue}`);
 * }
 * ```
 */
export class RedisTaskNoWorkerError extends Error {
  override readonly name = 'RedisTaskNoWorkerError';

  constructor(
    readonly taskQueue: string,
    readonly workflowId: string,
    /** Why the workers that poll the queue get nothing, if there are any. */
    readonly advice = '',
  ) {
    super(
      `No worker takes work from queue ${taskQueue}.${advice} The wait ${workflowId} stays started and begins when a worker comes: get its end with RedisTaskClient.result, or cancel it with RedisTaskClient.cancel.`,
    );
  }
}

/**
 * No worker has told how the wait stands. The wait itself is not affected.
 *
 * - `unanswered`: no worker answered. The wait goes on when one comes.
 * - `refused`: a worker answered, but without a state: the wait's input breaks a rule, or the worker does not serve waits.
 *   `cause` has its words.
 *
 * @example
 * ```ts
 * try {
 *   console.log(await waits.state({ taskId: 18215, region: 'ap-guangzhou' }));
 * } catch (error) {
 *   if (!(error instanceof RedisTaskStateError && error.reason === 'unanswered')) throw error;
 *   console.error(`no worker answers for ${error.workflowId}`);
 * }
 * ```
 */
export class RedisTaskStateError extends Error {
  override readonly name = 'RedisTaskStateError';

  constructor(
    readonly workflowId: string,
    readonly reason: 'unanswered' | 'refused',
    options?: ErrorOptions,
  ) {
    const said = options?.cause instanceof Error ? `: ${options.cause.message}` : '';
    const what = {
      unanswered: `No worker answered how the wait ${workflowId} stands. It goes on when one comes.`,
      refused: `A worker cannot tell how the wait ${workflowId} stands${said}`,
    };
    super(what[reason], options);
  }
}

/**
 * A workflow that is no wait runs under the id that the wait would have. Nothing was started, and it was sent nothing.
 *
 * @example
 * ```ts
 * try {
 *   await waits.start({ taskId: 18215, region: 'ap-guangzhou' });
 * } catch (error) {
 *   if (!(error instanceof RedisTaskIdTakenError)) throw error;
 *   console.error(`${error.workflowId} is a ${error.workflowType}`);
 * }
 * ```
 */
export class RedisTaskIdTakenError extends Error {
  override readonly name = 'RedisTaskIdTakenError';

  constructor(
    readonly workflowId: string,
    readonly workflowType: string,
  ) {
    super(idTakenMessage(workflowId, workflowType));
  }
}

/** The failure of a wait as an error of this package; any other error as it is. */
export function waitError(error: unknown): unknown {
  const failure = decodeRedisTaskFailure(error);
  return failure ? new RedisTaskError(failure, { cause: error }) : error;
}
