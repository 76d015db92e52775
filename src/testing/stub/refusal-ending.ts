import { refusedPoll } from './poll-answer.js';

/**
 * The API refuses every poll.
 *
 * @inline
 */
export interface RefusalEnding {
  readonly fails: 'RedisTaskUnauthorized' | 'RedisTaskRejected';
  /** The API's error code. @default 'AuthFailure.UnauthorizedOperation' or 'InvalidParameterValue' */
  readonly code?: string;
  /** The API's error message. */
  readonly message?: string;
}

/** The error of a refusal of which the test says no more. */
export const USUAL_REFUSALS = {
  RedisTaskUnauthorized: {
    errorClass: 'unauthorized',
    code: 'AuthFailure.UnauthorizedOperation',
    message: 'You are not authorized to perform this operation.',
  },
  RedisTaskRejected: {
    errorClass: 'rejected',
    code: 'InvalidParameterValue',
    message: 'A value of the request is not valid.',
  },
} as const;

export function isRefusalEnding(ending: { readonly fails?: string | undefined }): ending is RefusalEnding {
  return ending.fails !== undefined && Object.hasOwn(USUAL_REFUSALS, ending.fails);
}

/** The answer of a poll that is refused as a test says. */
export function pollRefusedAs(ending: RefusalEnding, now: number) {
  const { errorClass, ...usual } = USUAL_REFUSALS[ending.fails];
  return refusedPoll(errorClass, { ...usual, ...ending }, now);
}
