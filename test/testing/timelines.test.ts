import { RedisApiSimulator, SIMULATOR_CREDENTIAL, type TaskStep } from '../support/simulator.js';
import { callJson } from './signed-call.js';

describe('a timeline', () => {
  const startMs = Date.now();
  let nowMs = startMs;
  let simulator: RedisApiSimulator;

  beforeEach(async () => {
    nowMs = startMs;
    simulator = await RedisApiSimulator.start({ now: () => nowMs, requestsPerSecond: false });
  });
  afterEach(() => simulator.close());

  const status = async () => {
    const { Status, Error } = await callJson(simulator.url, { timestampS: Math.floor(nowMs / 1000) });
    return Error === undefined ? Status : Error;
  };
  const statusesAt = async (...offsetsMs: number[]) => {
    const seen: unknown[] = [];
    for (const offset of offsetsMs) {
      nowMs = startMs + offset;
      seen.push(await status());
    }
    return seen;
  };

  const byTime: TaskStep[] = [
    { status: 'preparing', forMs: 500 },
    { status: 'running', forMs: 1000 },
    { status: 'succeed', message: 'ok' },
  ];

  test('goes on by time since the task was added', async () => {
    simulator.addTask(18215, { timeline: byTime });

    await expect(statusesAt(0, 499, 500, 1499, 1500, 99_999)).resolves.toEqual([
      'preparing',
      'preparing',
      'running',
      'running',
      'succeed',
      'succeed',
    ]);
  });

  test('passes several steps between two polls', async () => {
    simulator.addTask(18215, { timeline: byTime });

    await expect(statusesAt(5000)).resolves.toEqual(['succeed']);
  });

  test('can wait for its first poll', async () => {
    simulator.addTask(18215, { timeline: byTime, startsAt: 'firstPoll' });

    await expect(statusesAt(5000, 5500)).resolves.toEqual(['preparing', 'running']);
  });

  test('goes on by polls', async () => {
    simulator.addTask(18215, { timeline: [{ status: 'running', forPolls: 2 }, { status: 'failed' }] });

    await expect(statusesAt(0, 0, 0, 0)).resolves.toEqual(['running', 'running', 'failed', 'failed']);
  });

  test('counts the time of a step from the poll that ended the one before', async () => {
    simulator.addTask(18215, {
      timeline: [{ status: 'preparing', forPolls: 1 }, { status: 'running', forMs: 100 }, { status: 'error' }],
    });

    await expect(statusesAt(1000, 1099, 1100)).resolves.toEqual(['preparing', 'running', 'error']);
  });

  test('can flap between statuses', async () => {
    const flap = ['running', 'preparing', 'Running', 'weird'].map((each) => ({ status: each, forPolls: 1 }));
    simulator.addTask(18215, { timeline: flap });

    await expect(statusesAt(0, 0, 0, 0)).resolves.toEqual(['running', 'preparing', 'Running', 'weird']);
  });

  test('can begin with a time in which the API does not know the task', async () => {
    simulator.addTask(18215, { timeline: [{ status: 'running' }], visibleAfterMs: 3000 });
    const unknown = expect.objectContaining({ Code: 'InvalidParameter.InvalidParameter' }) as unknown;

    await expect(statusesAt(2999, 3000)).resolves.toEqual([unknown, 'running']);
  });

  test('ends where it is told to jump to', async () => {
    simulator.addTask(18215, { timeline: byTime });
    simulator.setTask(18215, { status: 'failed', message: 'disk full' });

    await expect(callJson(simulator.url)).resolves.toMatchObject({ Status: 'failed', TaskMessage: 'disk full' });
  });

  test('belongs to a task of any size of id', async () => {
    simulator.addTask('9223372036854775807', { timeline: [{ status: 'running' }] });

    await expect(callJson(simulator.url, { body: '{"TaskId":9223372036854775807}' })).resolves.toMatchObject({
      Status: 'running',
    });
    await expect(callJson(simulator.url, { body: '{"TaskId":9223372036854775806}' })).resolves.toHaveProperty('Error');
  });

  test('without steps is refused', () => {
    expect(() => simulator.addTask(1, { timeline: [] })).toThrow('at least one step');
  });

  test('with a step that never ends before others is refused', () => {
    expect(() => simulator.addTask(1, { timeline: [{ status: 'running' }, { status: 'succeed' }] })).toThrow('Step 0');
  });

  test('of an unknown task cannot jump', () => {
    expect(() => simulator.setTask(1, { status: 'failed' })).toThrow('no task 1');
  });
});

