import { metricMeter } from '@temporalio/workflow';
import type { SubmitClass } from '../contract/action/submit-class.js';
import type { InstanceWaitEnding } from '../contract/instance/view.js';
import { METRICS, pollLabels, record } from '../contract/metrics.js';
import type { WaitEnding } from '../contract/view.js';
import { detectionDelayMaxMs, waitedMs, type WaitState } from '../contract/wait-state.js';
import type { PollAnswer } from '../contract/wait.js';

// The SDK records nothing during replay.

const WAIT_OUTCOMES: Readonly<Record<WaitEnding | InstanceWaitEnding, string>> = {
  RedisInstanceFailed: 'instance_failed',
  succeeded: 'succeeded',
  cancelled: 'cancelled',
  RedisTaskFailed: 'failed',
  RedisTaskErrored: 'errored',
  RedisTaskTimedOut: 'timed_out',
  RedisTaskUnauthorized: 'unauthorized',
  RedisTaskRejected: 'rejected',
  RedisTaskInvalidInput: 'invalid_input',
};

/** The endings that a poll saw: of the task, not only of the wait. */
const TASK_ENDINGS: readonly WaitEnding[] = ['succeeded', 'RedisTaskFailed', 'RedisTaskErrored'];

export function countPoll(answer: PollAnswer): void {
  record(metricMeter, METRICS.polls, 1, pollLabels(answer));
}

/** A poll found the task unfinished after the watch had missed it. */
export function countFalseAlarm(): void {
  record(metricMeter, METRICS.falseAlarms, 1);
}

/** Counts a submit of a change. */
export function countSubmit(outcome: SubmitClass): void {
  record(metricMeter, METRICS.submits, 1, { outcome });
}

/** Counts the end of a wait for instances. */
export function countInstanceWait(ending: InstanceWaitEnding): void {
  record(metricMeter, METRICS.instanceWaitsEnded, 1, { outcome: WAIT_OUTCOMES[ending] });
}

/** Counts the end of a wait, and measures the wait if it ever began. */
export function countWait(ending: WaitEnding, wait?: WaitState, now = Date.now()): void {
  const labels = { outcome: WAIT_OUTCOMES[ending] };
  record(metricMeter, METRICS.waitsEnded, 1, labels);
  if (!wait) return;
  record(metricMeter, METRICS.waitDuration, waitedMs(wait, now) / 1_000, labels);
  const delayMs = detectionDelayMaxMs(wait, now);
  if (delayMs === null || !TASK_ENDINGS.includes(ending)) return;
  record(metricMeter, METRICS.detectionDelay, delayMs / 1_000, labels);
}
