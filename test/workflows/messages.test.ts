// What a wait answers while it runs, on the real server: getState, pollNow, extendWait, cancelling, and what UI shows.
import { randomUUID } from 'node:crypto';
import { ApplicationFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { RedisTaskWaitState } from '../../src/contract/task/view.js';
import { devServer } from '../support/environments.js';
import {
  eventNames,
  eventsOf,
  failedWorkflowTasks,
  heardAt,
  summariesOf,
  tasksToCancel,
} from '../support/histories.js';
import { endSoon, pausingWait, SLOW, waitWithoutCalls } from '../support/moments.js';
import { about, beside } from '../support/together.js';
import { causeOf, failureOf, REGION, stateOf, until, untilState, Waits, type WaitHandle } from '../support/waits.js';

const RUNNING = { status: 'running' };
const HOUR = 3_600_000;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const isoTime = expect.stringMatching(ISO) as string;

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(devServer);
});
afterAll(() => waits.close());

/** Ends a wait whose task runs. */
async function succeed(handle: WaitHandle, taskId: number): Promise<void> {
  waits.simulator.setTask(taskId, { status: 'succeed' });
  await handle.signal('pollNow');
  await expect(handle.result()).resolves.toMatchObject({ taskId });
}

function extend(handle: WaitHandle, ...args: unknown[]): Promise<RedisTaskWaitState> {
  // Any number of arguments, also none, which the client's types know only for a definition.
  return handle.executeUpdate<RedisTaskWaitState, [unknown, ...unknown[]]>('extendWait', {
    args: args as [unknown, ...unknown[]],
  });
}

