// Waits with `pacing: "shared"`: their watch lists the unfinished tasks, and the API alone says how a task ended.
import type { RedisTaskWatchState } from '../../src/contract/watch/register.js';
import { devServer } from '../support/environments.js';
import { eventNames, eventsOf } from '../support/histories.js';
import { about, beside } from '../support/together.js';
import { failureOf, REGION, until, untilState, Waits, type WaitHandle } from '../support/waits.js';

const SHARED = { pacing: 'shared' } as const;
const RUNNING = { status: 'running' };

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(devServer);
});
afterAll(() => waits.close());

const shared = (taskId: number, region = REGION, pace = {}) =>
  waits.start({ taskId, region, maxWait: '1h', polling: { ...SHARED, ...pace } });

const watchIn = (region: string) => waits.client.workflow.getHandle(`${waits.taskQueue}/${region}/watch`);
const watchState = (region: string) => watchIn(region).query<RedisTaskWatchState>('getState');
const statusOf = async (region: string) => (await watchIn(region).describe()).status.name;

/** Its first poll, which is made beside the join, has seen the task. */
const watched = (handle: WaitHandle) => untilState(handle, ({ watch, polls }) => watch?.since != null && polls > 0);
const pacesItself = (handle: WaitHandle) => untilState(handle, ({ watch }) => watch?.reason !== undefined);
const listCalls = (of: string) =>
  waits.simulator.calls.filter(({ action, region }) => action === 'DescribeTaskList' && region === of);
/** The wait is watched, and its tasks have been listed. */
async function swept(handle: WaitHandle, region: string): Promise<void> {
  await watched(handle);
  await until(
    () => watchState(region),
    ({ sweeps }) => sweeps > 0,
  );
}

