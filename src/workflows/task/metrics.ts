// The SDK records nothing during replay.
import { metricMeter } from '@temporalio/workflow';
import { METRICS, outcomeLabel, record } from '../../contract/metrics.js';
import { pollLabels, type TaskAnswer, type TaskWaitState } from '../../contract/task/state.js';
import type { WaitEnding } from '../../contract/task/view.js';
import { detectionDelayMaxMs, waitedMs } from '../../contract/wait/state.js';

/** The endings that a poll saw: of the task, not only of the wait. */
const TASK_ENDINGS: readonly WaitEnding[] = ['succeeded', 'RedisTaskFailed', 'RedisTaskErrored'];

export function countPoll(answer: TaskAnswer): void {
  record(metricMeter, METRICS.polls, 1, pollLabels(answer));
}

/** Counts the end of a wait, and measures the wait if it ever began. */
export function countWait(ending: WaitEnding, wait?: TaskWaitState, now = Date.now()): void {
  const labels = { outcome: outcomeLabel(ending) };
  record(metricMeter, METRICS.waitsEnded, 1, labels);
  if (!wait) return;
  record(metricMeter, METRICS.waitDuration, waitedMs(wait, now) / 1_000, labels);
  const delayMs = detectionDelayMaxMs(wait, now);
  if (delayMs === null || !TASK_ENDINGS.includes(ending)) return;
  record(metricMeter, METRICS.detectionDelay, delayMs / 1_000, labels);
}
