import { describeTaskList } from '../../src/tencent/describe-task-list.js';
import { createRedisApi, type RedisApi } from '../../src/tencent/redis-api.js';
import { type Fault, RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../support/simulator.js';
import { errorOf, keys } from './call.js';

describe('a page of the list of tasks', () => {
  let simulator: RedisApiSimulator;
  let api: RedisApi;

  beforeEach(async () => {
    simulator = await RedisApiSimulator.start();
    api = createRedisApi({ credentials: keys(SIMULATOR_CREDENTIAL).provider, endpoint: new URL(simulator.url) });
  });
  afterEach(async () => {
    api.close();
    await simulator.close();
  });

  const read = (page: { offset?: number; limit?: number; results?: number[] } = {}) =>
    describeTaskList(api, { region: 'ap-guangzhou', offset: 0, results: [0, 1], ...page });
  const answered = (response: object) => simulator.onAction('DescribeTaskList', () => ({ ...response }));

  test('tells the tasks with the results that are asked for, the newest first', async () => {
    simulator.addTask(1, { timeline: [{ status: 'preparing' }] });
    simulator.addTask(2, { timeline: [{ status: 'succeed' }] });
    simulator.addTask(3, { timeline: [{ status: 'running' }] });

    await expect(read()).resolves.toEqual({
      totalCount: 2,
      tasks: [
        { taskId: 3, result: 1 },
        { taskId: 1, result: 0 },
      ],
      unreadable: 0,
    });
  });

  test('has 100 rows unless fewer are asked for', async () => {
    for (let taskId = 1; taskId <= 101; taskId += 1) simulator.addTask(taskId, { timeline: [{ status: 'running' }] });

    expect((await read()).tasks).toHaveLength(100);
    await expect(read({ limit: 50, offset: 100 })).resolves.toMatchObject({ totalCount: 101, tasks: [{ taskId: 1 }] });
  });

  test.each([
    ['no id', {}],
    ['a null as id', { TaskId: null }],
    ['an id of 0', { TaskId: 0 }],
    ['a negative id', { TaskId: -1 }],
    ['a fraction as id', { TaskId: 1.5 }],
    ['an id that is too large for a number', { TaskId: 2 ** 53 }],
    ['words as id', { TaskId: 'seven' }],
  ])('drops and counts a row with %s', async (_name, row) => {
    answered({
      TotalCount: 2,
      Tasks: [
        { ...row, Result: 1 },
        { TaskId: 7, Result: 1 },
      ],
    });

    await expect(read()).resolves.toEqual({ totalCount: 2, tasks: [{ taskId: 7, result: 1 }], unreadable: 1 });
  });

  test('drops and counts rows that are no objects', async () => {
    answered({ TotalCount: 3, Tasks: [null, 'row', [7]] });

    await expect(read()).resolves.toEqual({ totalCount: 3, tasks: [], unreadable: 3 });
  });

  test('takes numbers that come as text', async () => {
    answered({ TotalCount: '1', Tasks: [{ TaskId: '7', Result: '1' }] });

    await expect(read()).resolves.toEqual({ totalCount: 1, tasks: [{ taskId: 7, result: 1 }], unreadable: 0 });
  });

  test.each([
    [{ Result: 9 }, 9],
    [{ Result: 'done' }, null],
    [{}, null],
  ])('keeps a row with %j, its result is %p', async (row, result) => {
    answered({ TotalCount: 1, Tasks: [{ TaskId: 7, ...row }] });

    await expect(read()).resolves.toEqual({ totalCount: 1, tasks: [{ taskId: 7, result }], unreadable: 0 });
  });

  test('is empty when nothing is told by null', async () => {
    answered({ TotalCount: 0, Tasks: null });

    await expect(read()).resolves.toEqual({ totalCount: 0, tasks: [], unreadable: 0 });
  });

  test.each([
    [{ Tasks: [] }, 'The API answered without a TotalCount; it sent: Tasks, RequestId'],
    [{ TotalCount: -1, Tasks: [] }, 'The API answered without a TotalCount; it sent: TotalCount, Tasks, RequestId'],
    [{ TotalCount: 1 }, 'The API answered without Tasks; it sent: TotalCount, RequestId'],
    [{ TotalCount: 1, Tasks: null }, 'The API answered without Tasks; it sent: TotalCount, Tasks, RequestId'],
    [{ TotalCount: 0, Tasks: 'none' }, 'The API answered without Tasks; it sent: TotalCount, Tasks, RequestId'],
  ])('is a transient error with the request id when the answer is %j', async (response, message) => {
    answered(response);
    const error = await errorOf(read());

    expect(error).toMatchObject({ code: 'InvalidResponse', errorClass: 'transient', message });
    expect(error.requestId).toBe(simulator.calls[0]?.requestId);
  });

  test.each<[Fault, string, string]>([
    [{ kind: 'error', code: 'UnauthorizedOperation' }, 'UnauthorizedOperation', 'unauthorized'],
    [{ kind: 'error', code: 'InvalidParameter.PermissionDenied' }, 'InvalidParameter.PermissionDenied', 'unauthorized'],
    [{ kind: 'error', code: 'ActionOffline' }, 'ActionOffline', 'rejected'],
    [{ kind: 'throttled' }, 'RequestLimitExceeded', 'throttled'],
    [{ kind: 'html', httpStatus: 500 }, 'HttpStatus.500', 'transient'],
    [{ kind: 'truncated' }, 'InvalidResponse', 'transient'],
    [{ kind: 'missingStatus' }, 'InvalidResponse', 'transient'],
  ])('is the error of a list that meets %j', async (fault, code, errorClass) => {
    simulator.fault(fault, { action: 'DescribeTaskList' });

    expect(await errorOf(read())).toMatchObject({ code, errorClass });
  });

  test('is given up in time when the API does not answer', async () => {
    simulator.fault({ kind: 'hang' }, { action: 'DescribeTaskList' });
    const page = { region: 'ap-guangzhou', offset: 0, results: [0, 1] };

    expect(await errorOf(describeTaskList(api, page, { timeoutMs: 50 }))).toMatchObject({ errorClass: 'transient' });
  });
});
