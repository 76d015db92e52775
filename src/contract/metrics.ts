import { phaseOf } from './task.js';
import type { PollAnswer } from './wait.js';

/** Name, unit and description of the counter of polls. The workflow counts those that it hears of, a watch the others. */
export const POLLS_METRIC = ['redis_task_polls', '', 'Polls of a Redis task, by what they brought'] as const;

export function pollLabels(answer: PollAnswer): { outcome: string } {
  return { outcome: answer.error ? 'no_answer' : phaseOf(answer.observation.status) };
}
