import { demoOnCreate, demoTasks } from '../../src/testing/demo-tasks.js';
import { RedisApiSimulator } from '../support/simulator.js';
import { callJson } from './signed-call.js';

/** The status of a task at its first poll, a minute after the start, and so many milliseconds after that poll. */
async function statuses(taskId: number, speed: number, ...offsetsMs: number[]): Promise<unknown[]> {
  const startMs = Date.now();
  let nowMs = startMs;
  const simulator = await RedisApiSimulator.start({ now: () => nowMs, requestsPerSecond: false });
  for (const task of demoTasks(speed)) simulator.addTask(task.taskId, task.script);
  const found: unknown[] = [];
  for (const offset of [0, ...offsetsMs]) {
    nowMs = startMs + 60_000 + offset;
    const { Status } = await callJson(simulator.url, { body: JSON.stringify({ TaskId: taskId }) });
    found.push(Status);
  }
  await simulator.close();
  return found;
}

describe('the demo tasks', () => {
  test.each([
    [18215, ['succeed', 'succeed']],
    [18216, ['preparing', 'succeed']],
    [18217, ['preparing', 'failed']],
    [18218, ['preparing', 'Error']],
    [18219, ['preparing', 'running']],
    [18220, ['preparing', 'verifying']],
  ])('have %i go on as told', async (taskId, expected) => {
    expect(await statuses(taskId, 1, 20_000)).toEqual(expected);
  });

  test('go faster when they are told to', async () => {
    expect(await statuses(18216, 10, 199, 200, 1999, 2000)).toEqual([
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
