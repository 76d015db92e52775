import { formatDuration } from '../duration.js';
import { errorSentence } from '../poll-error.js';
import { plain, quote, requestNote } from '../text.js';
import { API_TEXT_MAX } from '../wait/messages.js';
import type { WaitState } from '../wait/state.js';
import type { RedisInstanceFailureDetails, RedisInstanceFailureType } from './failures.js';
import type { AwaitRedisInstanceInput, InstancePlan } from './input.js';
import type { InstancesSeen, RedisDeal, SeenInstance } from './instances.js';
import { hasFailed, standingOf } from './standing.js';

/** So many instances are named in a sentence. */
const NAMED_MAX = 5;

/** The failures that a poll can bring. */
export type InstanceFailureType = Exclude<RedisInstanceFailureType, 'RedisTaskInvalidInput'>;

/** What to do about each failure: in its message and in Temporal UI. @param resumeInput - JSON to paste */
export const INSTANCE_ADVICE: Readonly<Record<InstanceFailureType, (resumeInput: string) => string>> = {
  RedisInstanceFailed: () => 'Look at the order and the instance in the console before you order again.',
  RedisTaskTimedOut: (resumeInput) =>
    `The change itself may go on: start the wait again with this input: ${resumeInput}`,
  RedisTaskUnauthorized: (resumeInput) =>
    `The change itself may go on: fix the key or its permissions (redis:DescribeInstances, redis:DescribeInstanceDealDetail), then start the wait again with this input: ${resumeInput}`,
  RedisTaskRejected: () => 'Check the instance ids, the deal, the region and the account of the worker.',
};

const STATUSES = new Map([
  [0, 'to be initialized'],
  [1, 'in a flow'],
  [2, 'running'],
  [-2, 'isolated'],
  [-3, 'to be deleted'],
]);

const DEAL_STATUSES = new Map([
  [1, 'unpaid'],
  [2, 'paid'],
  [3, 'delivering'],
  [4, 'delivered'],
  [5, 'delivery failed'],
  [6, 'refunded'],
  [7, 'closed'],
  [8, 'expired'],
  [9, 'order invalid'],
  [10, 'product invalid'],
  [11, 'payment refused'],
  [12, 'paying'],
]);

/** What is waited for, in words. */
export function instanceSubject({ instanceIds, dealName, region }: InstancePlan): string {
  const [first, ...others] = instanceIds;
  if (first === undefined) return `the instances of deal ${dealName ?? ''} in ${region}`;
  return others.length === 0 ? `instance ${first} in ${region}` : `${instanceIds.length} instances in ${region}`;
}

/** `2 (running), 1024 MB x 1, replicas 1, type 6`. What the API does not tell is left out. */
export function describeInstance({ status, missingSince, ...size }: SeenInstance): string {
  const { memSizeMb, shards, replicas, typeId } = size;
  const state = missingSince === null ? `status ${numbered(status, STATUSES)}` : 'not listed';
  return [
    state,
    ...(memSizeMb === null ? [] : [`${memSizeMb} MB${shards === null ? '' : ` x ${shards}`}`]),
    ...(replicas === null ? [] : [`replicas ${replicas}`]),
    ...(typeId === null ? [] : [`type ${typeId}`]),
  ].join(', ');
}

/** `5 (delivery failed), "..."`. */
export function describeDeal({ status, description }: RedisDeal): string {
  return `status ${numbered(status, DEAL_STATUSES)}${description ? `, ${quote(description, API_TEXT_MAX)}` : ''}`;
}

function numbered(status: number | null, names: ReadonlyMap<number, string>): string {
  const name = status === null ? undefined : names.get(status);
  return `${status ?? 'unknown'}${name === undefined ? '' : ` (${name})`}`;
}

/** A failure in sentences, with all its facts. */
export function instanceFailureMessage(
  type: InstanceFailureType,
  plan: InstancePlan,
  { startedAt, deadline, observation }: WaitState<InstancesSeen>,
  { lastError, polls, waitedMs, requestId }: RedisInstanceFailureDetails,
  resumeInput: AwaitRedisInstanceInput,
  now: number,
): string {
  const subject = capital(instanceSubject(plan));
  const error = lastError ? plain(errorSentence(lastError), API_TEXT_MAX) : '';
  const stands = observation
    ? `${describeSeen(observation, plan, now)}${requestNote(requestId)}.`
    : 'no poll was answered.';
  const what: Readonly<Record<InstanceFailureType, string>> = {
    RedisInstanceFailed: `${subject} will not be ${plan.until}: ${stands}`,
    RedisTaskTimedOut: `${subject} was not ${plan.until}${describeExpected(plan)} when maxWait of ${formatDuration(deadline - startedAt)} ran out: ${stands}${error && ` The last failed poll: ${error}.`}`,
    RedisTaskUnauthorized: `The API refused the worker's credentials, freshly loaded ones too, when asked for ${instanceSubject(plan)}: ${error}.`,
    RedisTaskRejected: `The API refuses for good to describe ${instanceSubject(plan)}: ${error}.`,
  };
  const count = `${polls} ${polls === 1 ? 'poll' : 'polls'} answered`;
  return `${what[type]} Waited ${formatDuration(waitedMs)}, ${count}. ${INSTANCE_ADVICE[type](JSON.stringify(resumeInput))}`;
}

/** The order if that has failed, and the instances that are not done. */
function describeSeen({ deal, instances }: InstancesSeen, plan: InstancePlan, now: number): string {
  const failed = instances.filter((each) => standingOf(each, plan, now) === 'failed');
  const open = failed.length > 0 ? failed : instances.filter((each) => standingOf(each, plan, now) === 'pending');
  const named = open
    .slice(0, NAMED_MAX)
    .map(
      (each) => `${plain(each.instanceId, 100)} ${each.missingSince === null ? 'has' : 'is'} ${describeInstance(each)}`,
    );
  if (open.length > NAMED_MAX) named.push(`and ${open.length - NAMED_MAX} more`);
  const order = deal && (hasFailed(deal) || named.length === 0) ? [`the order has ${describeDeal(deal)}`] : [];
  const parts = [...order, ...named];
  return parts.length > 0 ? parts.join('; ') : 'the API lists neither the order nor an instance';
}

function describeExpected({ until, expect }: InstancePlan): string {
  const wanted = Object.entries(expect).map(([name, value]) => `${name} ${String(value)}`);
  return until === 'running' && wanted.length > 0 ? ` with ${wanted.join(', ')}` : '';
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What each line of a wait in the log carries. */
export function instanceLogFacts(
  { instanceIds, dealName, region, until }: InstancePlan,
  state: WaitState<InstancesSeen>,
) {
  const { observation, lastError, failingAs } = state;
  const requestId = (failingAs === null ? observation?.requestId : lastError?.requestId) ?? null;
  const seen = observation?.instances.map((each) => each.instanceId);
  return { instanceIds: seen ?? instanceIds, dealName, region, until, requestId };
}

/** The first and the last line of a wait in the log. */
export const INSTANCE_WAIT_BEGAN = 'The wait for Redis instances has begun';
export const INSTANCE_WAIT_ENDED = 'The wait for Redis instances has ended';
