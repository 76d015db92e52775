// How a wait ends, hours of it, on a server that skips time. One wait at a time: while that server skips time for one
// workflow, a task of another runs into its timeout.
import { readInput } from '../../src/contract/task/input.js';
import { timeSkipping } from '../support/environments.js';
import { eventNames, eventsOf, failedWorkflowTasks, pausesOf } from '../support/histories.js';
import { APART_FROM_DEADLINE } from '../support/skipped-time.js';
import { failureOf, REGION, timedOut, Waits } from '../support/waits.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const RUNNING = { status: 'running' };

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(timeSkipping);
});
afterAll(() => waits.close());

describe('a task that succeeds', () => {
  test('ends the wait with what the API said last', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 2 }, { status: 'succeed', message: 'ok' });
    const result = await waits.resultOf({ taskId, region: REGION });

    expect(result).toEqual({
      taskId,
      region: REGION,
      status: 'succeed',
      taskType: 'redis cache clearing process',
      instanceId: 'crs-09u2u96z',
      startTime: '2018-11-01 17:25:14',
      message: 'ok',
      requestId: waits.callsFor(taskId).at(-1)?.requestId,
      polls: 3,
      waitedMs: expect.any(Number) as number,
      detectionDelayMaxMs: expect.any(Number) as number,
    });
    expect(result.requestId).toMatch(/^[0-9a-f-]{36}$/);
    // The last of two pauses: 2 s and a longer one, each a tenth longer or shorter.
    expect(result.detectionDelayMaxMs).toBeGreaterThan(2_000);
    expect(result.waitedMs).toBeGreaterThan(1_800 + 2_000);
  });

  test('has no delay of detection when the first poll saw the end', async () => {
    const taskId = waits.addTask({ status: 'succeed' });

    await expect(waits.resultOf({ taskId, region: REGION })).resolves.toMatchObject({
      polls: 1,
      detectionDelayMaxMs: null,
      message: '',
    });
  });

  test('is a number in the result when it was a string in the input', async () => {
    const taskId = waits.addTask({ status: 'succeed' });

    await expect(waits.resultOf({ taskId: `00${taskId}`, region: REGION })).resolves.toMatchObject({ taskId });
  });

  test('may show statuses on its way that nobody has heard of', async () => {
    const taskId = waits.addTask(
      { status: 'paused', forPolls: 1 },
      { status: 'toString', forPolls: 1 },
      { status: '', forPolls: 1 },
      { status: 'SUCCEED' },
    );
    const result = await waits.resultOf({ taskId, region: REGION });

    expect(result.status).toBe('SUCCEED');
    expect(result.polls).toBeGreaterThanOrEqual(3);
  });
});

describe('a task that ends badly', () => {
  test.each([
    ['failed', 'RedisTaskFailed'],
    ['error', 'RedisTaskErrored'],
    ['Error', 'RedisTaskErrored'],
  ])('in status %s fails the wait as %s', async (status, type) => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, { status, message: 'disk is full' });
    const failure = await waits.failureFor({ taskId, region: REGION });

    expect(failure).toMatchObject({ type });
    expect(failure.details).toEqual({
      taskId,
      region: REGION,
      status,
      message: 'disk is full',
      taskType: 'redis cache clearing process',
      instanceId: 'crs-09u2u96z',
      startTime: '2018-11-01 17:25:14',
      requestId: waits.callsFor(taskId).at(-1)?.requestId,
      polls: 2,
      waitedMs: expect.any(Number) as number,
    });
    for (const fact of [taskId, 'crs-09u2u96z', 'disk is full', failure.details.requestId, '2 polls']) {
      expect(failure.message).toContain(String(fact));
    }
  });
});

describe('the log', () => {
  const linesOf = (taskId: number) =>
    waits.logged
      .filter(({ message }) => message.includes(`task ${taskId} `))
      .map(({ level, message }) => [level, message]);

  test('has one warning of a wait whose polls fail for more than a minute', async () => {
    const taskId = waits.addTask(RUNNING);
    const fault = waits.simulator.fault({ kind: 'error', code: 'InternalError' }, { taskId });
    await failureOf(await waits.start({ taskId, region: REGION, maxWait: '3m', polling: APART_FROM_DEADLINE }));
    fault.clear();

    const expected = /^All polls of Redis task \d+ in ap-guangzhou have failed for 1 min .* InternalError/;
    expect(linesOf(taskId).filter(([, message]) => String(message).startsWith('All polls'))).toEqual([
      ['WARN', expect.stringMatching(expected)],
    ]);
  });

  test('has one warning of a status that is not documented', async () => {
    const taskId = waits.addTask({ status: 'verifying', forPolls: 3 }, { status: 'succeed' });
    await waits.resultOf({ taskId, region: REGION });

    expect(linesOf(taskId)).toEqual([['WARN', expect.stringMatching(/status that is not documented: "verifying"/)]]);
  });

  test('has one warning of a wait that is in the last tenth of its time', async () => {
    const taskId = waits.addTask(RUNNING);
    const polling = { initialInterval: '30s', backoffCoefficient: 1, maximumInterval: '30s', jitter: 0 };
    const wait = await waits.start({ taskId, region: REGION, maxWait: '10m', polling });
    await failureOf(wait);

    const expected = /^The wait for Redis task \d+ in ap-guangzhou times out in 1 min .*\. Extend it to wait longer\.$/;
    expect(linesOf(taskId)).toEqual([['WARN', expect.stringMatching(expected)]]);
  });

  test('has nothing of a wait that goes well', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 3 }, { status: 'succeed' });
    await waits.resultOf({ taskId, region: REGION });

    expect(linesOf(taskId)).toEqual([]);
  });
});

