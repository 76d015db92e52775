import { formatDuration } from '../duration.js';
import { plain, quote, requestNote } from '../text.js';
import { API_TEXT_MAX, quotedError } from '../wait/messages.js';
import type { RedisTaskFailureDetails, RedisTaskFailureType } from './failures.js';
import type { AwaitRedisTaskInput, WaitPlan } from './input.js';
import type { TaskWaitState } from './state.js';

/** The failures that a poll can bring. */
export type PollFailureType = Exclude<RedisTaskFailureType, 'RedisTaskInvalidInput'>;

/** What to do about each failure: in its message and in Temporal UI. @param resumeInput - JSON to paste */
export const ADVICE: Readonly<Record<PollFailureType, (resumeInput: string) => string>> = {
  RedisTaskFailed: () => 'Fix what its message names, then submit the change again: this task does not go on.',
  RedisTaskErrored: () =>
    'Look at the instance in the console before you submit the change again: it may be half done.',
  RedisTaskTimedOut: (resumeInput) => `The task itself may go on: start the wait again with this input: ${resumeInput}`,
  RedisTaskUnauthorized: (resumeInput) =>
    `The task itself may go on: fix the key or its permission (redis:DescribeTaskInfo), then start the wait again with this input: ${resumeInput}`,
  RedisTaskRejected: () =>
    'Check the task id, the region and the account of the worker, and whether the instance still exists.',
};

/** A failure in sentences, with all its facts. */
export function failureMessage(
  type: PollFailureType,
  details: RedisTaskFailureDetails,
  { startedAt, deadline, refusals }: Pick<TaskWaitState, 'startedAt' | 'deadline' | 'refusals'>,
  resumeInput: AwaitRedisTaskInput,
): string {
  const { lastError, waitedMs, polls } = details;
  const task = describeTask(details);
  const asked = refusals > 1 ? `${task} on ${refusals} polls in a row` : task;
  const error = lastError ? quotedError(lastError) : '';
  const seen = details.status === null ? 'was never seen' : `was last seen in ${describeStatus(details)}`;
  const refused = details.status === null ? error : `${error} It ${seen}.`;
  const what: Readonly<Record<PollFailureType, string>> = {
    RedisTaskFailed: `${task} ended in ${describeStatus(details)}.`,
    RedisTaskErrored: `${task} broke off in ${describeStatus(details)}.`,
    RedisTaskTimedOut: `${task} had not ended when maxWait of ${formatDuration(deadline - startedAt)} ran out; it ${seen}.${
      error && ` The last failed poll: ${error}`
    }`,
    RedisTaskUnauthorized: `The API refused the worker's credentials, freshly loaded ones too, when asked for ${asked}: ${refused}`,
    RedisTaskRejected: `The API refuses for good to describe ${asked}: ${refused}`,
  };
  return `${what[type]} Waited ${formatDuration(waitedMs)}, ${countPolls(polls)}. ${ADVICE[type](JSON.stringify(resumeInput))}`;
}

/** Only polls that saw the task count. */
function countPolls(polls: number): string {
  if (polls === 0) return 'no poll saw the task';
  return `${polls} ${polls === 1 ? 'poll' : 'polls'}`;
}

/** The first and the last line of a wait in the log. */
export const WAIT_BEGAN = 'The wait for a Redis task has begun';
export const PACES_ITSELF = 'A shared wait paces itself for a while, since its watch cannot see the task';
export const WAIT_ENDED = 'The wait for a Redis task has ended';

/** What each line of a wait in the log carries. The request is the last one of which an answer is known. */
export function logFacts({ taskId, region }: WaitPlan, { observation, lastError, failingAs }: TaskWaitState) {
  const { status = null, instanceId = null } = observation ?? {};
  const requestId = (failingAs === null ? observation?.requestId : lastError?.requestId) ?? null;
  return { taskId, region, instanceId, status, requestId };
}

/** A line of the log about a status that may be a new one. */
export function unknownStatusWarning(subject: string, status: string): string {
  return `${subject} has a status that is not documented: ${quote(status, 100)}. The wait goes on.`;
}

function describeTask({ taskId, taskType, instanceId, region }: RedisTaskFailureDetails): string {
  const type = taskType ? ` (${plain(taskType, 100)})` : '';
  const instance = instanceId ? ` of instance ${plain(instanceId, 100)}` : '';
  return `Redis task ${taskId}${type}${instance} in ${region}`;
}

function describeStatus({ status, message, requestId }: RedisTaskFailureDetails): string {
  const said = message ? `; the API said ${quote(message, API_TEXT_MAX)}` : '';
  return `status ${quote(status ?? '', 100)}${said}${requestNote(requestId)}`;
}
