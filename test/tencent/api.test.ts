import { getEventListeners } from 'node:events';
import { gzipSync } from 'node:zlib';
import { jest } from '@jest/globals';
import type { CredentialProvider } from '../../src/tencent/credentials/provider.js';
import { describeTaskInfo } from '../../src/tencent/describe-task-info.js';
import { createRedisApi } from '../../src/tencent/redis-api.js';
import { type Fault, RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../support/simulator.js';
import { callOnce, errorOf, keys, TASK_ID } from './call.js';

const TEMPORARY = { secretId: 'AKIDtemporary', secretKey: 'temporarySecretKey', token: 'temporaryToken' };

describe('a call of the API', () => {
  let simulator: RedisApiSimulator;
  beforeEach(async () => {
    simulator = await RedisApiSimulator.start({
      credentials: [SIMULATOR_CREDENTIAL, TEMPORARY],
      requestsPerSecond: false,
    });
    simulator.addTask(TASK_ID, { timeline: [{ status: 'running' }] });
  });
  afterEach(() => simulator.close());

  test('is signed as the API demands', async () => {
    expect(await callOnce(simulator)).toMatchObject({ Status: 'running', InstanceId: 'crs-09u2u96z' });
    expect(simulator.calls).toMatchObject([
      { action: 'DescribeTaskInfo', region: 'ap-guangzhou', taskId: '18215', outcome: 'ok' },
    ]);
  });

  test('carries the token of a temporary key', async () => {
    expect(await callOnce(simulator, { credentials: keys(TEMPORARY).provider })).toMatchObject({ Status: 'running' });
  });

  test('keeps its connection for the next one', async () => {
    const api = createRedisApi({ credentials: keys(SIMULATOR_CREDENTIAL).provider, endpoint: new URL(simulator.url) });
    const task = { taskId: TASK_ID, region: 'ap-guangzhou' };
    await describeTaskInfo(api, task);
    await describeTaskInfo(api, task);
    api.close();

    expect(simulator.calls.map(({ connectionId }) => connectionId)).toEqual([1, 1]);
  });

  const garbage: [string, Fault, string, RegExp][] = [
    [
      'a gateway page with 502',
      { kind: 'html', httpStatus: 502 },
      'HttpStatus.502',
      /HTTP 502 instead of 200: .*502 Bad Gateway/,
    ],
    ['a gateway page with 504', { kind: 'html', httpStatus: 504 }, 'HttpStatus.504', /504 Gateway Time-out/],
    ['a page with 200', { kind: 'html', httpStatus: 200 }, 'InvalidResponse', /without the JSON envelope.*<html>/],
    ['no body', { kind: 'empty' }, 'InvalidResponse', /without the JSON envelope/],
    ['an empty object', { kind: 'missingResponse' }, 'InvalidResponse', /without the JSON envelope.*\{\}/],
    ['half a JSON', { kind: 'truncated' }, 'InvalidResponse', /without the JSON envelope.*"Response"/],
    ['half an HTTP answer', { kind: 'cutOff' }, 'NetworkError.', /broke off/],
    ['a broken connection after the work', { kind: 'lostAnswer' }, 'NetworkError.ECONNRESET', /ECONNRESET/],
    ['a broken connection', { kind: 'reset' }, 'NetworkError.ECONNRESET', /ECONNRESET/],
    ['a list', { kind: 'http', status: 200, body: '[]' }, 'InvalidResponse', /envelope/],
    ['a text as Response', { kind: 'http', status: 200, body: '{"Response":"ok"}' }, 'InvalidResponse', /envelope/],
    [
      'an error without a code',
      { kind: 'http', status: 200, body: '{"Response":{"Error":{"Message":"m"}}}' },
      'InvalidResponse',
      /without a code/,
    ],
    [
      'an error with a blank code',
      { kind: 'http', status: 200, body: '{"Response":{"Error":{"Code":"  ","Message":"m"}}}' },
      'InvalidResponse',
      /without a code/,
    ],
    [
      'an error that is a text',
      { kind: 'http', status: 200, body: '{"Response":{"Error":"bad"}}' },
      'InvalidResponse',
      /without a code/,
    ],
    [
      'an error that is null',
      { kind: 'http', status: 200, body: '{"Response":{"Error":null}}' },
      'InvalidResponse',
      /without a code/,
    ],
    [
      'JSON with 503',
      { kind: 'http', status: 503, body: '{"Response":{"Status":"succeed"}}' },
      'HttpStatus.503',
      /503/,
    ],
    ['nothing with 204', { kind: 'http', status: 204, body: '' }, 'HttpStatus.204', /204/],
  ];
  test.each(garbage)('that gets %s is a transient error', async (_, fault, code, message) => {
    simulator.fault(fault);
    const error = await errorOf(callOnce(simulator));

    expect(error).toMatchObject({ errorClass: 'transient', requestId: null });
    expect(error.code).toContain(code);
    expect(error.message).toMatch(message);
    expect(simulator.calls).toHaveLength(1);
  });

  const refusals: [string, string][] = [
    ['RequestLimitExceeded', 'throttled'],
    ['RequestLimitExceeded.UinLimitExceeded', 'throttled'],
    ['InternalError', 'transient'],
    ['FailedOperation.SystemError', 'transient'],
    ['SomethingNew', 'transient'],
    ['InvalidParameter', 'rejected'],
    ['UnsupportedRegion', 'rejected'],
    ['ResourceNotFound.InstanceNotExists', 'unknownTask'],
  ];
  test.each(refusals)(
    'that is refused with %s is %s, with the words and the id of the API',
    async (code, errorClass) => {
      simulator.fault({ kind: 'error', code, message: 'In the words of the API.' });
      const error = await errorOf(callOnce(simulator));

      expect(error).toMatchObject({ code, errorClass, message: 'In the words of the API.' });
      expect(error.requestId).toBe(simulator.calls[0]?.requestId);
      expect(simulator.calls).toHaveLength(1);
    },
  );

  test.each([
    [429, 'RequestLimitExceeded', 'throttled'],
    [401, 'AuthFailure.SignatureFailure', 'unauthorized'],
    [400, 'UnsupportedRegion', 'rejected'],
    [404, 'ResourceNotFound.InstanceNotExists', 'unknownTask'],
    [500, 'InternalError', 'transient'],
  ])('that is refused with HTTP %d and the error %s of the API is %s', async (status, code, errorClass) => {
    const body = JSON.stringify({ Response: { Error: { Code: code, Message: 'So it is.' }, RequestId: 'r-1' } });
    simulator.fault({ kind: 'http', status, body }, { times: 2 });

    expect(await errorOf(callOnce(simulator))).toMatchObject({
      code,
      errorClass,
      message: 'So it is.',
      requestId: 'r-1',
    });
  });

  test.each([
    ['a page', '<html></html>'],
    ['an error without a code', '{"Response":{"Error":{"Message":"m"},"RequestId":"r"}}'],
    ['an error of someone else', '{"Error":{"Code":"AuthFailure"}}'],
    ['an answer', '{"Response":{"Status":"succeed","RequestId":"r"}}'],
  ])('that is refused with HTTP 429 and %s is told with its status', async (_, body) => {
    simulator.fault({ kind: 'http', status: 429, body });

    expect(await errorOf(callOnce(simulator))).toMatchObject({ code: 'HttpStatus.429', errorClass: 'transient' });
  });

  test('for a task that is not there is unknownTask', async () => {
    const unknown = await RedisApiSimulator.start();
    const error = await errorOf(callOnce(unknown));
    await unknown.close();

    expect(error).toMatchObject({ code: 'InvalidParameter.InvalidParameter', errorClass: 'unknownTask' });
  });

  test('over the rate is throttled', async () => {
    const slow = await RedisApiSimulator.start({ requestsPerSecond: 0 });
    const error = await errorOf(callOnce(slow));
    await slow.close();

    expect(error).toMatchObject({ code: 'RequestLimitExceeded', errorClass: 'throttled' });
  });

  test('shows little of an answer that makes no sense', async () => {
    simulator.fault({ kind: 'http', status: 502, body: `<h1>Bad</h1>\n\n${'x'.repeat(100_000)}` });
    const { message } = await errorOf(callOnce(simulator));

    expect(message).toContain('<h1>Bad</h1> xxx');
    expect(message.length).toBeLessThan(300);
  });

  test.each([
    ['a page', 502, (echo: string) => `<pre>${echo}</pre>`],
    [
      'an error of the API',
      200,
      (echo: string) => JSON.stringify({ Response: { Error: { Code: 'InternalError', Message: echo } } }),
    ],
    ['an answer without its envelope', 200, (echo: string) => JSON.stringify({ echo })],
  ])('shows no secret that %s echoes', async (_, status, wrap) => {
    const { secretId, secretKey, token } = TEMPORARY;
    const authorization = `TC3-HMAC-SHA256 Credential=${secretId}/2026-11-22/redis/tc3_request, SignedHeaders=content-type;host, Signature=${'0f'.repeat(32)}`;
    simulator.fault({ kind: 'http', status, body: wrap(`${authorization}\n${secretKey} ${token} ${secretId}`) });
    const error = await errorOf(callOnce(simulator, { credentials: keys(TEMPORARY).provider }));

    expect(error.message).toContain('***');
    for (const secret of [secretId, secretKey, token, 'Signature=', '0f0f']) {
      expect(`${error.message} ${error.stack ?? ''} ${JSON.stringify(error)}`).not.toContain(secret);
    }
  });

  test('whose connection breaks hands no header on', async () => {
    simulator.fault({ kind: 'reset' });
    const error = await errorOf(callOnce(simulator, { credentials: keys(TEMPORARY).provider }));

    expect(error.cause).toBeUndefined();
    expect(JSON.stringify(Object.entries(error)) + String(error.stack)).not.toMatch(
      /TC3-HMAC|AKIDtemporary|temporaryToken/,
    );
  });

  test('does not follow a redirect: its headers are for one host', async () => {
    const elsewhere = await RedisApiSimulator.start();
    simulator.fault({ kind: 'http', status: 307, body: '', headers: { Location: elsewhere.url } });
    const error = await errorOf(callOnce(simulator));
    const reached = elsewhere.stats().calls;
    await elsewhere.close();

    expect(error).toMatchObject({ code: 'HttpStatus.307', errorClass: 'transient' });
    expect(reached).toBe(0);
  });

  test.each([
    ['just too large', 256 * 1024 + 1],
    ['far too large', 8 * 1024 * 1024],
  ])('whose answer is %s ends', async (_, bytes) => {
    simulator.fault({ kind: 'http', status: 200, body: `{"Response":{"Status":"succeed"}}${' '.repeat(bytes - 33)}` });

    expect(await errorOf(callOnce(simulator))).toMatchObject({
      code: 'InvalidResponse',
      errorClass: 'transient',
      message: 'The API answered more than 262144 bytes',
    });
  });

  test('reads an answer up to the limit', async () => {
    const body = `{"Response":{"Status":"running"}}`;
    simulator.fault({ kind: 'http', status: 200, body: body + ' '.repeat(256 * 1024 - body.length) });

    expect(await callOnce(simulator)).toEqual({ Status: 'running' });
  });

  test('does not unpack an answer that it has not asked to be packed', async () => {
    const packed = gzipSync('{"Response":{"Status":"succeed"}}').toString('latin1');
    simulator.fault({ kind: 'http', status: 200, body: packed, headers: { 'Content-Encoding': 'gzip' } });

    expect(await errorOf(callOnce(simulator))).toMatchObject({ code: 'InvalidResponse', errorClass: 'transient' });
  });

  test('that is aborted closes its connection, and rejects with the reason', async () => {
    simulator.fault({ kind: 'hang' });
    const abort = new AbortController();
    const reason = new Error('cancelled by the test');
    const call = callOnce(simulator, { signal: abort.signal });
    const failed = call.catch((error: unknown) => error);
    await simulator.waitForCall(({ outcome }) => outcome === 'pending');
    abort.abort(reason);

    expect(await failed).toBe(reason);
    expect(await simulator.waitForCall(({ aborted }) => aborted)).toMatchObject({ outcome: 'fault:hang' });
  });

  test('leaves nothing on the signal of its caller, who may have it for a thousand calls', async () => {
    const { signal } = new AbortController();
    await callOnce(simulator, { signal });
    simulator.fault({ kind: 'reset' }, { times: 1 });
    await errorOf(callOnce(simulator, { signal }));

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test.each(['', 'Clear\nInstance', 'DescribeTaskInfo ', '清空'])(
    'of %j, which is no action, is rejected, and nothing is sent',
    async (action) => {
      const api = createRedisApi({
        credentials: keys(SIMULATOR_CREDENTIAL).provider,
        endpoint: new URL(simulator.url),
      });
      const error = await errorOf(api.call({ action, region: 'ap-guangzhou', params: {} }));
      api.close();

      expect(error).toMatchObject({ code: 'InvalidAction', errorClass: 'rejected' });
      expect(simulator.stats().calls).toBe(0);
    },
  );

  test('that is aborted before it begins is not made', async () => {
    await expect(callOnce(simulator, { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    expect(simulator.stats().outcomes).not.toHaveProperty('ok');
  });

  test('without a server is a transient error that names the address', async () => {
    const gone = await RedisApiSimulator.start();
    await gone.close();
    const error = await errorOf(callOnce(gone));

    expect(error).toMatchObject({ code: 'NetworkError.ECONNREFUSED', errorClass: 'transient' });
    expect(error.message).toContain(gone.url);
  });
});

describe('refused credentials', () => {
  let simulator: RedisApiSimulator;
  beforeEach(async () => {
    simulator = await RedisApiSimulator.start({ credentials: [SIMULATOR_CREDENTIAL, TEMPORARY] });
    simulator.addTask(TASK_ID, { timeline: [{ status: 'running' }] });
  });
  afterEach(() => simulator.close());

  test('are loaded again for one second call', async () => {
    const { provider, refreshes } = keys({ secretId: 'AKIDgone', secretKey: 'gone' }, TEMPORARY);

    expect(await callOnce(simulator, { credentials: provider })).toMatchObject({ Status: 'running' });
    expect(refreshes).toEqual([false, true]);
    expect(simulator.calls.map(({ secretId, outcome }) => [secretId, outcome])).toEqual([
      ['AKIDgone', 'AuthFailure.SecretIdNotFound'],
      ['AKIDtemporary', 'ok'],
    ]);
  });

  test.each([
    ['a deleted key', { secretId: 'AKIDgone', secretKey: 'gone' }, 'AuthFailure.SecretIdNotFound'],
    ['a wrong secret', { ...SIMULATOR_CREDENTIAL, secretKey: 'wrong' }, 'AuthFailure.SignatureFailure'],
    ['an expired token', { ...TEMPORARY, token: 'expired' }, 'AuthFailure.TokenFailure'],
  ])('that are no better, for %s, are unauthorized after exactly two calls', async (_, credential, code) => {
    const { provider, refreshes } = keys(credential);

    expect(await errorOf(callOnce(simulator, { credentials: provider }))).toMatchObject({
      code,
      errorClass: 'unauthorized',
    });
    expect(refreshes).toEqual([false, true]);
    expect(simulator.calls).toHaveLength(2);
  });

  test.each(['UnauthorizedOperation.NoCAMAuthed', 'InvalidParameter.PermissionDenied', 'IpNotInWhitelist'])(
    'that lack a permission, %s, get the one second call too',
    async (code) => {
      simulator.fault({ kind: 'error', code }, { times: 1 });

      expect(await callOnce(simulator)).toMatchObject({ Status: 'running' });
      expect(simulator.calls).toHaveLength(2);
    },
  );

  test('that cannot be loaded again are CredentialsUnavailable', async () => {
    const getCredential = ({ refresh = false } = {}) =>
      refresh
        ? Promise.reject(new Error('metadata: HTTP 502'))
        : Promise.resolve({ secretId: 'AKIDgone', secretKey: 'x' });
    const error = await errorOf(callOnce(simulator, { credentials: { getCredential } }));

    expect(error).toMatchObject({ code: 'CredentialsUnavailable', errorClass: 'transient' });
    expect(error.message).toContain('metadata: HTTP 502');
  });

  test('of a provider that throws at once are CredentialsUnavailable as well', async () => {
    const getCredential = () => {
      throw new Error('not logged in');
    };

    expect(await errorOf(callOnce(simulator, { credentials: { getCredential } }))).toMatchObject({
      code: 'CredentialsUnavailable',
      message: expect.stringContaining('not logged in') as string,
    });
  });
});

describe('a clock that is refused', () => {
  let simulator: RedisApiSimulator;
  const open = () =>
    createRedisApi({ credentials: keys(SIMULATOR_CREDENTIAL).provider, endpoint: new URL(simulator.url) });
  const task = { taskId: TASK_ID, region: 'ap-guangzhou' };
  afterEach(() => simulator.close());

  test.each([3_600_000, -3_600_000])(
    'by %d ms is set by the answer, once for all calls to come',
    async (clockOffsetMs) => {
      simulator = await RedisApiSimulator.start({ clockOffsetMs });
      simulator.addTask(TASK_ID, { timeline: [{ status: 'running' }] });
      const api = open();
      const seen = [await describeTaskInfo(api, task), await describeTaskInfo(api, task)];
      api.close();

      expect(seen.map(({ status }) => status)).toEqual(['running', 'running']);
      expect(simulator.calls.map(({ outcome }) => outcome)).toEqual(['AuthFailure.SignatureExpire', 'ok', 'ok']);
    },
  );

  test('again after the correction is the error, after exactly two calls', async () => {
    simulator = await RedisApiSimulator.start();
    simulator.fault({ kind: 'error', code: 'AuthFailure.SignatureExpire' });

    expect(await errorOf(callOnce(simulator))).toMatchObject({
      code: 'AuthFailure.SignatureExpire',
      errorClass: 'clock',
    });
    expect(simulator.calls).toHaveLength(2);
  });

  test('in a second place is set again', async () => {
    simulator = await RedisApiSimulator.start({ clockOffsetMs: 3_600_000 });
    simulator.addTask(TASK_ID, { timeline: [{ status: 'running' }] });
    const api = open();
    await describeTaskInfo(api, task);
    simulator.clockOffsetMs = 0;
    const { status } = await describeTaskInfo(api, task);
    api.close();

    expect(status).toBe('running');
    expect(simulator.calls).toHaveLength(4);
  });

  test('and a stale token after it are repaired one after the other, as on a machine that was resumed', async () => {
    simulator = await RedisApiSimulator.start({ clockOffsetMs: 3_600_000, credentials: [TEMPORARY] });
    simulator.addTask(TASK_ID, { timeline: [{ status: 'running' }] });
    const stale = { ...TEMPORARY, token: 'ofYesterday' };
    const { provider, refreshes } = keys(stale, stale, TEMPORARY);

    expect(await callOnce(simulator, { credentials: provider })).toMatchObject({ Status: 'running' });
    expect(refreshes).toEqual([false, false, true]);
    expect(simulator.calls.map(({ outcome }) => outcome)).toEqual([
      'AuthFailure.SignatureExpire',
      'AuthFailure.TokenFailure',
      'ok',
    ]);
  });

  test('does not ask for fresh credentials: they are not what is wrong', async () => {
    simulator = await RedisApiSimulator.start();
    simulator.fault({ kind: 'error', code: 'AuthFailure.SignatureExpire' });
    const { provider, refreshes } = keys(SIMULATOR_CREDENTIAL);
    await errorOf(callOnce(simulator, { credentials: provider }));

    expect(refreshes).toEqual([false, false]);
  });
});

describe('the time limit of a call', () => {
  let simulator: RedisApiSimulator;
  beforeEach(async () => {
    simulator = await RedisApiSimulator.start({ requestsPerSecond: false });
    simulator.addTask(TASK_ID, { timeline: [{ status: 'running' }] });
    // Only the limit passes when it is told to: the rest takes the time that it needs on this machine.
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'performance', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
    return simulator.close();
  });

  const call = { action: 'DescribeTaskInfo', region: 'ap-guangzhou', params: { TaskId: TASK_ID }, timeoutMs: 300 };
  const open = (credentials: CredentialProvider, requestsPerSecond?: number) =>
    createRedisApi({ credentials, endpoint: new URL(simulator.url), requestsPerSecond });
  /** Resolves when so many calls have come to the API. */
  const haveCome = (calls: number) => simulator.waitForCall(() => simulator.calls.length === calls);

  test('holds for the credentials', async () => {
    const never = { getCredential: () => new Promise<never>(() => undefined) };
    const failed = errorOf(open(never).call(call));
    await jest.advanceTimersByTimeAsync(300);

    expect(await failed).toMatchObject({ code: 'CredentialsUnavailable', errorClass: 'transient' });
  });

  test('holds for the turn, and names the refusal as our own', async () => {
    const api = open(keys(SIMULATOR_CREDENTIAL).provider, 0.1);
    await api.call(call);
    const failed = errorOf(api.call(call));
    await jest.advanceTimersByTimeAsync(300);
    const error = await failed;

    expect(error).toMatchObject({ code: 'NoCallSlot', errorClass: 'transient' });
    expect(error.message).toContain('The API was not asked');
  });

  test('holds for the answer', async () => {
    simulator.fault({ kind: 'hang' }, { times: 1 });
    const failed = errorOf(open(keys(SIMULATOR_CREDENTIAL).provider).call(call));
    await haveCome(1);
    jest.advanceTimersByTime(300);

    expect(await failed).toMatchObject({ code: 'Timeout' });
  });

  test('that passes unseen, on a busy machine, does not make a sent call one that was not', async () => {
    simulator.fault({ kind: 'hang' }, { times: 1 });
    const failed = errorOf(open(keys(SIMULATOR_CREDENTIAL).provider).call(call));
    await haveCome(1);
    const busyUntil = Date.now() + 400;
    while (Date.now() < busyUntil);
    jest.advanceTimersByTime(400);

    expect(await failed).toMatchObject({ code: 'Timeout', errorClass: 'transient' });
  });

  test('goes through all of them, and through a second send', async () => {
    simulator.fault({ kind: 'error', code: 'AuthFailure.TokenFailure' }, { times: 1 });
    const credentials: CredentialProvider = {
      getCredential(options) {
        // For the second send.
        if (options?.refresh) simulator.fault({ kind: 'hang' });
        return Promise.resolve(SIMULATOR_CREDENTIAL);
      },
    };
    const failed = errorOf(open(credentials).call(call));
    jest.advanceTimersByTime(200);
    await haveCome(2);
    jest.advanceTimersByTime(100);

    expect(await failed).toMatchObject({ code: 'Timeout' });
    expect(simulator.calls.at(-2)).toMatchObject({ outcome: 'AuthFailure.TokenFailure' });
  });
});

describe('describeTaskInfo', () => {
  let simulator: RedisApiSimulator;
  beforeAll(async () => {
    simulator = await RedisApiSimulator.start({ requestsPerSecond: false });
  });
  afterAll(() => simulator.close());
  afterEach(() => simulator.clearFaults());

  const describe_ = async () => {
    const api = createRedisApi({ credentials: keys(SIMULATOR_CREDENTIAL).provider, endpoint: new URL(simulator.url) });
    try {
      return await describeTaskInfo(api, { taskId: TASK_ID, region: 'ap-guangzhou' });
    } finally {
      api.close();
    }
  };

  test('returns the texts of the API unchanged', async () => {
    simulator.addTask(TASK_ID, { timeline: [{ status: 'Verifying ', message: 'ok' }], taskType: 'redis缓存清空流程' });

    expect(await describe_()).toEqual({
      status: 'Verifying ',
      taskType: 'redis缓存清空流程',
      instanceId: 'crs-09u2u96z',
      startTime: '2018-11-01 17:25:14',
      message: 'ok',
      requestId: simulator.calls.at(-1)?.requestId,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    });
  });

  test('needs a status, and keeps the id of an answer without one', async () => {
    simulator.addTask(TASK_ID, { timeline: [{ status: 'running' }] });
    simulator.fault({ kind: 'missingStatus' });
    const error = await errorOf(describe_());

    expect(error).toMatchObject({ code: 'InvalidResponse', errorClass: 'transient' });
    expect(error.message).toContain('without a Status; it sent: RequestId');
    expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each(['7', 'null', '{}', '["succeed"]'])('takes no status of %s', async (status) => {
    simulator.fault({ kind: 'http', status: 200, body: `{"Response":{"Status":${status},"RequestId":"r"}}` });

    expect(await errorOf(describe_())).toMatchObject({ code: 'InvalidResponse', requestId: 'r' });
  });

  test('takes fields that are no text as absent', async () => {
    const body =
      '{"Response":{"Status":"running","TaskType":4,"InstanceId":null,"TaskMessage":{"a":1},"RequestId":[]}}';
    simulator.fault({ kind: 'http', status: 200, body });

    expect(await describe_()).toMatchObject({
      status: 'running',
      taskType: null,
      instanceId: null,
      startTime: null,
      message: null,
      requestId: null,
    });
  });
});
