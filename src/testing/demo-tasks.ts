import type { OnCreate } from './account.js';
import { defaultOnCreate } from './actions.js';
import type { TaskScript, TaskStep } from './task-script.js';

const preparing = { status: 'preparing', forMs: 2000 };
const running = { status: 'running', forMs: 3000 };

/** A task for each way a wait can go: its id, what it does, and its timeline from the first poll on. */
const TASKS: readonly (readonly [number, string, readonly TaskStep[]])[] = [
  [18215, 'has succeeded', [{ status: 'succeed', message: 'ok' }]],
  [18216, 'succeeds after 20 s', [preparing, { status: 'running', forMs: 18_000 }, { status: 'succeed' }]],
  [18217, 'fails after 5 s', [preparing, running, { status: 'failed', message: 'The backup file is damaged.' }]],
  [18218, 'ends in Error after 5 s', [preparing, running, { status: 'Error', message: 'The flow was aborted.' }]],
  [18219, 'never ends', [preparing, { status: 'running' }]],
  [18220, 'gets an undocumented status', [preparing, { status: 'verifying' }]],
];

/** The tasks that the simulator's command has from its start, `speed` times as fast as described. */
export function demoTasks(speed: number): readonly { taskId: number; about: string; script: TaskScript }[] {
  return TASKS.map(([taskId, about, timeline]) => {
    return { taskId, about, script: { timeline: faster(timeline, speed), startsAt: 'firstPoll' } };
  });
}

/** The default created task, `speed` times as fast. */
export function demoOnCreate(speed: number): OnCreate {
  return (action, parameters) => {
    const creation = defaultOnCreate(action, parameters);
    return 'error' in creation ? creation : { ...creation, timeline: faster(creation.timeline, speed) };
  };
}

function faster(timeline: readonly TaskStep[], speed: number): readonly TaskStep[] {
  return timeline.map((step) => (step.forMs === undefined ? step : { ...step, forMs: step.forMs / speed }));
}
