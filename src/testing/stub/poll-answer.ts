import { randomUUID } from 'node:crypto';
import type { PollErrorClass } from '../../contract/poll-error.js';
import type { TaskAnswer } from '../../contract/task/state.js';
import type { ObservedFields } from '../tasks.js';

/** The answer of a poll that sees a task. */
export function seenTask(fields: ObservedFields, now: number): TaskAnswer {
  const { Status: status, TaskType: taskType, InstanceId: instanceId, StartTime: startTime } = fields;
  const texts = { taskType, instanceId, startTime, message: fields.TaskMessage };
  return { observation: { status, ...texts, requestId: randomUUID(), at: new Date(now).toISOString() } };
}

/** The answer of a poll that the API refuses. */
export function refusedPoll(
  errorClass: PollErrorClass,
  { code, message }: { readonly code: string; readonly message: string },
  now: number,
): TaskAnswer {
  return { error: { code, message, requestId: randomUUID(), at: new Date(now).toISOString() }, errorClass };
}
