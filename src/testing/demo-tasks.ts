import { defaultOnCreate, type OnCreate } from './actions.js';
import type { TaskScript, TaskStep } from './task-script.js';

/** A task that the simulator's command has from its start, with what to tell about it. */
export interface DemoTask {
  readonly taskId: number;
  readonly about: string;
  readonly script: TaskScript;
}

/**
 * One task for each way in which a wait can go. Their clocks start with the first poll, so that it does not matter how
 * long the simulator has been running.
 *
 * @param speed - how many times faster than described the tasks go on
 */
export function demoTasks(speed: number): readonly DemoTask[] {
  const preparing = { status: 'preparing', forMs: 2000 };
  const running = { status: 'running', forMs: 3000 };
  const described: [number, string, TaskStep[]][] = [
    [18215, 'has succeeded', [{ status: 'succeed', message: 'ok' }]],
    [18216, 'succeeds after 20 s', [preparing, { status: 'running', forMs: 18_000 }, { status: 'succeed' }]],
    [18217, 'fails after 5 s', [preparing, running, { status: 'failed', message: 'The backup file is damaged.' }]],
    [18218, 'ends in Error after 5 s', [preparing, running, { status: 'Error', message: 'The flow was aborted.' }]],
    [18219, 'never ends', [preparing, { status: 'running' }]],
    [18220, 'gets a status that no document knows', [preparing, { status: 'verifying' }]],
  ];
  return described.map(([taskId, about, timeline]) => ({
    taskId,
    about,
    script: { timeline: timeline.map((step) => faster(step, speed)), startsAt: 'firstPoll' },
  }));
}

/** The usual created task, so many times faster. */
export function demoOnCreate(speed: number): OnCreate {
  return (action, parameters) => {
    const creation = defaultOnCreate(action, parameters);
    if ('error' in creation) return creation;
    return { ...creation, timeline: creation.timeline.map((step) => faster(step, speed)) };
  };
}

function faster(step: TaskStep, speed: number): TaskStep {
  return step.forMs === undefined ? step : { ...step, forMs: step.forMs / speed };
}
