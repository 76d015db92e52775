// Waits with compact pacing on the real server, which polls for them: one activity is repeated until something changes.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledFailure } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import proto from '@temporalio/proto';
import type { AwaitRedisTaskInput } from '../../src/contract/input.js';
import type { RedisTaskResult } from '../../src/contract/outcome.js';
import type { RedisTaskWaitState } from '../../src/contract/view.js';
import { devServer } from '../support/environments.js';
import { eventNames, eventsOf, failedWorkflowTasks, type History, tasksToCancel } from '../support/histories.js';
import { eventually } from '../support/processes.js';
import { causeOf, failureOf, REGION, until, untilState, Waits, type WaitHandle } from '../support/waits.js';

type Pending = temporal.api.workflow.v1.IPendingActivityInfo;
const { PENDING_ACTIVITY_STATE_SCHEDULED, PENDING_ACTIVITY_STATE_STARTED } =
  proto.temporal.api.enums.v1.PendingActivityState;

const RUNNING = { status: 'running' };
const SUCCEED = { status: 'succeed' };

/** Polls at 0 s, 2 s and 22 s: the second one is the first of the watch. */
const POLLING = {
  pacing: 'compact',
  initialInterval: '2s',
  backoffCoefficient: 10,
  maximumInterval: '1h',
  jitter: 0,
} as const;
const EVERY_SECOND = { ...POLLING, initialInterval: '1s', backoffCoefficient: 1, maximumInterval: '1s' } as const;

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(devServer);
});
afterAll(() => waits.close());

interface Watched {
  readonly taskId: number;
  readonly handle: WaitHandle;
}

async function startWatched(input: Partial<AwaitRedisTaskInput> = {}, taskQueue = waits.taskQueue): Promise<Watched> {
  const taskId = waits.addTask(RUNNING);
  const handle = await waits.start({ taskId, region: REGION, polling: POLLING, ...input }, { taskQueue });
  return { taskId, handle };
}

/** A wait whose watch has made its first call, and pauses for 20 s. */
async function pausingWatch(input: Partial<AwaitRedisTaskInput> = {}): Promise<Watched> {
  const watched = await startWatched(input);
  await untilWatch(watched.handle, ({ state, attempt }) => state === PENDING_ACTIVITY_STATE_SCHEDULED && attempt === 2);
  return watched;
}

/** A wait whose watch is in a call that hangs. */
async function callingWatch(): Promise<Watched> {
  const watched = await startWatched();
  await untilState(watched.handle, ({ polls }) => polls === 1);
  waits.simulator.fault({ kind: 'hang' }, { taskId: watched.taskId, times: 1 });
  await untilWatch(watched.handle, ({ state }) => state === PENDING_ACTIVITY_STATE_STARTED);
  await eventually(() => waits.callsFor(watched.taskId).length === 2);
  return watched;
}

/** A wait whose watch is in a queue that nobody serves any more. */
async function queuedWatch(
  input: Partial<AwaitRedisTaskInput> = {},
): Promise<Watched & { readonly taskQueue: string }> {
  const taskQueue = `deserted-${randomUUID()}`;
  await waits.serveWaits(taskQueue);
  const stop = await waits.serveCalls(taskQueue);
  const watched = await startWatched({ polling: { ...POLLING, initialInterval: '3s' }, ...input }, taskQueue);
  await untilState(watched.handle, ({ polls }) => polls === 1);
  await stop();
  await untilWatch(watched.handle, ({ state }) => state === PENDING_ACTIVITY_STATE_SCHEDULED);
  return { ...watched, taskQueue };
}

async function watchOf(handle: WaitHandle): Promise<Pending | undefined> {
  const { pendingActivities } = (await handle.describe()).raw;
  return pendingActivities?.find(({ activityType }) => activityType?.name === 'watchTaskInfo');
}

function untilWatch(handle: WaitHandle, holds: (watch: Pending) => boolean): Promise<Pending | undefined> {
  return until(
    () => watchOf(handle),
    (watch) => watch !== undefined && holds(watch),
  );
}

const service = () => waits.env.connection.workflowService;

/** The watch of a wait, as requests of operators name it. */
function watchIn({ workflowId }: WaitHandle) {
  return { namespace: 'default', execution: { workflowId }, type: 'watchTaskInfo' };
}

/** The names of the activities of a wait, in the order in which it scheduled them. */
function activitiesOf(history: History): string[] {
  return eventsOf(history, 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED').map(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? '',
  );
}

