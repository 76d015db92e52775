// What errors of the API do to a wait, on a server that skips time. One wait at a time: see outcomes.test.ts.
import { timeSkipping } from '../support/environments.js';
import { eventNames, failedWorkflowTasks } from '../support/histories.js';
import { REGION, timedOut, Waits } from '../support/waits.js';

const HOUR = 3_600_000;

const RUNNING = { status: 'running' };
const UNKNOWN_TASK = 'InvalidParameter.InvalidParameter';

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(timeSkipping);
});
afterAll(() => waits.close());

describe('a task that the API does not know', () => {
  test('is asked for again for fifteen seconds, then the wait is rejected', async () => {
    const taskId = waits.addTask();
    const failure = await waits.failureFor({ taskId, region: REGION });

    expect(failure).toMatchObject({
      type: 'RedisTaskRejected',
      details: { taskId, status: null, instanceId: null, polls: 0, lastError: { code: UNKNOWN_TASK } },
    });
    expect(failure.details.waitedMs).toBeGreaterThanOrEqual(15_000);
    expect(failure.details.waitedMs).toBeLessThan(HOUR);
    expect(waits.callsFor(taskId).length).toBeGreaterThanOrEqual(4);
    expect(failure.message).toContain(UNKNOWN_TASK);
  });

  test('is asked for once more at the end of the fifteen seconds, however slow the pace', async () => {
    const taskId = waits.addTask();
    const failure = await waits.failureFor({ taskId, region: REGION, polling: { initialInterval: '1h' } });

    expect(failure.type).toBe('RedisTaskRejected');
    expect(failure.details.waitedMs).toBeLessThan(HOUR);
    expect(waits.callsFor(taskId)).toHaveLength(2);
  });

  test.each(['FailedOperation.FlowNotExists', 'ResourceNotFound', 'ResourceNotFound.InstanceNotExists'])(
    'is rejected for %s too',
    async (code) => {
      const taskId = waits.addTask(RUNNING);
      waits.simulator.fault({ kind: 'error', code }, { taskId });

      await expect(waits.failureFor({ taskId, region: REGION })).resolves.toMatchObject({
        type: 'RedisTaskRejected',
        details: { lastError: { code } },
      });
    },
  );

  test('is waited for when it becomes visible', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, { status: 'succeed' });
    waits.simulator.fault({ kind: 'error', code: UNKNOWN_TASK }, { taskId, times: 2 });

    await expect(waits.resultOf({ taskId, region: REGION })).resolves.toMatchObject({ polls: 2 });
    expect(waits.callsFor(taskId)).toHaveLength(4);
  });

  test('has only lost its way once a poll has seen it', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, { status: 'succeed' });
    const unwatch = waits.simulator.watchCalls((call) => {
      if (call.taskId !== String(taskId) || call.outcome !== 'ok') return;
      unwatch();
      waits.simulator.fault({ kind: 'error', code: UNKNOWN_TASK }, { taskId, times: 5 });
    });
    const result = await waits.resultOf({ taskId, region: REGION });

    expect(result).toMatchObject({ status: 'succeed', polls: 2 });
    expect(result.waitedMs).toBeGreaterThan(15_000);
    expect(waits.callsFor(taskId)).toHaveLength(7);
  });
});

