import type { WorkflowExecutionStatusName } from '@temporalio/client';
import { decodeRedisTaskFailure, type RedisTaskFailure, type RedisTaskFailureType } from '../contract/failures.js';

/**
 * A wait that ended otherwise than in success, as a client gets it. Branch on `failure.type`.
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

/** The wait was cancelled: by its starter, by a person in Temporal UI, or by `RedisTaskClient.cancel`. The task goes on. */
export class RedisTaskWaitCancelledError extends Error {
  override readonly name = 'RedisTaskWaitCancelledError';
}

/** Several waits run for the task, and none of them was touched. Name one by its workflow id. */
export class RedisTaskSeveralWaitsError extends Error {
  override readonly name = 'RedisTaskSeveralWaitsError';

  constructor(readonly workflowIds: readonly string[]) {
    super(
      `${workflowIds.length} waits run for this task, and none was touched: name one of them by its workflow id. ${workflowIds.join(', ')}`,
    );
  }
}

/** The wait has ended, so that nothing can be done to it any more. `RedisTaskClient.result` tells how. */
export class RedisTaskWaitEndedError extends Error {
  override readonly name = 'RedisTaskWaitEndedError';

  constructor(
    readonly workflowId: string,
    readonly status: WorkflowExecutionStatusName,
  ) {
    super(`The wait ${workflowId} has ended already: ${status}.`);
  }
}

/**
 * No worker has taken the wait up within seconds of its start. It stays started, and begins when a worker comes: then
 * `RedisTaskClient.result` has its end. `{ waitForWorker: true }` waits for that instead of this error.
 */
export class RedisTaskNoWorkerError extends Error {
  override readonly name = 'RedisTaskNoWorkerError';

  constructor(
    readonly taskQueue: string,
    readonly workflowId: string,
  ) {
    super(
      `No worker takes work from queue ${taskQueue}. The wait ${workflowId} has been started all the same, and begins when a worker comes: have its end with RedisTaskClient.result, or end it with RedisTaskClient.cancel.`,
    );
  }
}

/** The error of a wait in the terms of this package; what is none of its errors stays as it is. */
export function waitError(error: unknown, isCancelled: boolean): unknown {
  const failure = decodeRedisTaskFailure(error);
  if (failure) return new RedisTaskError(failure, { cause: error });
  if (!isCancelled) return error;
  return new RedisTaskWaitCancelledError('The wait was cancelled; the task itself goes on.', { cause: error });
}