function gapsOf(taskId: number): number[] {
  const times = waits.callsFor(taskId).map(({ at }) => at);
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
}

function extend(handle: WaitHandle, maxWait: string): Promise<RedisTaskWaitState> {
  return handle.executeUpdate<RedisTaskWaitState, [unknown]>('extendWait', { args: [{ maxWait }] });
}

/** Resolves once the wait has ended as cancelled, and has waited for nothing more. */
async function cancelAtOnce(handle: WaitHandle): Promise<void> {
  await handle.cancel();
  await expect(causeOf(handle.result())).resolves.toBeInstanceOf(CancelledFailure);
  await expect(tasksToCancel(handle)).resolves.toBe(1);
}

test.concurrent('a watch writes no history while nothing changes, and its polls all count', async () => {
  const { taskId, handle } = await startWatched({ polling: EVERY_SECOND });
  await eventually(() => waits.callsFor(taskId).length === 3);
  const { length } = eventNames(await handle.fetchHistory());
  await eventually(() => waits.callsFor(taskId).length === 8);

  expect(eventNames(await handle.fetchHistory())).toHaveLength(length);
  waits.simulator.setTask(taskId, SUCCEED);
  const { polls } = await handle.result();
  expect(polls).toBe(waits.callsFor(taskId).length);
  expect(activitiesOf(await handle.fetchHistory())).toEqual(['describeTaskInfo', 'watchTaskInfo']);
});

test.concurrent('a watch tells the wait of a status that has changed, and another one goes on', async () => {
  const { taskId, handle } = await startWatched({ polling: EVERY_SECOND });
  await eventually(() => waits.callsFor(taskId).length === 3);
  waits.simulator.setTask(taskId, { status: 'preparing' });
  const { polls } = await untilState(handle, ({ status }) => status === 'preparing');
  waits.simulator.setTask(taskId, SUCCEED);

  expect(polls).toBeGreaterThanOrEqual(4);
  expect((await handle.result()).polls).toBe(waits.callsFor(taskId).length);
  expect(activitiesOf(await handle.fetchHistory())).toEqual(['describeTaskInfo', 'watchTaskInfo', 'watchTaskInfo']);
});

test.concurrent('a watch tells the wait of an error once, and of the poll that has no error again', async () => {
  const { taskId, handle } = await startWatched({ polling: EVERY_SECOND });
  await untilState(handle, ({ polls }) => polls === 1);
  waits.simulator.fault({ kind: 'error', code: 'FailedOperation.FlowNotExists' }, { taskId, times: 3 });
  await untilState(handle, ({ lastError }) => lastError?.code === 'FailedOperation.FlowNotExists');
  await untilState(handle, ({ polls }) => polls >= 2);
  waits.simulator.setTask(taskId, SUCCEED);

  expect((await handle.result()).polls).toBe(waits.callsFor(taskId).length - 3);
  expect(activitiesOf(await handle.fetchHistory())).toEqual([
    ...['describeTaskInfo', 'watchTaskInfo', 'watchTaskInfo', 'watchTaskInfo'],
  ]);
});

test.concurrent('a watch is one poll in four attempts when the API is out', async () => {
  const { taskId, handle } = await startWatched({ polling: EVERY_SECOND });
  await untilState(handle, ({ polls }) => polls === 1);
  waits.simulator.fault({ kind: 'error', code: 'InternalError' }, { taskId, times: 4 });
  await untilState(handle, ({ lastError }) => lastError?.code === 'InternalError');

  expect(waits.callsFor(taskId).filter(({ outcome }) => outcome === 'InternalError')).toHaveLength(4);
  waits.simulator.setTask(taskId, SUCCEED);
  expect((await handle.result()).polls).toBe(waits.callsFor(taskId).length - 4);
});

test.concurrent('cancelling ends a wait whose watch pauses, and it calls no more', async () => {
  const { taskId, handle } = await startWatched({ polling: EVERY_SECOND });
  await eventually(() => waits.callsFor(taskId).length === 3);
  await cancelAtOnce(handle);
  const calls = waits.callsFor(taskId).length;
  await sleep(3_000);

  expect(waits.callsFor(taskId)).toHaveLength(calls);
});

test.concurrent('cancelling ends a wait whose watch is in a call, and aborts the call', async () => {
  const { taskId, handle } = await callingWatch();
  await cancelAtOnce(handle);
  await eventually(() => waits.callsFor(taskId)[1]?.aborted === true);

  // Not by the client's own timeout, which would look the same to the API.
  await eventually(() => waits.cancelledCalls.includes(taskId));
});

