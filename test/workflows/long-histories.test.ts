// Waits whose history grows long, and search attributes: on a dev server of their own, which suggests to continue as
// new after twenty events and has the attributes.
import { randomUUID } from 'node:crypto';
import { apiTaskQueue } from '../../src/contract/ids.js';
import type { WrittenAttributes } from '../../src/contract/search-attributes.js';
import { readInput } from '../../src/contract/task/input.js';
import type { RedisTaskWaitState } from '../../src/contract/task/view.js';
import { beginWait } from '../../src/contract/wait/state.js';
import { LONG_HISTORIES_SERVER, ownDevServer } from '../support/environments.js';
import { eventNames, failedWorkflowTasks, heardAt, type History } from '../support/histories.js';
import { about, beside } from '../support/together.js';
import { REGION, stateOf, until, untilState, Waits, type WaitHandle } from '../support/waits.js';

const RUNNING = { status: 'running' };
const HOUR = 3_600_000;
const EVERY_SECOND = { initialInterval: '1s', backoffCoefficient: 1, jitter: 0 };
const SLOW = { initialInterval: '1h' };

let waits: Waits;

beforeAll(async () => {
  // Without a cache each workflow task replays the whole run.
  const options = { searchAttributes: true, waitWorker: { maxCachedWorkflows: 0 } };
  waits = await Waits.start(() => ownDevServer(LONG_HISTORIES_SERVER), options);
});
afterAll(() => waits.close());

/** A handle to whichever run is the newest. */
function newest({ workflowId }: WaitHandle): WaitHandle {
  return waits.client.workflow.getHandle(workflowId);
}

/** The history of each run, the first one first. */
async function historiesOf({ workflowId }: WaitHandle): Promise<History[]> {
  return (await waits.histories(workflowId)).map(({ history }) => history);
}

async function runsOf(handle: WaitHandle): Promise<number> {
  return (await historiesOf(handle)).length;
}

