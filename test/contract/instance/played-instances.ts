import {
  type AwaitRedisInstanceInput,
  type InstancePlan,
  readInstanceInput,
} from '../../../src/contract/instance/input.js';
import {
  type InstancesAnswer,
  type InstancesSeen,
  type RedisDeal,
  type RedisInstance,
  seenAfter,
} from '../../../src/contract/instance/instances.js';
import {
  instanceOutcomeOf,
  instancesAnswered,
  type InstanceWaitState,
} from '../../../src/contract/instance/outcome.js';
import type { TaskAnswer } from '../../../src/contract/task/state.js';
import { nextPollAt, pauseAfterPoll, type PollAnswer, pollBegan } from '../../../src/contract/wait/polls.js';
import { beginWait } from '../../../src/contract/wait/state.js';
import { START } from '../task/played-wait.js';

export const ID = 'crs-09u2u96z';
export const DEAL = '20250825297021530591847';

/** A plan that polls each second, without jitter. */
export function instancePlan(input: Partial<AwaitRedisInstanceInput> = {}): InstancePlan {
  const polling = { initialInterval: '1s', maximumInterval: '1s', jitter: 0 };
  const which = input.dealName === undefined ? { instanceIds: [ID] } : {};
  return readInstanceInput({ ...which, region: 'ap-guangzhou', until: 'running', maxWait: '10m', polling, ...input });
}

export function instance(status: number, more: Partial<RedisInstance> = {}): RedisInstance {
  return { instanceId: ID, status, memSizeMb: 1_024, shards: 1, replicas: 1, typeId: 6, ...more };
}

export function dealOf(status: number | null, more: Partial<RedisDeal> = {}): RedisDeal {
  return { status, description: null, instanceIds: [ID], goodsNum: 1, ...more };
}

/** What a poll brings. */
export function told(instances: readonly RedisInstance[], more: Partial<InstancesAnswer> = {}): InstancesAnswer {
  const at = new Date(START).toISOString();
  return { asked: [ID], instances: [...instances], deal: null, dealError: null, requestId: 'r-1', at, ...more };
}

type Played = InstancesAnswer | TaskAnswer;

function answerOf(brought: Played, { observation }: InstanceWaitState, now: number): PollAnswer<InstancesSeen> {
  if ('asked' in brought) return { observation: seenAfter(observation, brought, now) };
  if (brought.error) return brought;
  throw new Error('A task is no answer here');
}

/** Plays a wait for instances under a clock of its own until it is over. */
export function playInstances(plan: InstancePlan, answerAt: (elapsedS: number) => Played) {
  let state: InstanceWaitState = beginWait(plan, START);
  let now = START;
  for (let polls = 0; polls < 10_000; polls += 1) {
    now = Math.max(now, nextPollAt(state) ?? now);
    state = pollBegan(state);
    const brought = answerAt((now - START) / 1_000);
    const answer = answerOf(brought, state, now);
    state = instancesAnswered(state, answer, now);
    const outcome = instanceOutcomeOf(plan, state, answer, now, now);
    if (outcome) return { ...outcome, endedS: (now - START) / 1_000, state };
    state = pauseAfterPoll(plan, state, now, 0.5);
  }
  throw new Error('The wait does not end');
}