test.concurrent('cancelling ends a wait whose watch no worker takes, and its call is never made', async () => {
  const { taskId, taskQueue, handle } = await queuedWatch();
  await cancelAtOnce(handle);
  await waits.serveCalls(taskQueue);
  await sleep(2_000);

  expect(waits.callsFor(taskId)).toHaveLength(1);
});

test.concurrent('pollNow polls at once when the watch pauses, and the pace goes on unchanged', async () => {
  const { taskId, handle } = await pausingWatch();
  const [, watched] = waits.callsFor(taskId);
  await sleep(1_500);
  await Promise.all([handle.signal('pollNow'), handle.signal('pollNow')]);
  const { nextPollAt } = await untilState(handle, ({ polls, nextPollAt }) => polls === 3 && nextPollAt !== null);

  expect(waits.callsFor(taskId)).toHaveLength(3);
  const pauseMs = Date.parse(nextPollAt ?? '') - (watched?.at ?? 0);
  expect(pauseMs).toBeGreaterThan(19_500);
  // After a poll of its own, 200 s would follow the 20 s.
  expect(pauseMs).toBeLessThan(100_000);
});

test.concurrent('pollNow keeps its distance from the call before', async () => {
  const { taskId, handle } = await pausingWatch();
  await handle.signal('pollNow');
  await eventually(() => waits.callsFor(taskId).length === 3);

  expect(gapsOf(taskId)[1]).toBeGreaterThanOrEqual(990);
});

test.concurrent('pollNow during a call of the watch lets one more follow it', async () => {
  const { taskId, handle } = await startWatched();
  await untilState(handle, ({ polls }) => polls === 1);
  waits.simulator.fault({ kind: 'slow', delayMs: 3_000 }, { taskId, times: 1 });
  await eventually(() => waits.callsFor(taskId).length === 2);
  await Promise.all([handle.signal('pollNow'), handle.signal('pollNow')]);
  await eventually(() => waits.callsFor(taskId).length === 3);
  await untilState(handle, ({ polls, nextPollAt }) => polls === 3 && nextPollAt !== null);

  expect(waits.callsFor(taskId)).toMatchObject(Array(3).fill({ outcome: 'ok', aborted: false }));
  expect(gapsOf(taskId)[1]).toBeGreaterThanOrEqual(3_900);
  // The pause would have been of 20 s.
  expect(gapsOf(taskId)[1]).toBeLessThan(19_000);
});

test.concurrent('pollNow means the call that is in the queue, and asks the server about it only once', async () => {
  const { taskId, taskQueue, handle } = await queuedWatch();
  await handle.signal('pollNow');
  await sleep(6_000);
  await waits.serveCalls(taskQueue);
  await eventually(() => waits.callsFor(taskId).length === 2);
  const history = await handle.fetchHistory();

  expect(activitiesOf(history)).toEqual(['describeTaskInfo', 'watchTaskInfo', 'describeRedisTaskWatch']);
  await handle.cancel();
});

test.concurrent('pollNow sees an end at once', async () => {
  const { taskId, handle } = await pausingWatch();
  waits.simulator.setTask(taskId, SUCCEED);
  await handle.signal('pollNow');

  await expect(handle.result()).resolves.toMatchObject({ status: 'succeed', polls: 3 });
  // The pause would have been of 20 s.
  expect(gapsOf(taskId)[1]).toBeLessThan(19_000);
});

test.concurrent('extendWait leaves the watch alone, whatever the total and however often', async () => {
  const { taskId, handle } = await pausingWatch({ maxWait: '2h' });
  for (const maxWait of ['2h', '3h', '1h', '4h']) await extend(handle, maxWait);
  await Promise.all(['5h', '5h'].map((maxWait) => extend(handle, maxWait)));
  const history = await handle.fetchHistory();

  expect(activitiesOf(history)).toEqual(['describeTaskInfo', 'watchTaskInfo']);
  expect(eventNames(history)).not.toContain('ACTIVITY_TASK_CANCEL_REQUESTED');
  expect(waits.callsFor(taskId)).toHaveLength(2);
  await handle.cancel();
});

