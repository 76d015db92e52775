import { randomUUID } from 'node:crypto';
import type { PollError, PollErrorClass } from '../../contract/poll-error.js';
import type { TaskAnswer } from '../../contract/task/state.js';
import { classifyErrorCode } from '../../tencent/errors.js';
import type { ObservedFields } from '../tasks.js';

/** What a test says of an error of the API. */
export interface ErrorFacts {
  /** The API's error code. */
  readonly code: string;
  readonly message: string;
}

/** The answer of a poll that sees a task. */
export function seenTask(fields: ObservedFields, now: number): TaskAnswer {
  const { Status: status, TaskType: taskType, InstanceId: instanceId, StartTime: startTime } = fields;
  const texts = { taskType, instanceId, startTime, message: fields.TaskMessage };
  return { observation: { status, ...texts, requestId: randomUUID(), at: new Date(now).toISOString() } };
}

/** An error as the worker tells it. */
export function toldError({ code, message }: ErrorFacts, now: number): PollError {
  // An answer that never came had no id.
  return { code, message, requestId: code === 'Timeout' ? null : randomUUID(), at: new Date(now).toISOString() };
}

/** The answer of a poll that the API refuses. */
export function refusedPoll(
  errorClass: PollErrorClass,
  error: ErrorFacts,
  now: number,
): { readonly error: PollError; readonly errorClass: PollErrorClass } {
  return { error: toldError(error, now), errorClass };
}

/** What a code means for a poll. */
export function pollClassOf(code: string): PollErrorClass {
  const errorClass = classifyErrorCode(code);
  return errorClass === 'clock' ? 'unauthorized' : errorClass;
}
