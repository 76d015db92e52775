import { metricMeter } from '@temporalio/workflow';
import { POLLS_METRIC, pollLabels } from '../contract/metrics.js';
import type { WaitEnding } from '../contract/view.js';
import type { PollAnswer } from '../contract/wait.js';

const WAIT_OUTCOMES: Readonly<Record<WaitEnding, string>> = {
  succeeded: 'succeeded',
  cancelled: 'cancelled',
  RedisTaskFailed: 'failed',
  RedisTaskErrored: 'errored',
  RedisTaskTimedOut: 'timed_out',
  RedisTaskUnauthorized: 'unauthorized',
  RedisTaskRejected: 'rejected',
  RedisTaskInvalidInput: 'invalid_input',
};

/** Counts a poll. The SDK does not count during replay. */
export function countPoll(answer: PollAnswer): void {
  metricMeter.createCounter(...POLLS_METRIC).add(1, pollLabels(answer));
}

export function countWait(outcome: WaitEnding): void {
  const waits = metricMeter.createCounter('redis_task_waits_ended', '', 'Waits for a Redis task, by how they ended');
  waits.add(1, { outcome: WAIT_OUTCOMES[outcome] });
}
