import { type Fault, RedisApiSimulator } from '../support/simulator.js';
import { callError, callJson, type CallChanges } from './signed-call.js';

const START_MS = Date.UTC(2026, 0, 1, 20);

let nowMs = START_MS;
let simulator: RedisApiSimulator;

beforeEach(async () => {
  nowMs = START_MS;
  simulator = await RedisApiSimulator.start({ now: () => nowMs });
});
afterEach(() => simulator.close());

const called = (parameters: object, changes: CallChanges = {}): CallChanges => ({
  timestampS: Math.floor(nowMs / 1000),
  action: 'DescribeTaskList',
  body: JSON.stringify(parameters),
  ...changes,
});
const list = async (parameters: object = {}, changes: CallChanges = {}) => {
  const response = await callJson(simulator.url, called(parameters, changes));
  return response as { TotalCount: number; Tasks: Readonly<Record<string, unknown>>[] };
};
const column = async (name: string, parameters: object = {}, changes: CallChanges = {}) =>
  (await list(parameters, changes)).Tasks.map((row) => row[name]);
const ids = (parameters: object = {}, changes: CallChanges = {}) => column('TaskId', parameters, changes);
const results = (parameters: object = {}) => column('Result', parameters);
const refusal = (parameters: object) => callError(simulator.url, called(parameters));

/** Running tasks with ids from 1 on; the last one is the newest. */
const addTasks = (count: number, status = 'running') => {
  for (let taskId = 1; taskId <= count; taskId += 1) simulator.addTask(taskId, { timeline: [{ status }] });
};
const UNFINISHED = { Result: [0, 1] };

