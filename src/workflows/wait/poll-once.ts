import { unanswered } from '../../contract/poll-error.js';
import {
  BACKLOG_CHECK_MS,
  type CallLimits,
  LAST_POLL_TIMEOUT_MS,
  USUAL_PRIORITY,
} from '../../contract/wait/call-limits.js';
import { pollBegan, pollGivenUp, wasAnsweredLately } from '../../contract/wait/polls.js';
import { isChecking, isPastDeadline, type WaitState } from '../../contract/wait/state.js';
import { LAST_POLL_SUMMARY } from '../../contract/wait/view.js';
import { type Polled, PollUnderWay } from './poll.js';
import { isQueueServed } from './queue.js';
import type { WaitClock } from './wait-clock.js';

/** The wait that a poll is made for. */
export interface PollingWait<O> {
  readonly state: WaitState<O>;
  readonly clock: WaitClock;
  readonly apiQueue: string;
  /** The run must end. */
  readonly isToContinue: boolean;
  become(state: WaitState<O>): void;
  /** Makes the call. */
  ask(limits: CallLimits): Promise<Polled<O>>;
}

/** Makes one poll. Undefined when the deadline came before the answer, or the run must end: then another poll is due. */
export async function pollOnce<O>(
  wait: PollingWait<O>,
  limits: CallLimits,
  beganAt: number,
): Promise<Polled<O> | undefined> {
  const { clock, apiQueue } = wait;
  wait.become(pollBegan(wait.state));
  const poll = new PollUnderWay(() => wait.ask(limits));
  for (
    let limitMs = LAST_POLL_TIMEOUT_MS;
    !(await isAnswered(wait, poll, limits, limitMs));
    limitMs = BACKLOG_CHECK_MS
  ) {
    if (wait.isToContinue || isOvertaken(wait, limits)) {
      const answer = await poll.giveUp();
      if (!answer) wait.become(pollGivenUp(wait.state, Date.now()));
      return answer;
    }
    const queuedMs = Date.now() - beganAt;
    const served = queuedMs < LAST_POLL_TIMEOUT_MS || (await isServed(wait));
    // Asking the server took time.
    if (poll.isOver) break;
    if (!clock.isPastDeadline) continue;
    const at = new Date().toISOString();
    const error = served ? undefined : unanswered('NoActivityWorker', apiQueue, at, queuedMs);
    const isLast = isPastDeadline(wait.state, beganAt);
    if (!isLast || error) {
      const answer = await poll.giveUp();
      if (answer) return answer;
      if (isLast && error) return { error, errorClass: 'transient' };
      wait.become(pollGivenUp(wait.state, Date.now(), error));
      return undefined;
    }
    // Other calls are in front. A task that ended in time must not be reported as timed out because of them.
    wait.become({ ...wait.state, lastError: unanswered('QueueBacklog', apiQueue, at, queuedMs) });
  }
  return poll.answer;
}

/** Waits for the answer: before the deadline up to it, after it for as long as the last poll may take. */
async function isAnswered<O>(
  wait: PollingWait<O>,
  poll: PollUnderWay<O>,
  limits: CallLimits,
  lastPollMs: number,
): Promise<boolean> {
  const { clock } = wait;
  const isLast = clock.isPastDeadline;
  const settled = () =>
    poll.isOver || clock.isPastDeadline !== isLast || wait.isToContinue || isOvertaken(wait, limits);
  if (isLast) await clock.until(settled, lastPollMs, { summary: LAST_POLL_SUMMARY });
  else await clock.until(settled);
  return poll.isOver;
}

/** A report of the watch is checked by a poll that goes before the usual ones: this one may be in a long queue. */
function isOvertaken({ state }: PollingWait<unknown>, { priorityKey }: CallLimits): boolean {
  return priorityKey === USUAL_PRIORITY && isChecking(state);
}

async function isServed(wait: PollingWait<unknown>): Promise<boolean> {
  const served = await wait.clock.answerOf(isQueueServed(wait.apiQueue));
  return served ?? wasAnsweredLately(wait.state, Date.now());
}