describe('a created task', () => {
  let simulator: RedisApiSimulator;

  beforeEach(async () => {
    simulator = await RedisApiSimulator.start({ now: () => Date.UTC(2026, 0, 1, 20), requestsPerSecond: false });
  });
  afterEach(() => simulator.close());

  const timestampS = Date.UTC(2026, 0, 1, 20) / 1000;
  const clear = (parameters: object = { InstanceId: 'crs-a', Password: 'p' }) =>
    callJson(simulator.url, { timestampS, action: 'ClearInstance', body: JSON.stringify(parameters) });

  test('has the instance and region of its request and starts by the clock of Beijing', async () => {
    const { TaskId } = await clear();

    await expect(callJson(simulator.url, { timestampS, body: JSON.stringify({ TaskId }) })).resolves.toMatchObject({
      Status: 'preparing',
      InstanceId: 'crs-a',
      TaskType: 'redis cache clearing process',
      StartTime: '2026-01-02 04:00:00',
    });
  });

  test('goes the way that onCreate chooses', async () => {
    simulator.onCreate((_action, { InstanceId }) => ({ timeline: [{ status: `of ${InstanceId ?? ''}` }] }));
    const { TaskId } = await clear();

    await expect(callJson(simulator.url, { timestampS, body: JSON.stringify({ TaskId }) })).resolves.toMatchObject({
      Status: 'of crs-a',
    });
  });

  test('can be refused', async () => {
    simulator.onCreate(() => ({ error: { code: 'ResourceUnavailable.InstanceLockedError' } }));

    await expect(clear()).resolves.toMatchObject({ Error: { Code: 'ResourceUnavailable.InstanceLockedError' } });
  });

  test('can have its id answered as text', async () => {
    simulator.onCreate(() => ({ timeline: [{ status: 'running' }], taskIdAsString: true }));

    expect((await clear())['TaskId']).toMatch(/^\d+$/);
  });

  test('can turn out not to exist', async () => {
    simulator.onCreate(() => ({ timeline: [{ status: 'running' }], noTaskId: -1 }));

    await expect(clear()).resolves.toMatchObject({ TaskId: -1 });
  });

  test('needs an instance', async () => {
    await expect(clear({ Password: 'p' })).resolves.toMatchObject({
      Error: { Code: 'MissingParameter', Message: 'The request is missing a required parameter `InstanceId`.' },
    });
  });

  test('has another id than the one before', async () => {
    const [first, second] = [await clear(), await clear()];

    expect(first['TaskId']).not.toBe(second['TaskId']);
  });

  test('shows a mistake in onCreate as one', async () => {
    simulator.onCreate(() => {
      throw new Error('oops');
    });

    await expect(clear()).resolves.toMatchObject({
      Error: { Code: 'InternalError', Message: 'Simulator: Error: oops' },
    });
  });
});

describe('an action of the test', () => {
  let simulator: RedisApiSimulator;

  beforeEach(async () => (simulator = await RedisApiSimulator.start()));
  afterEach(() => simulator.close());

  const resize = (parameters: object) =>
    callJson(simulator.url, { action: 'UpgradeInstance', body: JSON.stringify(parameters) });

  test('is answered with what the test says, from its parameters and the region', async () => {
    simulator.onAction('UpgradeInstance', ({ MemSize }, region) => ({ DealName: `${region}-${String(MemSize)}` }));

    await expect(resize({ MemSize: 2048 })).resolves.toEqual({
      DealName: 'ap-guangzhou-2048',
      RequestId: expect.any(String) as string,
    });
    expect(simulator.calls.at(-1)).toMatchObject({ action: 'UpgradeInstance', outcome: 'ok' });
  });

  test('can be refused', async () => {
    simulator.onAction('UpgradeInstance', () => ({ error: { code: 'ResourceInsufficient', message: 'No memory.' } }));

    await expect(resize({})).resolves.toMatchObject({ Error: { Code: 'ResourceInsufficient', Message: 'No memory.' } });
  });

  test('must be signed, and faults strike it', async () => {
    simulator.onAction('UpgradeInstance', () => ({}));
    simulator.setCredentials([]);
    await expect(resize({})).resolves.toMatchObject({ Error: { Code: 'AuthFailure.SecretIdNotFound' } });

    simulator.setCredentials([SIMULATOR_CREDENTIAL]);
    simulator.fault({ kind: 'throttled' }, { action: 'UpgradeInstance' });
    await expect(resize({})).resolves.toMatchObject({ Error: { Code: 'RequestLimitExceeded' } });
  });

  test('comes before one that the simulator knows', async () => {
    simulator.onAction('ClearInstance', () => ({ TaskId: 7 }));

    await expect(callJson(simulator.url, { action: 'ClearInstance', body: '{}' })).resolves.toMatchObject({
      TaskId: 7,
    });
  });
});
