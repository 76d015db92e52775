import { formatDuration } from './duration.js';
import type { RedisTaskFailureDetails } from './failures.js';
import type { WaitPlan } from './input.js';
import type { PollError } from './poll-error.js';
import type { InvalidField } from './rules.js';
import { plain, quote } from './text.js';

/** What a person must know about a failure at night: long enough for any `TaskMessage` seen, short enough to read. */
const API_TEXT_MAX = 1_000;

export function failedMessage(details: RedisTaskFailureDetails): string {
  return `${task(details)} ended in ${said(details)}. ${waited(details)} Repair what it names, then submit the change again: this task does not go on.`;
}

export function erroredMessage(details: RedisTaskFailureDetails): string {
  return `${task(details)} broke off in ${said(details)}. ${waited(details)} Look at the instance in the console before the change is submitted again: it may be half done.`;
}

export function timedOutMessage(details: RedisTaskFailureDetails, maxWaitMs: number): string {
  const last = details.status === null ? 'was never seen' : `was last seen in ${said(details)}`;
  const error = details.lastError ? ` The last failed poll: ${refusal(details.lastError)}` : '';
  return `${task(details)} had not ended when maxWait of ${formatDuration(maxWaitMs)} ran out; it ${last}. ${waited(details)}${error} The task itself may go on: wait on with details[0].resumeInput.`;
}

/** @param refusals - how many polls in a row were refused */
export function unauthorizedMessage(details: RedisTaskFailureDetails, error: PollError, refusals: number): string {
  return `The API refused the worker's credentials, freshly loaded ones too, when asked for ${lowerFirst(task(details))}${inARow(refusals)}: ${refusal(error)} ${waited(details)} The task itself may go on: repair the key or its permission (redis:DescribeTaskInfo), then wait on with details[0].resumeInput.`;
}

/** @param refusals - how many polls in a row were refused */
export function rejectedMessage(details: RedisTaskFailureDetails, error: PollError, refusals: number): string {
  return `The API refuses for good to describe ${lowerFirst(task(details))}${inARow(refusals)}: ${refusal(error)} ${waited(details)} Check the task id, the region and the account of the worker.`;
}

/** A line of the log, for who looks why a wait learns nothing. */
export function failingWarning(plan: WaitPlan, error: PollError, failingMs: number): string {
  return `No poll of Redis task ${plan.taskId} in ${plan.region} has brought an answer for ${formatDuration(failingMs)}. The last one: ${refusal(error)} The wait goes on.`;
}

/** A line of the log about a status that may be a new one. */
export function unknownStatusWarning(plan: WaitPlan, status: string): string {
  return `Redis task ${plan.taskId} in ${plan.region} has a status that is not documented: ${quote(status, 100)}. The wait goes on.`;
}

export function invalidInputMessage(invalid: InvalidField): string {
  return `Invalid input: ${broken(invalid)}. Nothing was asked of the API.`;
}

export function invalidExtensionMessage(invalid: InvalidField): string {
  return `extendWait refused: ${broken(invalid)}. The wait goes on as before.`;
}

function broken({ field, value, rule }: InvalidField): string {
  const given = value === undefined ? '' : ` is ${plain(value, 100)}, but it`;
  return `${plain(field, 100)}${given} ${rule}`;
}

function task({ taskId, taskType, instanceId, region }: RedisTaskFailureDetails): string {
  const type = taskType ? ` (${plain(taskType, 100)})` : '';
  const instance = instanceId ? ` of instance ${plain(instanceId, 100)}` : '';
  return `Redis task ${taskId}${type}${instance} in ${region}`;
}

function said({ status, message, requestId }: RedisTaskFailureDetails): string {
  const text = message ? `; the API said ${quote(message, API_TEXT_MAX)}` : '';
  return `status ${quote(status ?? '', 100)}${text}${request(requestId)}`;
}

function refusal({ code, message, requestId }: PollError): string {
  return `${plain(code, 100)} ${quote(message, API_TEXT_MAX)}${request(requestId)}.`;
}

function inARow(refusals: number): string {
  return refusals > 1 ? ` on ${refusals} polls in a row` : '';
}

function request(requestId: string | null): string {
  return requestId ? ` (RequestId ${plain(requestId, 100)})` : '';
}

function waited({ waitedMs, polls }: RedisTaskFailureDetails): string {
  return `Waited ${formatDuration(waitedMs)}, ${polls} ${polls === 1 ? 'poll' : 'polls'}.`;
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
