import { signTc3 } from '../../src/tencent/sign.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../support/simulator.js';
import { call, callError, callJson, type CallChanges } from './signed-call.js';

const NOW_S = 1_551_113_065;
const temporary = { secretId: 'AKIDtemporary', secretKey: 'temporary', token: 'the token' };
const body = (parameters: unknown) => ({ body: JSON.stringify(parameters) });

describe('the checks of the API', () => {
  let simulator: RedisApiSimulator;

  beforeAll(async () => {
    simulator = await RedisApiSimulator.start({
      credentials: [SIMULATOR_CREDENTIAL, temporary],
      regions: ['ap-guangzhou', 'ap-shanghai'],
      now: () => NOW_S * 1000,
      requestsPerSecond: false,
    });
    simulator.addTask(18215, { region: 'ap-guangzhou', timeline: [{ status: 'succeed' }] });
  });
  afterAll(() => simulator.close());

  const error = (changes: CallChanges) => callError(simulator.url, { timestampS: NOW_S, ...changes });

  test.each<[string, CallChanges]>([
    ['a POST', {}],
    ['a GET', { method: 'GET', path: '/?TaskId=18215' }],
    ['a body with white space', { body: '{"TaskId": 18215}' }],
    ['a signed action', { signedHeaders: { 'x-tc-action': 'DescribeTaskInfo' } }],
    ['another content type', { signedHeaders: { 'content-type': 'application/json; charset=utf-8' } }],
    ['a temporary key with its token', { credential: temporary }],
    [
      'an unsigned payload',
      {
        body: 'UNSIGNED-PAYLOAD',
        sentBody: '{"TaskId":18215}',
        headers: { 'x-tc-content-sha256': 'UNSIGNED-PAYLOAD' },
      },
    ],
    ['a clock 300 s behind', { timestampS: NOW_S - 300 }],
    ['a clock 300 s ahead', { timestampS: NOW_S + 300 }],
  ])('let %s pass', async (_name, changes) => {
    await expect(error(changes)).resolves.toBeUndefined();
  });

  test.each<[string, CallChanges, string, string]>([
    ['another method', { method: 'PUT' }, 'UnsupportedProtocol', 'only GET and POST'],
    ['a GET beyond 32 KB', { method: 'GET', path: `/?TaskId=${'1'.repeat(33_000)}` }, 'RequestSizeLimitExceeded', ''],
    [
      'no action',
      { headers: { 'x-tc-action': undefined } },
      'MissingParameter',
      'The request is missing a required parameter `Action`.',
    ],
    [
      'no version',
      { headers: { 'x-tc-version': undefined } },
      'MissingParameter',
      'The request is missing a required parameter `Version`.',
    ],
    [
      'no timestamp',
      { headers: { 'x-tc-timestamp': undefined } },
      'MissingParameter',
      'The request is missing a required parameter `Timestamp`.',
    ],
    [
      'no authorization',
      { headers: { authorization: undefined } },
      'MissingParameter',
      'The request is missing a required parameter `SecretId`.',
    ],
    [
      'an unknown action',
      { action: 'DescribeNothing' },
      'InvalidAction',
      'The request `Action` is invalid or not found.',
    ],
    [
      'another version',
      { headers: { 'x-tc-version': '2018-04-13' } },
      'NoSuchVersion',
      'The specified api version=`2018-04-13` does not exist in service=`redis`.',
    ],
    ['a timestamp in words', { headers: { 'x-tc-timestamp': 'now' } }, 'InvalidParameter', '`Timestamp`'],
    ['a malformed authorization', { headers: { authorization: 'SKIP' } }, 'AuthFailure.InvalidAuthorization', ''],
    [
      'an authorization without signed host',
      {
        headers: {
          authorization: `TC3-HMAC-SHA256 Credential=${SIMULATOR_CREDENTIAL.secretId}/2019-02-25/redis/tc3_request, SignedHeaders=content-type, Signature=00`,
        },
      },
      'AuthFailure.InvalidAuthorization',
      '',
    ],
    [
      'an unknown key',
      { credential: { secretId: 'AKIDunknown', secretKey: 'x' } },
      'AuthFailure.SecretIdNotFound',
      'The SecretId is not found, please ensure that your SecretId is correct.',
    ],
    [
      'a clock 301 s behind',
      { timestampS: NOW_S - 301 },
      'AuthFailure.SignatureExpire',
      'The signature is expired, please request again.',
    ],
    ['a clock 301 s ahead', { timestampS: NOW_S + 301 }, 'AuthFailure.SignatureExpire', ''],
    [
      'a wrong key',
      { credential: { ...SIMULATOR_CREDENTIAL, secretKey: 'x' } },
      'AuthFailure.SignatureFailure',
      'The provided credentials could not be validated. Please check your signature is correct.',
    ],
    ['a body changed after signing', { sentBody: '{"TaskId": 18215}' }, 'AuthFailure.SignatureFailure', ''],
    [
      'a content type changed after signing',
      { headers: { 'content-type': 'application/json; charset=utf-8' } },
      'AuthFailure.SignatureFailure',
      '',
    ],
    [
      'a host other than the signed one',
      { headers: { host: 'redis.tencentcloudapi.com' } },
      'AuthFailure.SignatureFailure',
      '',
    ],
    [
      'a timestamp other than the signed one',
      { headers: { 'x-tc-timestamp': String(NOW_S + 1) } },
      'AuthFailure.SignatureFailure',
      '',
    ],
    [
      'a signed header that is not sent',
      { signedHeaders: { 'x-tc-trace': 'a' }, headers: { 'x-tc-trace': undefined } },
      'AuthFailure.SignatureFailure',
      '',
    ],
    ['another service', { service: '127' }, 'AuthFailure.SignatureFailure', ''],
    [
      'a temporary key without token',
      { credential: temporary, headers: { 'x-tc-token': undefined } },
      'AuthFailure.TokenFailure',
      'Token verification failed. Please check your Token is correct.',
    ],
    ['a wrong token', { credential: { ...temporary, token: 'x' } }, 'AuthFailure.TokenFailure', ''],
    [
      'no region',
      { headers: { 'x-tc-region': undefined } },
      'MissingParameter',
      'The request is missing a required parameter `Region`.',
    ],
    [
      'an empty region',
      { headers: { 'x-tc-region': '' } },
      'InvalidParameterValue',
      'A value specified in `X-TC-Region` is not valid, is unsupported, or cannot be used.',
    ],
    ['a malformed region', { headers: { 'x-tc-region': 'Guangzhou' } }, 'InvalidParameterValue', ''],
    [
      'a region that is not served',
      { headers: { 'x-tc-region': 'eu-moscow' } },
      'UnsupportedRegion',
      'The action not support this region.',
    ],
    [
      'an extra parameter',
      body({ TaskId: 18215, Foo: 1 }),
      'UnknownParameter',
      'The parameter `Foo` is not recognized.',
    ],
    ['no task id', body({}), 'MissingParameter', 'The request is missing a required parameter `TaskId`.'],
    ['no body', { body: '' }, 'MissingParameter', '`TaskId`'],
    [
      'a negative task id',
      body({ TaskId: -1 }),
      'InvalidParameter',
      'The value type of parameter `TaskId` is not valid.',
    ],
    ['a task id as text', body({ TaskId: '18215' }), 'InvalidParameter', '`TaskId`'],
    ['a task id with a fraction', { body: '{"TaskId":18215.0}' }, 'InvalidParameter', '`TaskId`'],
    ['a task id beyond 64 bits', { body: '{"TaskId":18446744073709551616}' }, 'InvalidParameter', '`TaskId`'],
    ['a body that is not JSON', { body: '{"TaskId":' }, 'InvalidParameter', 'JSON'],
    ['a body that is not an object', { body: '[18215]' }, 'InvalidParameter', 'JSON'],
    ['an unknown task', body({ TaskId: 1 }), 'InvalidParameter.InvalidParameter', ''],
    ['the largest task id', { body: '{"TaskId":18446744073709551615}' }, 'InvalidParameter.InvalidParameter', ''],
    ["another region's task", { headers: { 'x-tc-region': 'ap-shanghai' } }, 'InvalidParameter.InvalidParameter', ''],
  ])('refuse %s', async (_name, changes, code, text) => {
    await expect(error(changes)).resolves.toEqual([code, expect.stringContaining(text) as unknown]);
  });

  test("refuse a credential dated by a calendar other than the timestamp's in UTC", async () => {
    const { authorization } = signTc3(
      {
        method: 'POST',
        service: 'redis',
        headers: { 'content-type': 'application/json', host: new URL(simulator.url).host },
        payload: '{}',
      },
      SIMULATOR_CREDENTIAL,
      NOW_S,
    );
    const changes = { body: '{}', headers: { authorization: authorization.replace('2019-02-25', '2019-02-26') } };

    expect((await error(changes))?.[0]).toBe('AuthFailure.SignatureFailure');
    expect((await error({ body: '{}', headers: { authorization } }))?.[0]).toBe('MissingParameter');
  });

  test('refuse a body beyond 10 MB', async () => {
    const large = `{"TaskId":18215}${' '.repeat(10 * 1024 * 1024)}`;

    expect((await error({ body: large }))?.[0]).toBe('RequestSizeLimitExceeded');
  });

  test('answer a refusal with HTTP 200, JSON and a fresh request id', async () => {
    const wrong = { timestampS: NOW_S, headers: { authorization: 'x' } };
    const { httpStatus, headers } = await call(simulator.url, wrong);
    const [first, second] = [await callJson(simulator.url, wrong), await callJson(simulator.url, wrong)];

    expect([httpStatus, headers['content-type']]).toEqual([200, 'application/json']);
    expect(first['RequestId']).toMatch(/^[0-9a-f-]{36}$/);
    expect(first['RequestId']).not.toBe(second['RequestId']);
  });

  test('complain in Chinese when asked to', async () => {
    const changes = { sentBody: '{}', headers: { 'x-tc-language': 'zh-CN' } };

    expect((await error(changes))?.[1]).toBe('请求签名验证失败，请检查您的签名计算是否正确。');
  });

  test('find no page elsewhere', async () => {
    const { httpStatus, headers } = await call(simulator.url, { path: '/v3' });

    expect([httpStatus, headers['content-type']]).toEqual([404, 'text/html']);
  });
});

describe('a clock and keys that change', () => {
  test('let the server be minutes ahead, and its Date header with it', async () => {
    const simulator = await RedisApiSimulator.start({ now: () => NOW_S * 1000, clockOffsetMs: 600_000 });
    const { headers, text } = await call(simulator.url, { timestampS: NOW_S });
    simulator.clockOffsetMs = 0;
    const [code] = (await callError(simulator.url, { timestampS: NOW_S })) ?? [];
    await simulator.close();

    expect(headers['date']).toBe(new Date((NOW_S + 600) * 1000).toUTCString());
    expect(text).toContain('AuthFailure.SignatureExpire');
    expect(code).toBe('InvalidParameter.InvalidParameter');
  });

  test('refuse a revoked key and accept the one that took its place', async () => {
    const simulator = await RedisApiSimulator.start({ unknownTaskCode: 'FailedOperation.FlowNotExists' });
    simulator.setCredentials([temporary]);
    const revoked = await callError(simulator.url);
    const rotated = await callError(simulator.url, { credential: temporary });
    await simulator.close();

    expect([revoked?.[0], rotated?.[0]]).toEqual(['AuthFailure.SecretIdNotFound', 'FailedOperation.FlowNotExists']);
  });
});
