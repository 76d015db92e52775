import { MINIMUM_INTERVAL_MS } from '../contract/schedule.js';
import { WATCH_LOOK_SUMMARY, watchSummary } from '../contract/view.js';
import { type CallLimits, pollBegan, watchEnded, watchReported } from '../contract/wait.js';
import { type Polled, PollUnderWay, watchTask } from './poll.js';
import { describeWatch } from './queue.js';
import type { RedisTaskWait } from './redis-task-wait.js';

/** No whole second: a watch that polls each second would be in a call at every look. */
const FIRST_PAUSE_MS = 1_350;
/** How often to look, at the least, whether a long call of a watch has ended. */
const LONGEST_PAUSE_MS = 4_000;
/** How often to look for that at the deadline, before the watch is given up with its call. */
const LAST_LOOKS = 3;
/** A call that is due later than this does not begin before the watch is cancelled. */
const CANCEL_MS = 200;

let watches = 0;
/** An id by which operators find the activity; counted per workflow, which may wait for several tasks. */
function nextWatchId(): string {
  return `redis-task-watch-${(watches += 1)}`;
}

/**
 * Lets the server poll until something changes. Undefined when a poll is due that the wait makes itself: one that was asked
 * for, or the last one. The watch is then cancelled between two of its calls, of which the wait knows all.
 */
export async function watch(wait: RedisTaskWait, limits: CallLimits): Promise<Polled | undefined> {
  const { plan, clock, apiQueue } = wait;
  const summary = watchSummary(plan, wait.state);
  const activityId = nextWatchId();
  wait.become(pollBegan(wait.state, 'watching'));
  const known = wait.state;
  const polls = new PollUnderWay(() => watchTask(plan, known, { apiQueue, limits, summary }, activityId));
  for (let looks = 1; ; looks += 1) {
    await clock.until(() => polls.isOver || clock.isPastDeadline || wait.state.requestedAt !== null);
    const standing = polls.isOver ? undefined : await lookAt(wait, activityId);
    if (polls.isOver) return polls.answer;

    const isLast = clock.isPastDeadline;
    const { dueInMs = 0, isCalling = false } = standing ?? {};
    const isBetweenCalls = dueInMs > (isLast ? CANCEL_MS : MINIMUM_INTERVAL_MS);
    const isQueued = !isCalling && dueInMs === 0;
    if (!standing || isBetweenCalls || (isLast && (isQueued || looks > LAST_LOOKS))) {
      const answer = await polls.giveUp();
      if (!answer) wait.become(watchEnded(wait.state, Date.now(), dueInMs));
      return answer;
    }
    if (!isLast && !isCalling) {
      // The call that comes in a moment, or is in the queue, is the poll that was asked for.
      wait.become(pollBegan(wait.state, 'watching'));
    } else {
      const pauseMs = Math.min(looks * FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
      const goesOn = () => polls.isOver || clock.isPastDeadline !== isLast;
      await clock.until(goesOn, pauseMs, { summary: WATCH_LOOK_SUMMARY });
    }
  }
}

/** A watch as the server knows it. */
interface Standing {
  readonly isCalling: boolean;
  /** When its next call is due; 0 if that is under way or in the task queue. */
  readonly dueInMs: number;
}

/** Learns where a watch stands. Undefined if nobody knows. */
async function lookAt(wait: RedisTaskWait, activityId: string): Promise<Standing | undefined> {
  const standing = await wait.clock.answerOf(describeWatch(activityId, wait.apiQueue));
  if (!standing) return undefined;
  const { memory, isCalling, nextAttemptAt } = standing;
  if (memory) wait.become(watchReported(wait.state, memory.state));
  return { isCalling, dueInMs: Math.max(0, (nextAttemptAt ?? 0) - Date.now()) };
}
