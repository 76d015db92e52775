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

/** The error of a wait in the terms of this package; what is none of its errors stays as it is. */
export function waitError(error: unknown, isCancelled: boolean): unknown {
  const failure = decodeRedisTaskFailure(error);
  if (failure) return new RedisTaskError(failure, { cause: error });
  if (!isCancelled) return error;
  return new RedisTaskWaitCancelledError('The wait was cancelled; the task itself goes on.', { cause: error });
}