describe('a refusal', () => {
  test.each([
    'AuthFailure.SecretIdNotFound',
    'AuthFailure.UnauthorizedOperation',
    'AuthFailure',
    'UnauthorizedOperation',
    'IpInBlacklist',
    'IpNotInWhitelist',
    'InvalidParameter.PermissionDenied',
    'InternalError.CamAuthOssResponseReturnCodeError',
    'InternalError.InstanceOperatePermissionError',
  ])('of the credentials by %s ends the wait as unauthorized', async (code) => {
    const taskId = waits.addTask(RUNNING);
    const fault = waits.simulator.fault({ kind: 'error', code }, { taskId });
    const failure = await waits.failureFor({ taskId, region: REGION });
    // The worker asks for this task again, and makes a tenth of its calls while it is refused.
    fault.clear();

    expect(failure).toMatchObject({
      type: 'RedisTaskUnauthorized',
      details: { taskId, polls: 0, status: null, lastError: { code } },
    });
    expect(failure.message).toContain(code);
    expect(failure.message).toContain(failure.details.lastError?.requestId);
  });

  test.each([
    'InvalidParameterValue',
    'MissingParameter',
    'UnsupportedRegion',
    'ActionOffline',
    'InvalidAction',
    'LimitExceeded',
    'UnsupportedOperation',
  ])('of the request by %s ends the wait as rejected, after one call', async (code) => {
    const taskId = waits.addTask(RUNNING);
    waits.simulator.fault({ kind: 'error', code }, { taskId });

    await expect(waits.failureFor({ taskId, region: REGION })).resolves.toMatchObject({
      type: 'RedisTaskRejected',
      details: { taskId, lastError: { code, at: expect.stringMatching(/^\d{4}-.*Z$/) as string } },
    });
    expect(waits.callsFor(taskId)).toHaveLength(1);
  });
});

describe('an outage', () => {
  const polling = { initialInterval: '1h', backoffCoefficient: 1, maximumInterval: '1h', jitter: 0 };

  test.each([
    ['InternalError', 3, { kind: 'error', code: 'InternalError' }],
    ['SomethingNew.NobodyKnows', 3, { kind: 'error', code: 'SomethingNew.NobodyKnows' }],
    // After each call that is throttled, a worker makes none for a second of real time.
    ['RequestLimitExceeded', 1, { kind: 'throttled' }],
    ['HttpStatus.502', 3, { kind: 'html', httpStatus: 502 }],
  ] as const)('with %s is waited out for hours (%i), four attempts a poll', async (_code, hours, fault) => {
    const taskId = waits.addTask({ status: 'succeed' });
    waits.simulator.fault(fault, { taskId, times: hours * 4 });
    const result = await waits.resultOf({ taskId, region: REGION, maxWait: '1d', polling });

    expect(result).toMatchObject({ status: 'succeed', polls: 1, detectionDelayMaxMs: null });
    expect(result.waitedMs).toBeGreaterThanOrEqual(hours * HOUR);
    expect(waits.callsFor(taskId)).toHaveLength(hours * 4 + 1);
  });

  test('to the deadline times the wait out, with the last error', async () => {
    const taskId = waits.addTask({ status: 'succeed' });
    waits.simulator.fault({ kind: 'error', code: 'InternalError', message: 'We are sorry.' }, { taskId });
    const failure = await waits.failureFor({ taskId, region: REGION, maxWait: '3h', polling });
    const details = timedOut(failure);

    expect(details).toMatchObject({ status: null, message: null, startTime: null, polls: 0 });
    expect(details.lastError).toEqual({
      code: 'InternalError',
      message: 'We are sorry.',
      requestId: waits.callsFor(taskId).at(-1)?.requestId,
      at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(failure.message).toContain('We are sorry.');
    // The poll at the deadline has one attempt.
    expect(waits.callsFor(taskId).length % 4).toBe(1);
  });

  test('after the task was seen keeps what was seen', async () => {
    const taskId = waits.addTask({ status: 'preparing', message: 'soon' });
    const unwatch = waits.simulator.watchCalls((call) => {
      if (call.taskId !== String(taskId) || call.outcome !== 'ok') return;
      unwatch();
      waits.simulator.fault({ kind: 'error', code: 'ResourceUnavailable' }, { taskId });
    });
    const details = timedOut(await waits.failureFor({ taskId, region: REGION, maxWait: '2h', polling }));

    expect(details).toMatchObject({
      status: 'preparing',
      message: 'soon',
      polls: 1,
      lastError: { code: 'ResourceUnavailable' },
    });
  });
});

test('every wait replays, and none had a workflow task that failed', async () => {
  const histories = await waits.histories();
  for (const { history } of histories) {
    expect(failedWorkflowTasks(history)).toEqual([]);
    expect(eventNames(history)).not.toContain('WORKFLOW_TASK_TIMED_OUT');
  }

  await expect(waits.replayAll()).resolves.toBe(histories.length);
  expect(histories.length).toBeGreaterThan(25);
});
