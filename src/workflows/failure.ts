import { ApplicationFailure } from '@temporalio/workflow';
import type { RedisTaskFailure, RedisTaskFailureDetails } from '../contract/failures.js';
import { type InvalidField, InvalidFieldError } from '../contract/rules.js';

/** A failure as Temporal carries it. Thrown by the workflow itself, it is the direct cause of what a parent catches. */
export function applicationFailure({ type, message, details }: RedisTaskFailure): ApplicationFailure {
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
}

/**
 * Reads something from outside. What breaks a rule becomes a `RedisTaskInvalidInput`: an error of any other kind would
 * fail the workflow task and hang the wait.
 *
 * @param known - what is known of the wait already
 */
export function readOrFail<T>(
  read: () => T,
  message: (invalid: InvalidField) => string,
  known: RedisTaskFailureDetails | undefined,
): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidFieldError)) throw error;
    const { field, rule } = error.invalid;
    const details = { ...(known ?? NOTHING_KNOWN), invalid: { field, rule } };
    throw applicationFailure({ type: 'RedisTaskInvalidInput', message: message(error.invalid), details });
  }
}

const NOTHING_KNOWN = {
  taskId: null,
  region: null,
  status: null,
  message: null,
  taskType: null,
  instanceId: null,
  startTime: null,
  requestId: null,
  polls: 0,
  waitedMs: 0,
} as const;
