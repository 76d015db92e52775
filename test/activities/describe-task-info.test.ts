import { ApplicationFailure, ApplicationFailureCategory, CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createRedisActivities, type RedisActivitiesOptions } from '../../src/activities/index.js';
import type { PollError } from '../../src/contract/poll-error.js';
import { decodeRedisTaskFailure } from '../../src/contract/task/failures.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../support/simulator.js';

const task = { taskId: 18215, region: 'ap-guangzhou' };

/** Failures are what these tests are about, so no log shows them. */
const quietEnvironment = (attempt = 1) =>
  new MockActivityEnvironment({ attempt, startToCloseTimeoutMs: 15_000 }, { logger: new DefaultLogger('ERROR') });

describe('describeTaskInfo', () => {
  let simulator: RedisApiSimulator;
  beforeEach(async () => {
    simulator = await RedisApiSimulator.start({ requestsPerSecond: false });
    simulator.addTask(task.taskId, { timeline: [{ status: 'running' }] });
  });
  afterEach(() => simulator.close());

  const activity = (options: RedisActivitiesOptions = {}) => {
    const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };
    const activities = createRedisActivities({ endpoint: simulator.url, credentials, ...options });
    return (input: typeof task) => activities.describeTaskInfo(input);
  };

  const run = (input: unknown = task, options: RedisActivitiesOptions = {}, attempt = 1) =>
    quietEnvironment(attempt).run(activity(options), input as typeof task);

  const failureOf = async (running: Promise<unknown>): Promise<ApplicationFailure> => {
    const error: unknown = await running.then(
      () => new Error('The activity succeeded'),
      (each: unknown) => each,
    );
    if (error instanceof ApplicationFailure) return error;
    throw error;
  };

  test('returns the task as observed: one that is still running is a value', async () => {
    expect(await run()).toMatchObject({
      status: 'running',
      taskType: 'redis cache clearing process',
      instanceId: 'crs-09u2u96z',
      startTime: '2018-11-01 17:25:14',
      message: '',
      requestId: simulator.calls[0]?.requestId,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    });
  });

  test.each(['failed', 'error', 'Error', 'verifying'])('returns a task that is %s as a value too', async (status) => {
    simulator.setTask(task.taskId, { status });

    expect(await run()).toMatchObject({ status });
  });

  test('tells the workflow of the search attributes only when it was told to', async () => {
    expect(await run(task, { searchAttributes: true })).toMatchObject({ searchAttributes: true });
    expect(await run(task, { searchAttributes: false })).not.toHaveProperty('searchAttributes');
  });

  test('tells it of them when the call fails, too: the outcome of a wait that never saw its task is one', async () => {
    simulator.fault({ kind: 'error', code: 'UnsupportedRegion' });
    const { details } = await failureOf(run(task, { searchAttributes: true }));

    expect(details?.slice(1)).toEqual([{ searchAttributes: true }]);
  });

  const kinds: [string, string, boolean][] = [
    ['InternalError', 'TencentApi.Transient', false],
    ['SomethingNew', 'TencentApi.Transient', false],
    ['RequestLimitExceeded', 'TencentApi.Throttled', false],
    ['InvalidParameter.InvalidParameter', 'TencentApi.UnknownTask', true],
    ['AuthFailure.SecretIdNotFound', 'TencentApi.Unauthorized', true],
    ['AuthFailure.SignatureExpire', 'TencentApi.Unauthorized', true],
    ['UnsupportedRegion', 'TencentApi.Rejected', true],
  ];
  test.each(kinds)('fails on %s with %s', async (code, type, nonRetryable) => {
    simulator.fault({ kind: 'error', code, message: 'In the words of the API.' });
    const failure = await failureOf(run());

    expect(failure).toMatchObject({ type, nonRetryable, category: ApplicationFailureCategory.BENIGN });
    expect(failure.details).toEqual([
      {
        code,
        message: expect.stringContaining('In the words of the API.') as string,
        requestId: simulator.calls.at(-1)?.requestId,
        at: expect.stringMatching(/Z$/) as string,
      },
    ]);
    expect(failure.message).toContain(code);
    expect(failure.message).toContain(simulator.calls.at(-1)?.requestId ?? 'no request id');
  });

  test.each([1, 2, 3])('waits longer after each throttled attempt, as after attempt %d', async (attempt) => {
    simulator.fault({ kind: 'throttled' });
    const failure: { readonly nextRetryDelay?: unknown } = await failureOf(run(task, {}, attempt));
    const delayMs = Number(failure.nextRetryDelay);

    expect(delayMs).toBeGreaterThanOrEqual(1_000 * 2 ** (attempt - 1));
    expect(delayMs).toBeLessThanOrEqual(1_000 * 2 ** (attempt - 1) + 1_000);
  });

  test('leaves the delay after other errors to the retry policy', async () => {
    simulator.fault({ kind: 'error', code: 'InternalError' });

    expect((await failureOf(run())).nextRetryDelay ?? undefined).toBeUndefined();
  });

  test.each([
    [{ kind: 'html', httpStatus: 502 } as const, 'HttpStatus.502'],
    [{ kind: 'reset' } as const, 'NetworkError.ECONNRESET'],
    [{ kind: 'empty' } as const, 'InvalidResponse'],
    [{ kind: 'missingStatus' } as const, 'InvalidResponse'],
  ])('takes %j as transient', async (fault, code) => {
    simulator.fault(fault);
    const failure = await failureOf(run());

    expect(failure).toMatchObject({ type: 'TencentApi.Transient', nonRetryable: false });
    expect(failure.details?.[0]).toMatchObject({ code });
  });

  test('says of credentials that cannot be loaded that they are unavailable', async () => {
    const credentials = { getCredential: () => Promise.reject(new Error('metadata: HTTP 502')) };
    const failure = await failureOf(run(task, { credentials }));

    expect(failure).toMatchObject({ type: 'TencentApi.Transient', nonRetryable: false });
    expect(failure.details?.[0]).toMatchObject({ code: 'CredentialsUnavailable', requestId: null });
  });

  test('says of a clock that is refused again by how much it is wrong', async () => {
    simulator.clockOffsetMs = 3_600_000;
    simulator.fault({ kind: 'error', code: 'AuthFailure.SignatureExpire' });

    expect((await failureOf(run())).message).toMatch(/clock is refused, the API's clock is (3600|3599|3601) s ahead/);
  });

  test('keeps its message short, on one line and well-formed, whatever the API says', async () => {
    const requestId = `\ud83d\n${'r'.repeat(5_000)}`;
    const error = { Code: `Odd.${'c'.repeat(5_000)}`, Message: `\ude00a\nb${'漏'.repeat(5_000)}` };
    simulator.fault({
      kind: 'http',
      status: 200,
      body: JSON.stringify({ Response: { Error: error, RequestId: requestId } }),
    });
    const failure = await failureOf(run());
    const shown = failure.details?.[0] as PollError;

    for (const text of [failure.message, shown.code, shown.message, shown.requestId ?? '']) {
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toContain('\n');
      expect(text.length).toBeLessThanOrEqual(1_400);
    }
  });

  test('shows no secret that a gateway echoes', async () => {
    const { secretId, secretKey } = SIMULATOR_CREDENTIAL;
    simulator.fault({ kind: 'http', status: 502, body: `TC3-HMAC-SHA256 Credential=${secretId} ${secretKey}` });
    const failure = await failureOf(run());
    const everything = JSON.stringify([failure.message, failure.details, failure.stack, String(failure.cause)]);

    expect(everything).not.toContain(secretKey);
    expect(everything).not.toContain(secretId);
  });

  test.each([
    ['region', { ...task, region: 'evil.example/' }],
    ['taskId', { ...task, taskId: 0 }],
    ['secret', { ...task, secret: 'hunter2' }],
    ['input', null],
  ])('refuses an input with a wrong %s without a call', async (field, input) => {
    const failure = await failureOf(run(input));

    expect(failure).toMatchObject({ type: 'RedisTaskInvalidInput', nonRetryable: true });
    expect(decodeRedisTaskFailure(failure)?.details).toMatchObject({ invalid: { field }, polls: 0 });
    expect(failure.message).toContain(field);
    expect(failure.message).not.toContain('hunter2');
    expect(simulator.calls).toHaveLength(0);
  });

  test('heartbeats while a call is under way', async () => {
    simulator.fault({ kind: 'hang' });
    const environment = quietEnvironment();
    let beats = 0;
    const running = new Promise<unknown>((resolve) => {
      environment.on('heartbeat', () => {
        beats += 1;
        if (beats === 3) environment.cancel('CANCELLED');
      });
      environment.run(activity(), task).then(resolve, resolve);
    });

    expect(await running).toBeInstanceOf(CancelledFailure);
    expect(beats).toBe(3);
  });

  test('closes the connection of a call under way when it is cancelled', async () => {
    simulator.fault({ kind: 'hang' });
    const environment = quietEnvironment();
    const running = environment.run(activity(), task).catch((error: unknown) => error);
    await simulator.waitForCall(({ outcome }) => outcome === 'pending');
    environment.cancel('CANCELLED');

    expect(await running).toBeInstanceOf(CancelledFailure);
    expect(await simulator.waitForCall(({ aborted }) => aborted)).toMatchObject({ outcome: 'fault:hang' });
  });

  test('makes one call for each attempt: all other retries are Temporal’s', async () => {
    simulator.fault({ kind: 'error', code: 'InternalError' }, { times: 1 });
    await failureOf(run());

    expect(simulator.calls).toHaveLength(1);
    expect(await run()).toMatchObject({ status: 'running' });
  });
});

describe('createRedisActivities', () => {
  test.each(['redis.tencentcloudapi.com', 'ftp://host', 'https://host/path', ''])(
    'refuses the endpoint %j at once',
    (endpoint) => {
      expect(() => createRedisActivities({ endpoint })).toThrow(/must be a (base )?URL/);
    },
  );
});