about('a wait that continues as new', () => {
  beside('keeps its start, its deadline and its polls', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 5 }, { status: 'succeed' });
    const handle = await waits.start({ taskId, region: REGION, maxWait: '1h', polling: EVERY_SECOND });
    const { deadline, waitedMs } = await untilState(newest(handle), ({ polls }) => polls >= 4);
    const result = await handle.result();

    const [first = {}] = await historiesOf(handle);
    expect(Date.parse(deadline) - heardAt(first, first.events?.[0])).toBe(HOUR);
    expect(waitedMs).toBeGreaterThanOrEqual(2_500);
    expect(result.polls).toBe(6);
    expect(result.waitedMs).toBeGreaterThanOrEqual(5_000);
    expect(result.detectionDelayMaxMs).toBeGreaterThanOrEqual(1_000);
    await expect(runsOf(handle)).resolves.toBeGreaterThanOrEqual(3);
  });

  beside('ends on a server whose clock is behind that of its start', async () => {
    const input = { taskId: waits.addTask({ status: 'succeed' }), region: REGION };
    const now = Date.now();
    const begunLater = {
      ...beginWait(readInput(input), now + HOUR),
      soonestAt: now,
      paceAt: now,
      unfinishedAt: now + HOUR,
    };
    const handle = await waits.startWith([input, begunLater]);

    await expect(handle.result()).resolves.toMatchObject({ waitedMs: 0, detectionDelayMaxMs: 0 });
  });

  beside('keeps its pace: no poll comes early because a run began', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 4 }, { status: 'succeed' });
    const polling = { initialInterval: '1s', backoffCoefficient: 1.5, maximumInterval: '1h', jitter: 0 };
    await waits.resultOf({ taskId, region: REGION, polling });
    const times = waits.callsFor(taskId).map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));

    for (const [index, gap] of gaps.entries()) expect(gap).toBeGreaterThanOrEqual(1_000 * 1.5 ** index - 20);
    expect(gaps).toHaveLength(4);
  });

  beside('keeps its memo and its search attributes', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 4 }, { status: 'succeed' });
    const input = { taskId, region: REGION, polling: EVERY_SECOND };
    const handle = await waits.start(input, { memo: { taskId, region: REGION } });
    await handle.result();
    const description = await newest(handle).describe();

    await expect(runsOf(handle)).resolves.toBeGreaterThanOrEqual(3);
    expect(description.memo).toEqual({ taskId, region: REGION });
    expect(description.typedSearchAttributes.getAll()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          key: expect.objectContaining({ name: 'RedisTaskStatus' }) as object,
          value: 'succeed',
        }),
      ]),
    );
  });

  beside('answers its handlers as before', async () => {
    const taskId = waits.addTask(RUNNING);
    const handle = await waits.start({ taskId, region: REGION, maxWait: '1h', polling: EVERY_SECOND });
    const { deadline } = await untilState(newest(handle), ({ polls }) => polls >= 3);
    const extended = await newest(handle).executeUpdate<RedisTaskWaitState, [unknown]>('extendWait', {
      args: [{ maxWait: '2h' }],
    });
    await newest(handle).signal('pollNow');
    await newest(handle).cancel();

    expect(Date.parse(extended.deadline) - Date.parse(deadline)).toBe(HOUR);
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  });

  beside('does so too while a call is in the queue and messages come, and polls when it can', async () => {
    const taskQueue = `no-calls-${randomUUID()}`;
    await waits.serveWaits(taskQueue);
    const taskId = waits.addTask({ status: 'succeed' });
    const handle = await waits.start({ taskId, region: REGION, maxWait: '1h', polling: SLOW }, { taskQueue });
    for (let signals = 0; signals < 30; signals += 1) {
      await newest(handle).signal('pollNow');
      await stateOf(newest(handle));
    }
    const runs = await historiesOf(handle);

    expect(runs.length).toBeGreaterThanOrEqual(3);
    for (const { events } of runs) expect(events?.length).toBeLessThan(60);
    await waits.serveCalls(taskQueue);
    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed', polls: 1 });
  });

  beside('loses no signal that comes in that moment', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 5 }, { status: 'succeed' });
    const handle = await waits.start({ taskId, region: REGION, polling: SLOW });
    // Each poll is asked for in the very moment in which the one before has ended; every second of them is followed by
    // a new run. A signal that were lost would leave the wait alone for an hour.
    const unwatch = waits.simulator.watchCalls((call) => {
      if (call.taskId === String(taskId) && call.outcome !== 'pending') void newest(handle).signal('pollNow');
    });
    const result = await handle.result();
    unwatch();

    expect(result.polls).toBe(6);
    await expect(runsOf(handle)).resolves.toBeGreaterThanOrEqual(3);
  });

  beside('loses no update that comes in that moment', async () => {
    const taskId = waits.addTask(RUNNING);
    const handle = await waits.start({ taskId, region: REGION, maxWait: '1h', polling: EVERY_SECOND });
    const { deadline } = await untilState(newest(handle), ({ polls }) => polls >= 1);
    const runs = new Set<string>();
    for (let second = 1; runs.size < 5; second += 1) {
      const args: [unknown] = [{ maxWait: HOUR + second * 1_000 }];
      const extended = await newest(handle).executeUpdate<RedisTaskWaitState, [unknown]>('extendWait', { args });
      expect(Date.parse(extended.deadline) - Date.parse(deadline)).toBe(second * 1_000);
      await expect(stateOf(newest(handle))).resolves.toMatchObject({ deadline: extended.deadline });
      runs.add((await newest(handle).describe()).runId);
    }
    await newest(handle).cancel();
  });
});

/** The workflow ids that the server lists, a moment late. */
async function untilFound(query: string): Promise<string[]> {
  const list = async () => {
    const found: string[] = [];
    for await (const { workflowId } of waits.client.workflow.list({ query })) found.push(workflowId);
    return found;
  };
  return until(list, (found) => found.length > 0);
}

