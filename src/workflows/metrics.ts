import { metricMeter } from '@temporalio/workflow';
import { phaseOf } from '../contract/task.js';
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
  const outcome = answer.error ? 'no_answer' : phaseOf(answer.observation.status);
  const polls = metricMeter.createCounter('redis_task_polls', '', 'Polls of a Redis task, by what they brought');
  polls.add(1, { outcome });
}

export function countWait(outcome: WaitEnding): void {
  const waits = metricMeter.createCounter('redis_task_waits_ended', '', 'Waits for a Redis task, by how they ended');
  waits.add(1, { outcome: WAIT_OUTCOMES[outcome] });
}