about('a shared wait', () => {
  // The first, since it takes longest: a wait that is not in the list of open workflows may have come there a moment ago.
  beside('that is cancelled lets its watch end', async () => {
    const region = 'ap-hongkong';
    const handle = await shared(waits.addTask(RUNNING), region);
    await watched(handle);
    await handle.cancel();
    await expect(failureOf(handle).catch(() => 'cancelled')).resolves.toBe('cancelled');
    await until(
      () => statusOf(region),
      (status) => status === 'COMPLETED',
    );
  });

  beside('ends as the API says once the list no longer shows its task, and its watch with it', async () => {
    const region = 'ap-beijing';
    const taskId = waits.addTask(RUNNING);
    const handle = await shared(taskId, region);
    const state = await watched(handle);
    await swept(handle, region);
    waits.simulator.addTask(taskId, { timeline: [{ status: 'failed', message: 'no memory' }] });
    const failure = await failureOf(handle);
    // Looked at once: where the list of open workflows is behind, a worker may start it again for a moment.
    const status = await until(
      () => statusOf(region),
      (each) => each !== 'RUNNING',
    );

    await waits.follow(watchIn(region));
    const [started] = (await watchIn(region).fetchHistory()).events ?? [];

    // Its first workflow task must not queue behind those of waits.
    expect(started?.workflowExecutionStartedEventAttributes?.priority?.priorityKey).toBe(1);

    expect(state.watch).toEqual({
      workflowId: `${waits.taskQueue}/${region}/watch`,
      since: expect.any(String) as string,
    });
    expect(failure.type).toBe('RedisTaskFailed');
    expect(failure.details).toMatchObject({ status: 'failed', message: 'no memory', polls: 2 });
    expect(waits.callsFor(taskId)).toHaveLength(2);
    expect(status).toBe('COMPLETED');
  });

  beside('has a short history, however often its task is listed', async () => {
    const region = 'ap-shanghai';
    const taskId = waits.addTask(RUNNING);
    const handle = await shared(taskId, region, { initialInterval: '2s', maximumInterval: '2s' });
    await swept(handle, region);
    const before = eventNames(await handle.fetchHistory());
    const calls = listCalls(region).length;
    await until(
      () => Promise.resolve(listCalls(region).length),
      (count) => count >= calls + 2,
    );

    expect(eventNames(await handle.fetchHistory())).toEqual(before);
    await handle.terminate();
  });

  beside('is polled when asked, and stays watched', async () => {
    const handle = await shared(waits.addTask(RUNNING), 'ap-nanjing');
    const before = await watched(handle);
    await handle.signal('pollNow');
    const after = await untilState(handle, ({ polls }) => polls > before.polls);

    expect(after.watch).toEqual(before.watch);
    await handle.terminate();
  });

  beside('ends at its deadline, with a last poll', async () => {
    const taskId = waits.addTask(RUNNING);
    const handle = await shared(taskId, 'ap-chengdu');
    await watched(handle);
    // Its own clock: the update may be on its way for long.
    const { startTime } = await handle.describe();
    await handle.executeUpdate('extendWait', { args: [{ maxWait: Date.now() - startTime.getTime() + 10_000 }] });

    expect((await failureOf(handle)).type).toBe('RedisTaskTimedOut');
    expect(waits.callsFor(taskId)).toHaveLength(2);
  });

  beside('makes the poll that its watch asks for before the first one, which may be in a long queue', async () => {
    const taskQueue = `${waits.taskQueue}-full`;
    await waits.serveWaits(taskQueue);
    const taskId = waits.addTask({ status: 'succeed' });
    const handle = await waits.start({ taskId, region: REGION, polling: SHARED }, { taskQueue });
    const scheduled = async () => eventsOf(await handle.fetchHistory(), 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
    const priorities = (events: Awaited<ReturnType<typeof scheduled>>) =>
      events
        .map(({ activityTaskScheduledEventAttributes: activity }) => activity)
        .filter((activity) => activity?.activityType?.name === 'describeTaskInfo')
        .map((activity) => activity?.priority?.priorityKey);
    const events = await until(scheduled, (each) => priorities(each).length > 1);
    await waits.serveCalls(taskQueue);

    expect(priorities(events).slice(0, 2)).toEqual([3, 2]);
    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed', polls: 1 });
  });

  beside('goes on when it is told to ask the API and its task is running', async () => {
    const taskId = waits.addTask(RUNNING);
    const handle = await shared(taskId, 'ap-chongqing');
    await watched(handle);
    await handle.signal('redisTaskWatchReport', { seenAt: null });
    await untilState(handle, ({ polls, watch }) => polls === 2 && watch?.since != null);

    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
  });
});

about('a list that is wrong', () => {
  beside.each([
    ['2', { kind: 'listResult', result: 2 }],
    ['4', { kind: 'listResult', result: 4 }],
    ['77', { kind: 'listResult', result: 77 }],
  ] as const)('ends no wait when it says Result %s of a task that runs', async (_result, fault) => {
    const taskId = waits.addTask(RUNNING);
    waits.simulator.fault(fault, { taskId: String(taskId) });
    const handle = await shared(taskId, REGION);
    const { status } = await pacesItself(handle);

    expect(status).toBe('running');
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await handle.terminate();
  });

  beside('costs nothing but time when it shows a task that has ended', async () => {
    const taskId = waits.addTask(RUNNING);
    waits.simulator.fault({ kind: 'listStuck' }, { taskId: String(taskId) });
    const region = 'ap-singapore';
    const handle = await shared(taskId, region);
    await swept(handle, region);
    waits.simulator.addTask(taskId, { timeline: [{ status: 'succeed' }] });
    await handle.signal('pollNow');

    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed' });
  });
});

about('a watch that is gone', () => {
  beside('runs again and knows its waits, without an event in their histories', async () => {
    const region = 'ap-tokyo';
    const taskId = waits.addTask(RUNNING);
    const handle = await shared(taskId, region);
    await swept(handle, region);
    const before = eventNames(await handle.fetchHistory());
    const { runId } = await watchIn(region).describe();
    await watchIn(region).terminate();
    await until(
      () => watchIn(region).describe(),
      (each) => each.runId !== runId && each.status.name === 'RUNNING',
    );
    await swept(handle, region);

    expect(eventNames(await handle.fetchHistory())).toEqual(before);
    await expect(watchState(region)).resolves.toMatchObject({ waits: 1 });
    waits.simulator.addTask(taskId, { timeline: [{ status: 'succeed' }] });
    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed' });
  });

  beside('leaves nothing behind that an unknown version could not go on from', async () => {
    const region = 'ap-seoul';
    const handle = await waits.startWorkflow<RedisTaskWatchState>('watchRedisTasks', [{ region }, { v: 7, odd: true }]);

    await expect(handle.result()).resolves.toMatchObject({ region, waits: 0, sweeps: 0 });
  });
});

test('no workflow task of a wait or a watch has failed', async () => {
  expect(waits.logged.filter(({ message }) => message.includes('Failing workflow task'))).toEqual([]);
  await expect(waits.replayAll()).resolves.toBeGreaterThan(5);
});