describe('the list of tasks', () => {
  test('tells of a task what the API tells, with the times of Beijing', async () => {
    const clear = called({ InstanceId: 'crs-a' }, { action: 'ClearInstance' });
    const { TaskId } = await callJson(simulator.url, clear);
    const row = {
      TaskId,
      StartTime: '2026-01-02 04:00:00',
      TaskType: '004',
      InstanceName: 'crs-a',
      InstanceId: 'crs-a',
      ProjectId: 0,
    };
    const unfinished = { ...row, Progress: 0, EndTime: '0000-00-00 00:00:00', Result: 0 };

    await expect(list()).resolves.toEqual({
      TotalCount: 1,
      Tasks: [unfinished],
      RequestId: expect.any(String) as string,
    });
    nowMs += 60_000;
    await expect(list()).resolves.toMatchObject({
      Tasks: [{ ...row, Progress: 1, EndTime: '2026-01-02 04:00:03', Result: 2 }],
    });
  });

  test('is empty without tasks', async () => {
    await expect(list()).resolves.toMatchObject({ TotalCount: 0, Tasks: [] });
  });

  test.each([
    ['preparing', 0],
    ['running', 1],
    ['succeed', 2],
    ['failed', 4],
    ['error', 4],
    ['Error', 4],
    ['weird', 3],
  ])('calls the status %s the result %i', async (status, result) => {
    addTasks(1, status);

    await expect(results()).resolves.toEqual([result]);
  });

  test('begins with the newest task, and with the one that was added last among those of one time', async () => {
    const timeline = [{ status: 'running' }];
    simulator.addTask(1, { timeline, startTime: '2026-01-02 00:00:00' });
    simulator.addTask(2, { timeline, startTime: '2026-01-01 00:00:00' });
    simulator.addTask(3, { timeline, startTime: '2026-01-02 00:00:00' });

    await expect(ids()).resolves.toEqual([3, 1, 2]);
  });

  test('has 20 rows, and as many as asked for up to 100', async () => {
    addTasks(120);

    await expect(ids()).resolves.toHaveLength(20);
    await expect(ids({ Limit: 50 })).resolves.toHaveLength(50);
    await expect(ids({ Limit: 101 })).resolves.toHaveLength(100);
    await expect(list({ Limit: 100, Offset: 100 })).resolves.toMatchObject({ TotalCount: 120, Tasks: { length: 20 } });
  });

  test('begins at a multiple of its limit', async () => {
    addTasks(9);

    await expect(ids({ Limit: 3, Offset: 5 })).resolves.toEqual([6, 5, 4]);
  });

  test('shifts by the tasks that end between two pages', async () => {
    addTasks(4);
    const first = await ids({ ...UNFINISHED, Limit: 2 });
    simulator.setTask(4, { status: 'succeed' });

    expect([first, await ids({ ...UNFINISHED, Limit: 2, Offset: 2 })]).toEqual([[4, 3], [1]]);
  });

  test('holds the tasks of its region, and those that every region has', async () => {
    addTasks(1);
    simulator.addTask(2, { timeline: [{ status: 'running' }], region: 'ap-tokyo' });

    await expect(ids()).resolves.toEqual([1]);
    await expect(ids({}, { headers: { 'x-tc-region': 'ap-tokyo' } })).resolves.toEqual([2, 1]);
  });

  test.each([
    [{ Result: [1] }, [2]],
    [{ Result: [0, 1] }, [3, 2]],
    [{ Result: [2, 4] }, [1]],
    [{ Result: [] }, [3, 2, 1]],
    [{ InstanceId: 'crs-2' }, [2]],
    [{ InstanceName: 'crs-2' }, [2]],
    [{ InstanceId: 'crs-1', InstanceName: 'crs-2' }, []],
    [{ TaskTypes: ['012', '004'] }, [3, 1]],
    [{ BeginTime: '2026-01-02 00:00:00' }, [3, 2]],
    [{ EndTime: '2026-01-02 00:00:00' }, [2, 1]],
    [{ OperateUin: ['100000000001'] }, [3, 2, 1]],
  ])('filtered by %j holds %j', async (filter, found) => {
    const statuses = ['succeed', 'running', 'preparing'];
    const types = ['redis cache clearing process', 'resize', 'redis backup process'];
    for (const taskId of [1, 2, 3]) {
      simulator.addTask(taskId, {
        timeline: [{ status: statuses[taskId - 1] ?? '' }],
        instanceId: `crs-${taskId}`,
        taskType: types[taskId - 1] ?? '',
        startTime: `2026-01-0${taskId} 00:00:00`,
      });
    }

    await expect(ids(filter)).resolves.toEqual(found);
  });

  test('is asked for with a GET too', async () => {
    addTasks(2);
    simulator.setTask(2, { status: 'succeed' });
    const changes = { method: 'GET', path: '/?Limit=5&Result.0=0&Result.1=1', body: '' };

    await expect(ids({}, changes)).resolves.toEqual([1]);
  });

  test.each([
    ['Result', 1],
    ['Result', ['1']],
    ['TaskTypes', [4]],
    ['Limit', '10'],
    ['Offset', -1],
    ['BeginTime', '2026-01-01T00:00:00Z'],
    ['InstanceId', ['crs-1']],
  ])('is refused when its %s is %j', async (name, value) => {
    await expect(refusal({ [name]: value })).resolves.toEqual([
      'InvalidParameter',
      `The value type of parameter \`${name}\` is not valid.`,
    ]);
  });

  test('is refused with a filter by task ids, which the API does not have', async () => {
    expect((await refusal({ TaskIds: [1] }))?.[0]).toBe('UnknownParameter');
  });

  test('goes on with the time of its tasks', async () => {
    simulator.addTask(1, { timeline: [{ status: 'running', forMs: 1000 }, { status: 'succeed' }] });
    nowMs += 999;
    await expect(ids(UNFINISHED)).resolves.toEqual([1]);
    nowMs += 1;

    await expect(ids(UNFINISHED)).resolves.toEqual([]);
  });

  test('does not start a task that waits for its first poll, nor counts as one', async () => {
    const last = { status: 'succeed' };
    simulator.addTask(1, { startsAt: 'firstPoll', timeline: [{ status: 'running', forMs: 1000 }, last] });
    simulator.addTask(2, { timeline: [{ status: 'running', forPolls: 1 }, last] });
    await list();
    nowMs += 5000;

    await expect(ids(UNFINISHED)).resolves.toEqual([2, 1]);
  });

  test('does not hold a task that is not visible yet', async () => {
    simulator.addTask(1, { timeline: [{ status: 'running' }], visibleAfterMs: 3000 });
    await expect(ids()).resolves.toEqual([]);
    nowMs += 3000;

    await expect(ids()).resolves.toEqual([1]);
  });

  test('holds a replaced task once, as the newest', async () => {
    addTasks(2);
    simulator.addTask(1, { timeline: [{ status: 'preparing' }] });

    await expect(ids(UNFINISHED)).resolves.toEqual([1, 2]);
  });

  test('does not hold a removed task', async () => {
    addTasks(2);
    simulator.removeTask(1);

    await expect(ids(UNFINISHED)).resolves.toEqual([2]);
    await expect(ids()).resolves.toEqual([2]);
  });

  test('holds a task again that was found ended and runs once more', async () => {
    addTasks(2, 'failed');
    await expect(ids(UNFINISHED)).resolves.toEqual([]);
    simulator.setTask(1, { status: 'running' });

    await expect(ids(UNFINISHED)).resolves.toEqual([1]);
  });

  test('has a rate limit of its own, of 100 a second', async () => {
    for (let count = 0; count < 100; count += 1) await list();

    expect(await refusal({})).toEqual(['RequestLimitExceeded', expect.stringContaining('limit `100`')]);
    const other = await callError(simulator.url, { timestampS: nowMs / 1000 });
    expect(other?.[0]).toBe('InvalidParameter.InvalidParameter');
  });

  test('has the rate limit that it is given', async () => {
    const slow = await RedisApiSimulator.start({
      listRequestsPerSecond: 1,
      requestsPerSecond: false,
      now: () => nowMs,
    });
    const codes = [await callError(slow.url, called({})), await callError(slow.url, called({}))];
    await slow.close();

    expect(codes.map((error) => error?.[0])).toEqual([undefined, 'RequestLimitExceeded']);
  });

  test('stands in the calls, where they can be counted by action', async () => {
    await list();

    expect(simulator.calls).toMatchObject([{ action: 'DescribeTaskList', region: 'ap-guangzhou', outcome: 'ok' }]);
  });
});

