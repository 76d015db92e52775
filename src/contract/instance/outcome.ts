import { INVALID_INPUT, InvalidInputFailure } from '../invalid-input.js';
import type { WaitOutcome } from '../wait/outcome.js';
import { type PollAnswer, pollEnded } from '../wait/polls.js';
import { refusalFailure } from '../wait/refusal.js';
import { carriedState, isPastDeadline, readStateBy, waitedMs, type WaitState } from '../wait/state.js';
import type { RedisInstanceFailure, RedisInstanceFailureDetails } from './failures.js';
import { instanceInputToResume, type InstancePlan } from './input.js';
import { INSTANCES_SEEN, type InstancesQuestion, type InstancesSeen, type RedisInstance } from './instances.js';
import { instanceFailureMessage, type InstanceFailureType } from './messages.js';
import { isDealOpen, standingOfAll } from './standing.js';

/** Where a wait for instances stands: its observation is what all polls together have shown. */
export type InstanceWaitState = WaitState<InstancesSeen>;

const CARRIED_INSTANCE_STATE = carriedState(INSTANCES_SEEN);

/** Reads the state that an earlier run carried over. @throws InvalidInputFailure */
export function readInstanceState(carried: unknown): InstanceWaitState | undefined {
  return readStateBy(CARRIED_INSTANCE_STATE, carried, (invalid) => new InvalidInputFailure(invalid, INVALID_INPUT));
}

/** What `awaitRedisInstance` returns when each instance is as it was waited for. */
export interface RedisInstanceResult {
  readonly instances: readonly RedisInstance[];
  /** How many polls were answered: failed polls, and retries within one, are not counted. */
  readonly polls: number;
  readonly waitedMs: number;
}

/** What the next poll asks. An order that has delivered, and has told its instances, tells nothing new. */
export function questionOf(
  { region, instanceIds, dealName }: InstancePlan,
  { observation }: InstanceWaitState,
): InstancesQuestion {
  const known = observation?.instances.map((each) => each.instanceId) ?? instanceIds;
  const mayTell = isDealOpen(observation?.deal ?? null) || known.length === 0;
  return dealName !== null && mayTell ? { region, instanceIds, dealName } : { region, instanceIds: known };
}

/** A poll has ended. */
export function instancesAnswered(
  before: InstanceWaitState,
  answer: PollAnswer<InstancesSeen>,
  now: number,
  askedAt = now,
): InstanceWaitState {
  const state = pollEnded(before, answer, now);
  return answer.observation ? { ...state, unfinishedAt: askedAt } : state;
}

/**
 * Whether a wait is over after a poll, and how. `state` already holds the answer.
 *
 * @param beganAt - when the poll was made: one made at the deadline or later was the last
 */
export function instanceOutcomeOf(
  plan: InstancePlan,
  state: InstanceWaitState,
  answer: PollAnswer<InstancesSeen>,
  beganAt: number,
  now: number,
): WaitOutcome<RedisInstanceResult, RedisInstanceFailure> | undefined {
  const standing = answer.observation && standingOfAll(plan, answer.observation, now);
  if (standing === 'done') {
    return { result: { instances: instancesOf(state), polls: state.polls, waitedMs: waitedMs(state, now) } };
  }
  const type =
    failureType(standing, state, answer, now) ?? (isPastDeadline(state, beganAt) ? 'RedisTaskTimedOut' : null);
  return type ? { failure: failureOf(type, plan, state, now) } : undefined;
}

function failureType(
  standing: ReturnType<typeof standingOfAll> | undefined,
  state: InstanceWaitState,
  answer: PollAnswer<InstancesSeen>,
  now: number,
): InstanceFailureType | undefined {
  if (standing === 'failed') return 'RedisInstanceFailed';
  return answer.error && refusalFailure(answer.errorClass, state, now);
}

function failureOf(
  type: InstanceFailureType,
  plan: InstancePlan,
  state: InstanceWaitState,
  now: number,
): RedisInstanceFailure {
  const details = failureDetails(plan, state, now);
  const resumeInput = instanceInputToResume(plan, details.waitedMs);
  const message = instanceFailureMessage(type, plan, state, details, resumeInput, now);
  if (type === 'RedisInstanceFailed') return { type, message, details };
  return { type, message, details: { ...details, resumeInput } };
}

function failureDetails(
  { region, until, dealName }: InstancePlan,
  state: InstanceWaitState,
  now: number,
): RedisInstanceFailureDetails {
  const { observation, polls, lastError } = state;
  return {
    region,
    until,
    dealName,
    instances: instancesOf(state),
    deal: observation?.deal ?? null,
    requestId: observation?.requestId ?? null,
    polls,
    waitedMs: waitedMs(state, now),
    ...(lastError && { lastError }),
  };
}

/** The instances as results and failures carry them. */
export function instancesOf({ observation }: InstanceWaitState): RedisInstance[] {
  return (observation?.instances ?? []).map(({ instanceId, status, memSizeMb, shards, replicas, typeId }) => {
    return { instanceId, status, memSizeMb, shards, replicas, typeId };
  });
}