describe('maxWait', () => {
  test('ends the wait after one last poll at the deadline, and resumeInput waits on', async () => {
    const taskId = waits.addTask(RUNNING);
    const handle = await waits.start({
      taskId,
      region: REGION,
      maxWait: '10m',
      polling: { initialInterval: '4m', backoffCoefficient: 1, maximumInterval: '4m', jitter: 0 },
    });
    const details = timedOut(await failureOf(handle));

    expect(details).toMatchObject({ taskId, region: REGION, status: 'running', polls: 4 });
    expect(details).not.toHaveProperty('lastError');
    expect(details.waitedMs).toBeGreaterThanOrEqual(10 * MINUTE);
    // The third pause ends with the deadline, and not after its four minutes.
    expect(details.waitedMs).toBeLessThan(12 * MINUTE);
    const history = await handle.fetchHistory();
    const pauses = pausesOf(history);
    expect(pauses).toEqual([4 * MINUTE, 4 * MINUTE, expect.any(Number)]);
    // Its timer is a second behind that of the deadline, which alone fires.
    expect(pauses[2]).toBeLessThanOrEqual(2 * MINUTE + 1_000);
    expect(eventsOf(history, 'EVENT_TYPE_TIMER_FIRED')).toHaveLength(3);

    waits.simulator.setTask(taskId, { status: 'succeed' });
    await expect(waits.resultOf(details.resumeInput)).resolves.toMatchObject({ taskId, status: 'succeed' });
  });

  test('sees an end that comes just before the deadline', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, { status: 'succeed' });
    const polling = { initialInterval: '1h' };

    await expect(waits.resultOf({ taskId, region: REGION, maxWait: '10m', polling })).resolves.toMatchObject({
      polls: 2,
    });
  });

  test('is two hours by default, and shows an unheard-of status to the end', async () => {
    const taskId = waits.addTask({ status: 'paused by hand' });
    const details = timedOut(await waits.failureFor({ taskId, region: REGION, polling: { initialInterval: '50m' } }));

    expect(details.status).toBe('paused by hand');
    expect(details.waitedMs).toBeGreaterThanOrEqual(2 * HOUR);
    // When the third pause would have ended.
    expect(details.waitedMs).toBeLessThan(2.5 * HOUR);
  });

  test('may be thirty days', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 2 }, { status: 'succeed' });
    const polling = { expectedDuration: '60d', jitter: 0 };
    const result = await waits.resultOf({ taskId, region: REGION, maxWait: '30d', polling });

    expect(result.polls).toBe(3);
    expect(result.waitedMs).toBeGreaterThanOrEqual(30 * 24 * HOUR);
  });
});

describe('the pace', () => {
  test('follows the defaults, each interval a tenth longer or shorter', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 6 }, { status: 'succeed' });
    const handle = await waits.start({ taskId, region: REGION });
    await handle.result();
    const timers = pausesOf(await handle.fetchHistory());

    const { initialIntervalMs, backoffCoefficient, maximumIntervalMs } = readInput({ taskId, region: REGION }).schedule;
    expect(timers).toHaveLength(6);
    for (const index of timers.keys()) {
      const nominal = Math.min(maximumIntervalMs, initialIntervalMs * backoffCoefficient ** index);
      expect(timers[index]).toBeGreaterThanOrEqual(0.9 * nominal - 1);
      expect(timers[index]).toBeLessThanOrEqual(1.1 * nominal + 1);
    }
  });

  test('follows the input', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 5 }, { status: 'succeed' });
    const polling = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '8s', jitter: 0 };
    const handle = await waits.start({ taskId, region: REGION, polling });
    await handle.result();

    expect(pausesOf(await handle.fetchHistory())).toEqual([1_000, 2_000, 4_000, 8_000, 8_000]);
  });

  test('is sparse for the larger part of the expected duration after a first poll at once', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 5 }, { status: 'succeed' });
    const polling = { initialInterval: '2s', backoffCoefficient: 2, expectedDuration: '1h', jitter: 0 };
    const handle = await waits.start({ taskId, region: REGION, polling });
    await handle.result();
    const history = await handle.fetchHistory();
    const pauses = pausesOf(history);
    const sparse = pauses.slice(0, 3).map((pause) => pause / MINUTE);

    expect(eventNames(history).slice(0, 6)).toContain('ACTIVITY_TASK_SCHEDULED');
    expect(sparse.map(Math.ceil)).toEqual([24, 9, 15]);
    expect(pauses.slice(3)).toEqual([4_000, 8_000]);
  });

  test('adds eleven events to the history with each poll', async () => {
    const lengths: number[] = [];
    for (const polls of [1, 2, 5]) {
      const before = polls === 1 ? [] : [{ ...RUNNING, forPolls: polls - 1 }];
      const handle = await waits.start({ taskId: waits.addTask(...before, { status: 'succeed' }), region: REGION });
      await handle.result();
      lengths.push(eventNames(await handle.fetchHistory()).length);
    }

    expect(lengths).toEqual([13, 24, 57]);
  });
});

test('every wait replays, and none had a workflow task that failed', async () => {
  const histories = await waits.histories();
  for (const { history } of histories) {
    expect(failedWorkflowTasks(history)).toEqual([]);
    expect(eventNames(history)).not.toContain('WORKFLOW_TASK_TIMED_OUT');
  }

  await expect(waits.replayAll()).resolves.toBe(histories.length);
  expect(histories.length).toBeGreaterThan(15);
});