/** How many calls were scheduled. */
async function scheduledCalls(handle: WaitHandle): Promise<number> {
  return eventsOf(await handle.fetchHistory(), 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED').length;
}

about('getState', () => {
  beside('shows the task as last seen, the next poll and the deadline', async () => {
    const { taskId, handle, state } = await pausingWait(waits);
    const history = await handle.fetchHistory();

    expect(state).toEqual({
      taskId,
      region: REGION,
      status: 'running',
      polls: 1,
      waitedMs: expect.any(Number) as number,
      nextPollAt: isoTime,
      deadline: isoTime,
      observation: {
        status: 'running',
        taskType: 'redis cache clearing process',
        instanceId: 'crs-09u2u96z',
        startTime: '2018-11-01 17:25:14',
        message: '',
        requestId: waits.callsFor(taskId)[0]?.requestId,
        at: isoTime,
      },
    });
    const [start] = eventsOf(history, 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED');
    const [answer] = eventsOf(history, 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED');
    const nextPollAt = Date.parse(state.nextPollAt ?? '');
    expect(Date.parse(state.deadline) - heardAt(history, start)).toBe(3 * HOUR);
    expect(nextPollAt - heardAt(history, start)).toBeGreaterThanOrEqual(0.9 * HOUR);
    expect(nextPollAt - heardAt(history, answer)).toBeLessThanOrEqual(1.1 * HOUR);
  });

  beside('has no next poll while one is under way', async () => {
    const taskId = waits.addTask(RUNNING);
    waits.simulator.fault({ kind: 'hang' }, { taskId });
    const handle = await waits.start({ taskId, region: REGION });
    await waits.simulator.waitForCall((call) => call.taskId === String(taskId));

    await expect(stateOf(handle)).resolves.toEqual({
      taskId,
      region: REGION,
      status: null,
      polls: 0,
      waitedMs: expect.any(Number) as number,
      nextPollAt: null,
      deadline: isoTime,
    });
    await handle.cancel();
  });

  beside('shows the last error beside the last observation', async () => {
    const { taskId, handle } = await pausingWait(waits);
    waits.simulator.fault({ kind: 'error', code: 'FailedOperation.FlowNotExists' }, { taskId, times: 1 });
    await handle.signal('pollNow');
    const state = await untilState(handle, ({ lastError }) => lastError !== undefined);

    expect(state).toMatchObject({ status: 'running', polls: 1, observation: { status: 'running' } });
    expect(state.lastError).toEqual({
      code: 'FailedOperation.FlowNotExists',
      message: expect.any(String) as string,
      requestId: waits.callsFor(taskId)[1]?.requestId,
      at: isoTime,
    });
  });

  beside('answers after the end too', async () => {
    const taskId = waits.addTask({ status: 'succeed' });
    const handle = await waits.start({ taskId, region: REGION });
    await handle.result();

    await expect(stateOf(handle)).resolves.toMatchObject({ status: 'succeed', polls: 1, nextPollAt: null });
  });
});

about('pollNow', () => {
  beside('several times before the next call is one poll, and the pace goes on unchanged', async () => {
    const { taskId, handle, state } = await pausingWait(waits);
    // Within the second in which no other poll may follow the first.
    await Promise.all([handle.signal('pollNow'), handle.signal('pollNow', 'now!', null), handle.signal('pollNow', {})]);
    const after = await untilState(handle, ({ polls, nextPollAt }) => polls === 2 && nextPollAt !== null);

    expect(after.nextPollAt).toBe(state.nextPollAt);
    const [first, second, ...others] = waits.callsFor(taskId);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
    expect(others).toEqual([]);
  });

  beside('during a call lets one more follow it', async () => {
    const { taskId, handle, state } = await pausingWait(waits);
    waits.simulator.fault({ kind: 'slow', delayMs: 1_500 }, { taskId, times: 1 });
    const firstAt = waits.callsFor(taskId)[0]?.at ?? 0;
    await handle.signal('pollNow');
    await waits.simulator.waitForCall((call) => call.taskId === String(taskId) && call.at > firstAt);
    await Promise.all([handle.signal('pollNow'), handle.signal('pollNow')]);
    const after = await untilState(handle, ({ polls, nextPollAt }) => polls === 3 && nextPollAt !== null);

    expect(after.nextPollAt).toBe(state.nextPollAt);
    const [, second, third, ...others] = waits.callsFor(taskId);
    expect((third?.at ?? 0) - (second?.at ?? 0)).toBeGreaterThanOrEqual(2_500);
    expect(others).toEqual([]);
  });

  beside('sees an end at once', async () => {
    const { taskId, handle } = await pausingWait(waits);
    waits.simulator.setTask(taskId, { status: 'succeed' });
    await handle.signal('pollNow');

    await expect(handle.result()).resolves.toMatchObject({ taskId, polls: 2 });
  });
});

about('extendWait', () => {
  beside('sets the total, longer or shorter, and returns the new state', async () => {
    const { handle, state } = await pausingWait(waits);
    const deadline = Date.parse(state.deadline);
    const longer = await extend(handle, { maxWait: '4h' });
    const shorter = await extend(handle, { maxWait: 2 * HOUR });

    expect(longer).toEqual({
      ...state,
      deadline: new Date(deadline + HOUR).toISOString(),
      waitedMs: expect.any(Number) as number,
    });
    expect(shorter.deadline).toBe(new Date(deadline - HOUR).toISOString());
    await expect(stateOf(handle)).resolves.toMatchObject({ deadline: shorter.deadline });
  });

  beside('brings the last poll forward when the deadline comes before the next one', async () => {
    const { handle } = await pausingWait(waits);
    const { nextPollAt, deadline, waitedMs } = await endSoon(handle);
    expect(nextPollAt).toBe(deadline);
    const failure = await failureOf(handle);

    expect(failure).toMatchObject({ type: 'RedisTaskTimedOut', details: { polls: 2, status: 'running' } });
    expect(failure.details.waitedMs).toBeGreaterThan(waitedMs);
  });

  beside('gives the next poll back its pace when the deadline had brought it forward', async () => {
    const { handle, state } = await pausingWait(waits, { maxWait: '10m' });
    expect(state.nextPollAt).toBe(state.deadline);
    const { nextPollAt, deadline } = await extend(handle, { maxWait: '3h' });

    expect(Date.parse(nextPollAt ?? '')).toBeLessThan(Date.parse(deadline));
    expect(Date.parse(nextPollAt ?? '') - Date.parse(state.deadline)).toBeGreaterThan(0.5 * HOUR);
  });

  beside('that cannot be is refused by the validator, and nothing is written', async () => {
    const { taskId, handle, state } = await pausingWait(waits);
    await untilState(handle, () => Date.parse(state.observation?.at ?? '') + 1_500 < Date.now());
    const refused: [args: unknown[], field: string][] = [
      [[], 'extendWait'],
      [[null], 'extendWait'],
      [['4h'], 'extendWait'],
      [[7], 'extendWait'],
      [[['4h']], 'extendWait'],
      [[{}], 'maxWait'],
      [[{ maxWait: null }], 'maxWait'],
      [[{ maxWait: '31d' }], 'maxWait'],
      [[{ maxWait: -1 }], 'maxWait'],
      [[{ maxWait: {} }], 'maxWait'],
      [[{ maxWait: '4h', taskId: 1 }], 'taskId'],
      // It has waited longer than that already.
      [[{ maxWait: '1s' }], 'maxWait'],
    ];
    for (const [args, field] of refused) {
      const error: unknown = await extend(handle, ...args).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
      const cause = (error as WorkflowUpdateFailedError).cause;
      expect(cause).toBeInstanceOf(ApplicationFailure);
      expect(cause).toMatchObject({ type: 'RedisTaskInvalidInput', nonRetryable: true });
      expect((cause as ApplicationFailure).details?.[0]).toMatchObject({
        taskId,
        region: REGION,
        status: 'running',
        polls: 1,
        invalid: { field },
      });
    }

    await expect(stateOf(handle)).resolves.toMatchObject({ deadline: state.deadline });
    const written = eventNames(await handle.fetchHistory()).filter((name) => name.includes('UPDATE'));
    expect(written).toEqual([]);
  });

  beside('during a call never ends the wait, whatever the total and however often', async () => {
    const taskId = waits.addTask(RUNNING);
    waits.simulator.fault({ kind: 'slow', delayMs: 2_000 }, { taskId, times: 1 });
    const handle = await waits.start({ taskId, region: REGION, maxWait: '2h', polling: SLOW });
    await waits.simulator.waitForCall((call) => call.taskId === String(taskId));
    for (const maxWait of ['2h', '3h', '3h', '2h', '1h', '2h']) await extend(handle, { maxWait });
    await Promise.all(['4h', '4h'].map((maxWait) => extend(handle, { maxWait })));
    await untilState(handle, ({ polls, nextPollAt }) => polls === 1 && nextPollAt !== null);

    expect(waits.callsFor(taskId)).toMatchObject([{ outcome: 'ok', aborted: false }]);
    await succeed(handle, taskId);
  });

  beside('leaves a queued call its place, past the deadline it began with', async () => {
    const { taskId, taskQueue, handle } = await waitWithoutCalls(waits, { maxWait: '8s' });
    const { deadline } = await stateOf(handle);
    for (const maxWait of ['30s', '1m', '1m', '10m', '1h']) await extend(handle, { maxWait });
    await untilState(handle, () => Date.now() > Date.parse(deadline) + 500);

    expect(await scheduledCalls(handle)).toBe(1);
    waits.simulator.setTask(taskId, { status: 'succeed' });
    await waits.serveCalls(taskQueue);
    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed', polls: 1 });
    expect(await scheduledCalls(handle)).toBe(1);
  });

  beside('away from a deadline that has passed saves a wait in its last poll', async () => {
    const { taskId, taskQueue, handle } = await waitWithoutCalls(waits, { maxWait: '2s' });
    const { deadline } = await stateOf(handle);
    await untilState(handle, ({ nextPollAt }) => nextPollAt === null && Date.now() > Date.parse(deadline) + 2_000);
    await extend(handle, { maxWait: '1h' });
    waits.simulator.setTask(taskId, { status: 'succeed' });
    await waits.serveCalls(taskQueue);

    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed', polls: 1 });
  });
});

about('joinWait', () => {
  /** The state of a wait once it has heard that another one joins. */
  async function joinedFor(handle: WaitHandle, maxWait: string): Promise<RedisTaskWaitState> {
    const { deadline } = await stateOf(handle);
    await handle.signal('joinWait', { maxWait });
    return untilState(handle, (state) => state.deadline !== deadline);
  }

  beside('moves the deadline to what the joiner wants from now, never nearer', async () => {
    const { handle } = await pausingWait(waits, { maxWait: '1h' });
    const joined = await joinedFor(handle, '3h');
    await handle.signal('joinWait', { maxWait: '1m' });
    await handle.signal('pollNow');
    const after = await untilState(handle, ({ polls, nextPollAt }) => polls === 2 && nextPollAt !== null);

    const history = await handle.fetchHistory();
    const [signal] = eventsOf(history, 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED');
    expect(Date.parse(joined.deadline) - heardAt(history, signal)).toBe(3 * HOUR);
    expect(after.deadline).toBe(joined.deadline);
  });

  beside('changes nothing when its argument breaks the rules', async () => {
    const { handle, state } = await pausingWait(waits);
    for (const args of [[], [null], ['9h'], [{}], [{ maxWait: '31d' }], [{ maxWait: '9h', taskId: 1 }]]) {
      await handle.signal('joinWait', ...args);
    }
    await handle.signal('pollNow');
    const after = await untilState(handle, ({ polls, nextPollAt }) => polls === 2 && nextPollAt !== null);

    expect(after.deadline).toBe(state.deadline);
  });

  // A worker that loads a wait for an update is told of it and of the signal as one, where neither the task of the signal
  // nor the one before left anything in history.
  beside('moves it no further on another worker, which loads the wait for an update and refuses that', async () => {
    const taskQueue = `changing-hands-${randomUUID()}`;
    const stop = await waits.serveWaits(taskQueue);
    const input = { taskId: waits.addTask(RUNNING), region: REGION, maxWait: '1h' };
    const handle = await waits.start(input, { taskQueue });
    await untilState(handle, ({ nextPollAt }) => nextPollAt === null);
    const first = await joinedFor(handle, '2h');
    const joined = await joinedFor(handle, '3h');
    expect(joined.deadline > first.deadline).toBe(true);
    await stop();
    await waits.serveWaits(taskQueue);
    await expect(extend(handle, 'soon')).rejects.toThrow(WorkflowUpdateFailedError);

    await expect(stateOf(handle)).resolves.toMatchObject({ deadline: joined.deadline });
    await handle.cancel();
  });
});

about('cancelling', () => {
  /** Cancels, and checks that the wait ends as cancelled and waits for nothing more. */
  async function cancelAtOnce(handle: WaitHandle): Promise<void> {
    await handle.cancel();
    await expect(causeOf(handle.result())).resolves.toBeInstanceOf(CancelledFailure);
    await expect(tasksToCancel(handle)).resolves.toBe(1);
    expect((await handle.describe()).status.name).toBe('CANCELLED');
  }

  beside('ends a wait that pauses, and says that the task goes on', async () => {
    const { handle } = await pausingWait(waits);
    await cancelAtOnce(handle);

    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    expect(currentDetails).toContain('The task itself goes on');
  });

  beside('ends a wait during a call, and aborts the call', async () => {
    const taskId = waits.addTask(RUNNING);
    waits.simulator.fault({ kind: 'hang' }, { taskId });
    const handle = await waits.start({ taskId, region: REGION });
    await waits.simulator.waitForCall((call) => call.taskId === String(taskId));
    await cancelAtOnce(handle);
    await waits.simulator.waitForCall((call) => call.taskId === String(taskId) && call.aborted);

    // Not by the client's own timeout, which would look the same to the API.
    await until(
      () => Promise.resolve(waits.cancelledCalls),
      (cancelled) => cancelled.includes(taskId),
    );
  });

  beside('ends a wait between the attempts of a poll', async () => {
    const taskId = waits.addTask(RUNNING);
    waits.simulator.fault({ kind: 'error', code: 'InternalError' }, { taskId });
    const handle = await waits.start({ taskId, region: REGION });
    await waits.simulator.waitForCall((call) => call.taskId === String(taskId) && call.outcome === 'InternalError');
    await cancelAtOnce(handle);
  });

  beside('ends a wait whose call no worker takes', async () => {
    const { handle } = await waitWithoutCalls(waits, { maxWait: '1h' });
    await cancelAtOnce(handle);
  });

  beside('a parent ends the wait of its child', async () => {
    const taskId = waits.addTask(RUNNING);
    const { taskQueue } = waits;
    const options = { taskQueue };
    const parent = await waits.startWorkflow('childParent', [{ taskId, region: REGION, polling: SLOW }, options]);
    const child = waits.client.workflow.getHandle(`${parent.workflowId}/${taskQueue}/${REGION}/${taskId}`);
    await waits.simulator.waitForCall((call) => call.taskId === String(taskId));
    await parent.cancel();

    const cause = await causeOf(parent.result());
    await expect(tasksToCancel(child)).resolves.toBe(1);
    expect(cause).toBeInstanceOf(CancelledFailure);
    expect((await parent.describe()).status.name).toBe('CANCELLED');
    expect((await child.describe()).status.name).toBe('CANCELLED');
  });
});

about('Temporal UI', () => {
  beside('shows current details, and a summary on every timer and call', async () => {
    const { taskId, handle } = await pausingWait(waits);
    const metadata = await handle.query<{
      definition: Record<'queryDefinitions' | 'signalDefinitions' | 'updateDefinitions', { name: string }[]>;
      currentDetails: string;
    }>('__temporal_workflow_metadata');
    const history = await handle.fetchHistory();

    for (const fact of [`Redis task ${taskId}`, '`running`', '`crs-09u2u96z`', '- Polls: 1', '- Next poll: 2']) {
      expect(metadata.currentDetails).toContain(fact);
    }
    const { queryDefinitions, signalDefinitions, updateDefinitions } = metadata.definition;
    const names = [queryDefinitions, signalDefinitions, updateDefinitions].map((each) => each.map(({ name }) => name));
    expect(names).toEqual([expect.arrayContaining(['getState']), ['pollNow', 'joinWait'], ['extendWait']]);
    expect(summariesOf(history, 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED')).toEqual([`poll 1 of task ${taskId}`]);
    expect(summariesOf(history, 'EVENT_TYPE_TIMER_STARTED')).toEqual([
      expect.stringMatching(/^deadline at 20.* UTC · maxWait 3 h$/),
      expect.stringMatching(/^running · next poll in (59|1 h|5\d min)/),
    ]);
  });

  beside('says on which queue a call is under way, and what the last error was', async () => {
    const { taskQueue, handle } = await waitWithoutCalls(waits, { maxWait: '1h' });
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');

    expect(currentDetails).toContain(`a poll is under way on queue \`${taskQueue}-api\``);
    await handle.cancel();
  });

  beside('has no search attribute of a worker that was not told to write them', async () => {
    const { handle } = await pausingWait(waits);

    expect(eventNames(await handle.fetchHistory())).not.toContain('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES');
  });
});

test('every history replays, and no workflow task failed', async () => {
  const histories = await waits.histories();
  for (const { history } of histories) expect(failedWorkflowTasks(history)).toEqual([]);

  await expect(waits.replayAll()).resolves.toBe(histories.length);
  expect(histories.length).toBeGreaterThan(20);
});