test.concurrent('extendWait during a call of the watch lets the call go on', async () => {
  const { taskId, handle } = await startWatched({ maxWait: '2h' });
  await untilState(handle, ({ polls }) => polls === 1);
  waits.simulator.fault({ kind: 'slow', delayMs: 2_000 }, { taskId, times: 1 });
  await eventually(() => waits.callsFor(taskId).length === 2);
  for (const maxWait of ['3h', '1h', '2h']) await extend(handle, maxWait);
  await eventually(() => waits.callsFor(taskId)[1]?.outcome === 'ok');

  expect(waits.callsFor(taskId)).toMatchObject(Array(2).fill({ outcome: 'ok', aborted: false }));
  await handle.cancel();
});

test.concurrent('extendWait brings the last poll forward', async () => {
  const { taskId, handle } = await pausingWatch({ maxWait: '2h' });
  await extend(handle, '6s');
  const { type, details } = await failureOf(handle);

  expect({ type, polls: details.polls }).toEqual({ type: 'RedisTaskTimedOut', polls: 3 });
  expect(details.waitedMs).toBeGreaterThanOrEqual(6_000);
  expect(waits.callsFor(taskId)).toHaveLength(3);
});

test.concurrent(
  'the deadline has its last poll at once, and all polls count: the watch ends by itself before',
  async () => {
    const { taskId, handle } = await startWatched({ maxWait: '6s' });
    const { type, details } = await failureOf(handle);

    const activities = activitiesOf(await handle.fetchHistory());
    expect(activities).toEqual(['describeTaskInfo', 'watchTaskInfo', 'describeTaskInfo']);
    expect({ type, polls: details.polls }).toEqual({ type: 'RedisTaskTimedOut', polls: 3 });
    expect(waits.callsFor(taskId)).toHaveLength(3);
    expect(details.waitedMs).toBeGreaterThanOrEqual(6_000);
    // No 30 s of a call that was in the queue.
    // Nothing but the deadline would end it within the hour.
    expect(details.waitedMs).toBeLessThan(60_000);
  },
);

test.concurrent('the deadline has a last poll that sees an end which the watch has not seen', async () => {
  const { taskId, handle } = await startWatched({ maxWait: '7s' });
  await untilState(handle, ({ polls }) => polls === 2);
  waits.simulator.setTask(taskId, SUCCEED);

  await expect(handle.result()).resolves.toMatchObject({ status: 'succeed', polls: 3 });
});

test.concurrent('an operator who resets the watch has it poll at once, and no poll is forgotten', async () => {
  const { taskId, handle } = await pausingWatch();
  await sleep(1_000);
  await service().resetActivity(watchIn(handle));
  await eventually(() => waits.callsFor(taskId).length === 3);
  waits.simulator.setTask(taskId, SUCCEED);
  await handle.signal('pollNow');

  await expect(handle.result()).resolves.toMatchObject({ polls: 4 });
});

test.concurrent('an operator who pauses the watch stops its calls, and the deadline still ends the wait', async () => {
  const { taskId, handle } = await startWatched({ polling: EVERY_SECOND, maxWait: '8s' });
  await eventually(() => waits.callsFor(taskId).length === 3);
  await service().pauseActivity(watchIn(handle));
  await sleep(1_500);
  const calls = waits.callsFor(taskId).length;
  const { type, details } = await failureOf(handle);

  expect(type).toBe('RedisTaskTimedOut');
  expect(waits.callsFor(taskId)).toHaveLength(calls + 1);
  expect(details.polls).toBe(calls + 1);
});

test.concurrent('two waits inside one workflow have a watch each, and both see their ends', async () => {
  const tasks = [waits.addTask(RUNNING), waits.addTask(RUNNING)];
  const inputs = tasks.map((taskId) => ({ taskId, region: REGION, polling: EVERY_SECOND }));
  const parent = await waits.startWorkflow<RedisTaskResult[]>('inlineWaits', [inputs]);
  await eventually(() => tasks.every((taskId) => waits.callsFor(taskId).length >= 4));
  for (const taskId of tasks) waits.simulator.setTask(taskId, SUCCEED);
  const results = await parent.result();

  expect(results).toMatchObject(tasks.map((taskId) => ({ taskId, polls: waits.callsFor(taskId).length })));
  const names = activitiesOf(await parent.fetchHistory());
  expect(names.filter((name) => name === 'watchTaskInfo')).toHaveLength(2);
});

test('every history replays, and no workflow task failed', async () => {
  const histories = await waits.histories();
  for (const { history } of histories) expect(failedWorkflowTasks(history)).toEqual([]);

  await expect(waits.replayAll()).resolves.toBe(histories.length);
  expect(histories.length).toBeGreaterThan(17);
});
