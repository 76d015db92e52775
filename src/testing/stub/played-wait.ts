import type { WaitPlan } from '../../contract/task/input.js';
import { outcomeOf, type TaskOutcome } from '../../contract/task/outcome.js';
import { pollAnswered, type TaskAnswer, type TaskWaitState } from '../../contract/task/state.js';
import { nextPollAt, pauseAfterPoll, pollBegan } from '../../contract/wait/polls.js';
import { beginWait } from '../../contract/wait/state.js';
import { refusedPoll } from './poll-answer.js';

/** How a wait ends, and when. Plain JSON. */
export interface PlayedEnd {
  readonly outcome: TaskOutcome;
  /** Unix time in milliseconds. */
  readonly endsAt: number;
}

/**
 * Makes all polls of a wait ahead of time, with the decisions of the workflow itself: the polls, times and failures are
 * those of a real wait, without jitter.
 *
 * @param poll - what a poll at this time sees; undefined if the API does not know the task
 */
export function playWait(plan: WaitPlan, startedAt: number, poll: (now: number) => TaskAnswer | undefined): PlayedEnd {
  let state: TaskWaitState = beginWait(plan, startedAt);
  for (;;) {
    const now = nextPollAt(state) ?? state.deadline;
    const answer = poll(now) ?? unknownTask(plan, now);
    state = pollAnswered(pollBegan(state), answer, now);
    const outcome = outcomeOf(plan, state, answer, now, now);
    if (outcome) return { outcome, endsAt: now };
    state = pauseAfterPoll(plan, state, now, 0.5);
  }
}

function unknownTask({ taskId }: WaitPlan, now: number): TaskAnswer {
  const message = `The test knows no task ${taskId}: add it with script({ ${taskId}: {} }).`;
  return refusedPoll('unknownTask', { code: 'InvalidParameter.InvalidParameter', message }, now);
}
