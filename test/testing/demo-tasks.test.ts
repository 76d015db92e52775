import { demoOnCreate, demoTasks } from '../../src/testing/demo-tasks.js';
import { readFlags } from '../../src/testing/main-flags.js';
import { PlayedTask } from '../../src/testing/played-task.js';

/** The status of a task at its first poll and so many milliseconds after it. */
function statuses(taskId: number, speed: number, ...offsetsMs: number[]) {
  const script = demoTasks(speed).find((each) => each.taskId === taskId)?.script ?? { timeline: [] };
  const task = new PlayedTask(script, 0);
  return [0, ...offsetsMs].map((offset) => task.observe(60_000 + offset, 'ap-guangzhou')?.status);
}

describe('the demo tasks', () => {
  test.each([
    [18215, ['succeed', 'succeed']],
    [18216, ['preparing', 'succeed']],
    [18217, ['preparing', 'failed']],
    [18218, ['preparing', 'Error']],
    [18219, ['preparing', 'running']],
    [18220, ['preparing', 'verifying']],
  ])('have %i go on as told', (taskId, expected) => {
    expect(statuses(taskId, 1, 20_000)).toEqual(expected);
  });

  test('go faster when they are told to', () => {
    expect(statuses(18216, 10, 199, 200, 1999, 2000)).toEqual([
      'preparing',
      'preparing',
      'running',
      'running',
      'succeed',
    ]);
  });

  test('have created tasks go faster with them', () => {
    expect(demoOnCreate(10)('ClearInstance', {})).toMatchObject({
      timeline: [{ forMs: 100 }, { forMs: 200 }, { status: 'succeed' }],
    });
  });
});

describe('the flags', () => {
  test('have defaults', () => {
    expect(readFlags([])).toEqual({ host: '127.0.0.1', port: 8080, requestsPerSecond: 20, speed: 1, help: false });
  });

  test('can turn the rate limit off', () => {
    expect(readFlags(['--rps', 'off']).requestsPerSecond).toBe(false);
  });
});