about('search attributes', () => {
  beside('find a wait by what the API said last, and are written when that changes', async () => {
    const taskId = waits.addTask(
      { status: 'preparing', forPolls: 1 },
      { ...RUNNING, forPolls: 1 },
      { status: 'failed' },
    );
    const handle = await waits.start({ taskId, region: 'eu-moscow', polling: EVERY_SECOND });
    await handle.result().catch(() => undefined);
    const query = `RedisTaskStatus = 'failed' AND RedisRegion = 'eu-moscow' AND RedisInstanceId = 'crs-09u2u96z'`;
    const found = await until(
      () => waits.client.workflow.count(query),
      ({ count }) => count > 0,
    );
    const events = (await historiesOf(handle)).flatMap(eventNames);

    expect(found.count).toBe(1);
    // Three statuses, and the outcome.
    expect(events.filter((name) => name === 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES')).toHaveLength(4);
  });

  beside(
    'tell waits apart that failed, timed out, were refused before any poll saw the task, or cancelled',
    async () => {
      const region = 'ap-singapore';
      const begin = (timeline: readonly { readonly status: string }[], input = {}) => {
        const taskId = waits.addTask(...timeline);
        return waits.start({ taskId, region, polling: SLOW, ...input });
      };
      const refused = waits.addTask(RUNNING);
      waits.simulator.fault({ kind: 'error', code: 'AuthFailure.UnauthorizedOperation' }, { taskId: refused });
      const cancelled = await begin([RUNNING]);
      const ended = await Promise.all([
        begin([{ status: 'succeed' }]),
        begin([{ status: 'failed' }]),
        begin([RUNNING], { maxWait: '1s' }),
        waits.start({ taskId: refused, region }),
      ]);
      await untilState(cancelled, ({ polls }) => polls === 1);
      await cancelled.cancel();
      await Promise.all([...ended, cancelled].map((handle) => handle.result().catch(() => undefined)));

      for (const [index, outcome] of [
        'succeeded',
        'RedisTaskFailed',
        'RedisTaskTimedOut',
        'RedisTaskUnauthorized',
      ].entries()) {
        const query = `RedisRegion = '${region}' AND RedisTaskOutcome = '${outcome}'`;
        await expect(untilFound(query)).resolves.toEqual([ended[index]?.workflowId]);
      }
      const query = `RedisRegion = '${region}' AND RedisTaskOutcome = 'cancelled'`;
      await expect(untilFound(query)).resolves.toEqual([cancelled.workflowId]);
    },
  );

  beside('have no outcome where the namespace lacks it, as the worker of the calls says', async () => {
    const taskQueue = `without-outcome-${randomUUID()}`;
    const searchAttributes: WrittenAttributes = 'withoutOutcome';
    const describeTaskInfo = () => Promise.resolve({ status: 'succeed', searchAttributes });
    await waits.serveWaits(taskQueue);
    await waits.serve({ taskQueue: apiTaskQueue(taskQueue), activities: { describeTaskInfo } });
    const handle = await waits.start({ taskId: waits.addTask(), region: REGION }, { taskQueue });
    await handle.result();
    const events = (await historiesOf(handle)).flatMap(eventNames);

    expect(events.filter((name) => name === 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES')).toHaveLength(1);
  });

  beside('are not written again while nothing changes', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 4 }, { status: 'succeed' });
    const handle = await waits.start({ taskId, region: REGION, polling: EVERY_SECOND });
    await handle.result();
    const events = (await historiesOf(handle)).flatMap(eventNames);

    expect(events.filter((name) => name === 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES')).toHaveLength(3);
  });

  beside('are not written by a worker that was not told to', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, { status: 'paused', forPolls: 1 }, { status: 'succeed' });
    const taskQueue = `${waits.taskQueue}-off`;
    await waits.serveWaits(taskQueue);
    await waits.serveCalls(taskQueue, false);
    const handle = await waits.start({ taskId, region: REGION, polling: EVERY_SECOND }, { taskQueue });
    await handle.result();

    const events = (await historiesOf(handle)).flatMap(eventNames);
    expect(events).not.toContain('UPSERT_WORKFLOW_SEARCH_ATTRIBUTES');
  });
});

test('a child starts on the queue of the contract', async () => {
  await waits.serveWaits('redis-task');
  await waits.serveCalls('redis-task');
  const taskId = waits.addTask({ status: 'succeed' });
  const parent = await waits.startWorkflow('childParent', [{ taskId, region: REGION }]);

  await expect(parent.result()).resolves.toMatchObject({ taskId });
  const child = waits.client.workflow.getHandle(`${parent.workflowId}/redis-task/${REGION}/${taskId}`);
  await expect(child.describe()).resolves.toMatchObject({ type: 'awaitRedisTask', taskQueue: 'redis-task' });
});

test('every run replays, and no workflow task failed', async () => {
  const histories = await waits.histories();
  for (const { history } of histories) expect(failedWorkflowTasks(history)).toEqual([]);

  await expect(waits.replayAll()).resolves.toBe(histories.length);
  expect(histories.length).toBeGreaterThan(20);
});
