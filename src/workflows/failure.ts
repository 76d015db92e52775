import { ApplicationFailure } from '@temporalio/workflow';
import type { RedisTaskFailure } from '../contract/failures.js';
import { invalidInput, type InvalidInputFailure } from '../contract/invalid-input.js';
import { type InvalidField, InvalidFieldError } from '../contract/rules.js';

/** A failure as Temporal carries it. Thrown by the workflow itself, it is the direct cause of what a parent catches. */
export function applicationFailure({ type, message, details }: RedisTaskFailure): ApplicationFailure {
  const failure = ApplicationFailure.create({ type, message, nonRetryable: true, details: [details] });
  // The message says it all: in Temporal UI a trace of our own frames would only push it out of sight.
  failure.stack = '';
  return failure;
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
  known: Partial<InvalidInputFailure['details']>,
): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidFieldError)) throw error;
    throw applicationFailure(invalidInput(error.invalid, message, known));
  }
}
