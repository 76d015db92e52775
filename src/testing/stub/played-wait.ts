import type { WaitPlan } from '../../contract/input.js';
import { outcomeOf, type WaitOutcome } from '../../contract/outcome.js';
import { beginWait } from '../../contract/wait-state.js';
import { nextPollAt, pauseAfterPoll, type PollAnswer, pollAnswered, pollBegan } from '../../contract/wait.js';
import { refusedPoll } from './poll-answer.js';

/** How a wait ends, and when. Plain JSON. */
export interface PlayedEnd {
  readonly outcome: WaitOutcome;
  /** Unix time in milliseconds. */
  readonly endsAt: number;
}

/**
 * Makes all polls of a wait ahead of time, with the decisions of the workflow itself: the polls, times and failures are
 * those of a real wait, without jitter.
 *
 * @param poll - what a poll at this time sees; undefined if the API does not know the task
 */
export function playWait(plan: WaitPlan, startedAt: number, poll: (now: number) => PollAnswer | undefined): PlayedEnd {
  let state = beginWait(plan, startedAt);
  for (;;) {
    const now = nextPollAt(state) ?? state.deadline;
    const answer = poll(now) ?? unknownTask(plan, now);
    state = pollAnswered(pollBegan(state), answer, now);
    const outcome = outcomeOf(plan, state, answer, now, now);
    if (outcome) return { outcome, endsAt: now };
    state = pauseAfterPoll(plan, state, now, 0.5);
  }
}

function unknownTask({ taskId }: WaitPlan, now: number): PollAnswer {
  const message = `The test knows no task ${taskId}: add it with script({ ${taskId}: {} }).`;
  return refusedPoll('unknownTask', { code: 'InvalidParameter.InvalidParameter', message }, now);
}
