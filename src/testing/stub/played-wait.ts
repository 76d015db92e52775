import type { RedisInstanceFailure } from '../../contract/instance/failures.js';
import type { InstancePlan } from '../../contract/instance/input.js';
import { type InstancesAnswer, type InstancesSeen, seenAfter } from '../../contract/instance/instances.js';
import { instanceOutcomeOf, instancesAnswered, type RedisInstanceResult } from '../../contract/instance/outcome.js';
import type { RedisTaskFailure } from '../../contract/task/failures.js';
import type { WaitPlan } from '../../contract/task/input.js';
import { outcomeOf, type RedisTaskResult } from '../../contract/task/outcome.js';
import type { TaskAnswer } from '../../contract/task/state.js';
import { pollAnswered } from '../../contract/task/state.js';
import type { WaitOutcome } from '../../contract/wait/outcome.js';
import type { WaitPace } from '../../contract/wait/polling.js';
import { nextPollAt, pauseAfterPoll, type PollAnswer, pollBegan } from '../../contract/wait/polls.js';
import { beginWait, type WaitState } from '../../contract/wait/state.js';
import { refusedPoll } from './poll-answer.js';

/** How a wait, or a change, ends, and when. Plain JSON. */
export interface PlayedEnd<R = RedisTaskResult, F = RedisTaskFailure> {
  readonly outcome: WaitOutcome<R, F>;
  /** Unix time in milliseconds. */
  readonly endsAt: number;
  /** Somebody cancels it then: the outcome would come later. */
  readonly isCancelled?: boolean;
}

/** How an end is reached: what a poll sees, the state after it, and whether that is over. */
interface Rules<O, R, F> {
  poll(state: WaitState<O>, now: number): PollAnswer<O>;
  answered(state: WaitState<O>, answer: PollAnswer<O>, now: number): WaitState<O>;
  outcomeOf(state: WaitState<O>, answer: PollAnswer<O>, now: number): WaitOutcome<R, F> | undefined;
}

/**
 * Makes all polls of a wait ahead of time, with the decisions of the workflow itself: the polls, times and failures are
 * those of a real wait, without jitter.
 */
function play<O, R, F>(plan: WaitPace, startedAt: number, rules: Rules<O, R, F>): PlayedEnd<R, F> {
  let state: WaitState<O> = beginWait(plan, startedAt);
  for (;;) {
    const now = nextPollAt(state) ?? state.deadline;
    const answer = rules.poll(state, now);
    state = rules.answered(pollBegan(state), answer, now);
    const outcome = rules.outcomeOf(state, answer, now);
    if (outcome) return { outcome, endsAt: now };
    state = pauseAfterPoll(plan, state, now, 0.5);
  }
}

/** Plays a wait for a task. @param poll - what a poll at this time sees; undefined if the API does not know the task */
export function playWait(plan: WaitPlan, startedAt: number, poll: (now: number) => TaskAnswer | undefined): PlayedEnd {
  return play(plan, startedAt, {
    poll: (_state, now) => poll(now) ?? unknownTask(plan, now),
    answered: pollAnswered,
    outcomeOf: (state, answer, now) => outcomeOf(plan, state, answer, now, now),
  });
}

/** Plays a wait for instances. @param poll - what a poll at this time sees */
export function playInstanceWait(
  plan: InstancePlan,
  startedAt: number,
  poll: (now: number) => PollAnswer<InstancesAnswer>,
): PlayedEnd<RedisInstanceResult, RedisInstanceFailure> {
  return play<InstancesSeen, RedisInstanceResult, RedisInstanceFailure>(plan, startedAt, {
    poll({ observation }, now) {
      const answer = poll(now);
      return answer.observation ? { observation: seenAfter(observation, answer.observation, now) } : answer;
    },
    answered: instancesAnswered,
    outcomeOf: (state, answer, now) => instanceOutcomeOf(plan, state, answer, now, now),
  });
}

function unknownTask({ taskId }: WaitPlan, now: number): TaskAnswer {
  const message = `The test knows no task ${taskId}: add it with script({ ${taskId}: {} }).`;
  return refusedPoll('unknownTask', { code: 'InvalidParameter.InvalidParameter', message }, now);
}