describe('a list that is wrong', () => {
  const info = async (TaskId: number) => {
    const changes = { timestampS: Math.floor(nowMs / 1000), body: JSON.stringify({ TaskId }) };
    return (await callJson(simulator.url, changes))['Status'];
  };

  describe('because it lags', () => {
    beforeEach(() => simulator.fault({ kind: 'listLag', lagMs: 5000 }));

    test('shows a new task later', async () => {
      addTasks(1);
      nowMs += 4999;
      await expect(ids()).resolves.toEqual([]);
      nowMs += 1;

      await expect(ids()).resolves.toEqual([1]);
    });

    test('shows a change of its timeline later', async () => {
      simulator.addTask(1, {
        timeline: [{ status: 'preparing', forMs: 1000 }, { status: 'running', forMs: 1000 }, { status: 'succeed' }],
      });
      const seen: unknown[] = [];
      for (const atMs of [5000, 6000, 7000]) {
        nowMs = START_MS + atMs;
        seen.push(await results());
      }

      expect(seen).toEqual([[0], [1], [2]]);
    });

    test('keeps a task that was ended, while DescribeTaskInfo tells its end', async () => {
      addTasks(1);
      nowMs += 60_000;
      simulator.setTask(1, { status: 'succeed' });
      await expect(info(1)).resolves.toBe('succeed');
      nowMs += 4999;
      await expect(ids(UNFINISHED)).resolves.toEqual([1]);
      nowMs += 1;

      await expect(ids(UNFINISHED)).resolves.toEqual([]);
    });

    test('shows a change that polls made later', async () => {
      simulator.addTask(1, { timeline: [{ status: 'running', forPolls: 1 }, { status: 'succeed' }] });
      nowMs += 60_000;
      await info(1);
      await expect(results()).resolves.toEqual([1]);
      nowMs += 5000;

      await expect(results()).resolves.toEqual([2]);
    });

    test('does so for a task that it has once shown as ended', async () => {
      addTasks(1);
      nowMs += 60_000;
      simulator.setTask(1, { status: 'succeed' });
      simulator.clearFaults();
      await expect(ids(UNFINISHED)).resolves.toEqual([]);
      simulator.fault({ kind: 'listLag', lagMs: 5000 });

      await expect(ids(UNFINISHED)).resolves.toEqual([1]);
    });
  });

  test('hides a given task', async () => {
    addTasks(3);
    simulator.fault({ kind: 'listHidden' }, { taskId: 2 });

    await expect(list(UNFINISHED)).resolves.toMatchObject({ TotalCount: 2, Tasks: [{ TaskId: 3 }, { TaskId: 1 }] });
  });

  test('hides several given tasks', async () => {
    addTasks(3);
    for (const taskId of [1, 3]) simulator.fault({ kind: 'listHidden' }, { taskId });

    await expect(ids(UNFINISHED)).resolves.toEqual([2]);
  });

  test('hides a share of the tasks, the same at every call', async () => {
    addTasks(100);
    simulator.fault({ kind: 'listHidden', share: 0.97 });

    await expect(ids(UNFINISHED)).resolves.toEqual([99, 98, 97]);
    await expect(ids(UNFINISHED)).resolves.toEqual([99, 98, 97]);
  });

  test('sticks: what has ended is told as running', async () => {
    addTasks(2, 'failed');
    simulator.fault({ kind: 'listStuck' }, { taskId: 1 });

    await expect(list(UNFINISHED)).resolves.toMatchObject({
      TotalCount: 1,
      Tasks: [{ TaskId: 1, Result: 1, Progress: 0, EndTime: '0000-00-00 00:00:00' }],
    });
  });

  test('sticks for what it has once shown as ended', async () => {
    addTasks(1, 'failed');
    await expect(ids(UNFINISHED)).resolves.toEqual([]);
    simulator.fault({ kind: 'listStuck' });

    await expect(ids(UNFINISHED)).resolves.toEqual([1]);
  });

  test('tells another result than the task has', async () => {
    addTasks(2);
    simulator.fault({ kind: 'listResult', result: 9 }, { taskId: 2 });

    await expect(list(UNFINISHED)).resolves.toMatchObject({ TotalCount: 2, Tasks: [{ Result: 9 }, { Result: 1 }] });
  });

  test('skips a row between two pages', async () => {
    addTasks(9);
    simulator.fault({ kind: 'listSkip' });
    const pages = [0, 2, 4, 6].map((Offset) => ids({ ...UNFINISHED, Limit: 2, Offset }));

    await expect(Promise.all(pages)).resolves.toEqual([[9, 8], [6, 5], [3, 2], []]);
  });

  test('is wrong in several ways at once', async () => {
    addTasks(3, 'failed');
    simulator.fault({ kind: 'listStuck' });
    simulator.fault({ kind: 'listHidden' }, { taskId: 2 });
    simulator.fault({ kind: 'listResult', result: 9 });

    await expect(list(UNFINISHED)).resolves.toMatchObject({
      Tasks: [
        { TaskId: 3, Result: 9 },
        { TaskId: 1, Result: 9 },
      ],
    });
  });

  test('is wrong as often and as long as it was told', async () => {
    addTasks(1);
    const fault = simulator.fault({ kind: 'listHidden' }, { times: 1, forMs: 1000 });
    simulator.fault({ kind: 'listResult', result: 9 }, { forMs: 1000 });
    const seen = [await results(), await results()];
    nowMs += 1000;

    expect([...seen, await results()]).toEqual([[], [9], [1]]);
    expect(fault.hits).toBe(1);
  });

  test('leaves DescribeTaskInfo alone', async () => {
    addTasks(1);
    simulator.fault({ kind: 'listHidden' });
    simulator.fault({ kind: 'listResult', result: 9 }, { taskId: 1 });

    await expect(info(1)).resolves.toBe('running');
  });

  test.each<[Fault, string]>([
    [{ kind: 'error', code: 'UnauthorizedOperation' }, 'UnauthorizedOperation'],
    [{ kind: 'throttled' }, 'RequestLimitExceeded'],
    [{ kind: 'html', httpStatus: 500 }, 'fault:html'],
    [{ kind: 'truncated' }, 'fault:truncated'],
  ])('meets %j as any other action does', async (fault, outcome) => {
    addTasks(1);
    simulator.fault(fault, { action: 'DescribeTaskList' });
    await list().catch(() => undefined);

    expect(simulator.calls.map((call) => call.outcome)).toEqual([outcome]);
    await expect(info(1)).resolves.toBe('running');
  });
});
