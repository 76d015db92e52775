// Waits whose calls nobody takes or finishes, which are given half a minute: by the server's own word and time.
import { randomUUID } from 'node:crypto';
import { REDIS_ACTIONS } from '../../src/contract/action/actions.js';
import { devServer } from '../support/environments.js';
import { failedWorkflowTasks } from '../support/histories.js';
import { endingOf, EVERY_KIND } from '../support/kinds-of-waits.js';
import { endSoon, takeCallAndDie, waitWithoutCalls } from '../support/moments.js';
import { failureOf, REGION, untilState, Waits } from '../support/waits.js';

const RUNNING = { status: 'running' };

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(devServer, { actions: REDIS_ACTIONS });
});
afterAll(() => waits.close());

/** A queue on which waits run, and nobody makes calls. */
async function queueWithoutCalls(): Promise<string> {
  const taskQueue = `lonely-${randomUUID()}`;
  await waits.serveWaits(taskQueue);
  return taskQueue;
}

test.concurrent('a wait whose calls no worker takes times out and names the queue', async () => {
  const taskQueue = await queueWithoutCalls();
  const taskId = waits.addTask(RUNNING);
  const failure = await failureOf(await waits.start({ taskId, region: REGION, maxWait: '1s' }, { taskQueue }));

  expect(failure).toMatchObject({
    type: 'RedisTaskTimedOut',
    details: { status: null, polls: 0, lastError: { code: 'NoActivityWorker', requestId: null } },
  });
  expect(failure.details.lastError?.message).toContain(`"${taskQueue}-api"`);
  expect(failure.message).toContain(`"${taskQueue}-api"`);
  expect(waits.callsFor(taskId)).toEqual([]);
});

test.concurrent('a wait whose worker is killed in its last poll, twice, times out and says so', async () => {
  const taskQueue = await queueWithoutCalls();
  const handle = await waits.start({ taskId: 1, region: REGION, maxWait: '1s' }, { taskQueue });
  await takeCallAndDie(waits, taskQueue);
  await takeCallAndDie(waits, taskQueue);
  const failure = await failureOf(handle);

  expect(failure).toMatchObject({ type: 'RedisTaskTimedOut', details: { lastError: { code: 'WorkerLost' } } });
});

test.concurrent('a wait whose worker was killed says that no other came', async () => {
  const taskQueue = await queueWithoutCalls();
  const handle = await waits.start({ taskId: 1, region: REGION, maxWait: '5s' }, { taskQueue });
  await takeCallAndDie(waits, taskQueue);
  const { lastError } = await untilState(handle, (state) => state.lastError !== undefined);
  await handle.cancel();

  expect(lastError).toMatchObject({ code: 'NoActivityWorker' });
});

test.concurrent('extendWait ends a wait sooner although its call sits in a queue that nobody serves', async () => {
  const { taskQueue, handle } = await waitWithoutCalls(waits, { maxWait: '1h' });
  await endSoon(handle);
  const failure = await failureOf(handle);

  expect(failure).toMatchObject({
    type: 'RedisTaskTimedOut',
    details: { status: null, polls: 0, lastError: { code: 'NoActivityWorker' } },
  });
  expect(failure.details.lastError?.message).toContain(`"${taskQueue}-api"`);
});

test.concurrent.each(['timers', 'shared'] as const)(
  'a wait with pacing %s whose task was seen, and whose queue is then left by its workers, names it at the deadline',
  async (pacing) => {
    const taskQueue = await queueWithoutCalls();
    const leave = await waits.serveCalls(taskQueue);
    const input = {
      taskId: waits.addTask(RUNNING),
      region: REGION,
      polling: { initialInterval: '1h', pacing },
    } as const;
    const handle = await waits.start(input, { taskQueue });
    await untilState(handle, ({ polls, nextPollAt }) => polls === 1 && nextPollAt !== null);
    await leave();
    await endSoon(handle);
    const failure = await failureOf(handle);

    expect(failure).toMatchObject({
      type: 'RedisTaskTimedOut',
      details: { status: 'running', polls: 1, lastError: { code: 'NoActivityWorker' } },
    });
    expect(failure.details.lastError?.message).toContain(`"${taskQueue}-api"`);
  },
);

test.concurrent.each(Object.entries(EVERY_KIND).filter(([, { isLong }]) => isLong))(
  'a long wait of the kind %s ends as it must',
  async (name, kind) => {
    await expect(endingOf(await kind.play(waits, `${name}-${randomUUID()}`))).resolves.toBe(kind.ending);
  },
);

test('every history replays, and no workflow task failed', async () => {
  const histories = await waits.histories();
  for (const { history } of histories) expect(failedWorkflowTasks(history)).toEqual([]);

  await expect(waits.replayAll()).resolves.toBe(histories.length);
});
