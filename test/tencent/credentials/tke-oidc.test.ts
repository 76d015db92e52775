import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tkeOidcRole } from '../../../src/tencent/credentials/sts.js';
import { errorOf } from '../call.js';
import { envelope, type FakeSts, fakeSts, stsError } from './fake-sts.js';
import { closedPort, type FakeAnswer } from './loopback.js';

let sts: FakeSts;
let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  sts = await fakeSts(Date.now);
  folder = await mkdtemp(path.join(tmpdir(), 'tke-oidc-'));
  env = {
    TKE_REGION: 'ap-shanghai',
    TKE_PROVIDER_ID: 'tke-provider',
    TKE_WEB_IDENTITY_TOKEN_FILE: path.join(folder, 'token'),
    TKE_ROLE_ARN: 'qcs::cam::uin/1:roleName/waiter',
  };
  await writeFile(path.join(folder, 'token'), 'eyJ.first.token\n');
});
afterEach(async () => {
  sts.close();
  await rm(folder, { recursive: true });
});

const find = () => tkeOidcRole(env, { endpoint: sts.url, now: Date.now }).find();

describe('the role of the pod (TKE OIDC)', () => {
  test('exchanges the token of the file in an unsigned call', async () => {
    expect(await find()).toMatchObject({ secretId: 'AKIDsts1', secretKey: 'stsSecretKey1', token: 'stsToken1' });

    expect(sts.requests[0]?.header('authorization')).toBe('SKIP');
    expect(sts.requests[0]?.header('x-tc-region')).toBe('ap-shanghai');
    expect(sts.params).toEqual([
      {
        ProviderId: 'tke-provider',
        WebIdentityToken: 'eyJ.first.token',
        RoleArn: 'qcs::cam::uin/1:roleName/waiter',
        RoleSessionName: 'temporal-tencent-redis',
      },
    ]);
  });

  test('reads the file for every load, since Kubernetes rewrites it', async () => {
    const source = tkeOidcRole(env, { endpoint: sts.url, now: Date.now });
    await source.find();
    sts.webIdentityToken = 'eyJ.second.token';
    await writeFile(path.join(folder, 'token'), 'eyJ.second.token');

    expect(await source.find()).toMatchObject({ secretId: 'AKIDsts2' });
  });

  test('is not there when none of its variables is set', async () => {
    env = { TKE_REGION: '' };
    expect(await find()).toBeUndefined();
    expect(sts.requests).toEqual([]);
  });

  test.each(['TKE_REGION', 'TKE_PROVIDER_ID', 'TKE_WEB_IDENTITY_TOKEN_FILE', 'TKE_ROLE_ARN'])(
    'names %s when it alone is missing',
    async (missing) => {
      env = { ...env, [missing]: '' };

      await expect(find()).rejects.toThrow(`${missing} is missing, while TKE_`);
      expect(sts.requests).toEqual([]);
    },
  );

  test('refuses an invalid TKE_REGION before it sends the token', async () => {
    env = { ...env, TKE_REGION: 'ap-shanghai\r\nx: y' };

    await expect(find()).rejects.toThrow('TKE_REGION must be a region');
    expect(sts.requests).toEqual([]);
  });

  test('names the file that is not there', async () => {
    env['TKE_WEB_IDENTITY_TOKEN_FILE'] = path.join(folder, 'other');

    await expect(find()).rejects.toThrow(/TKE_WEB_IDENTITY_TOKEN_FILE: the file .*other cannot be read \(ENOENT\)/);
  });

  test('does not send an empty token', async () => {
    await writeFile(path.join(folder, 'token'), '\n');

    await expect(find()).rejects.toThrow(/TKE_WEB_IDENTITY_TOKEN_FILE: the file .* is empty/);
    expect(sts.requests).toEqual([]);
  });

  test('says what STS said, with its RequestId, and without the token', async () => {
    sts.instead = stsError('InvalidParameter.WebIdentityTokenError', 'cannot verify eyJ.first.token');

    const error = await errorOf(find());
    expect(error.message).toBe(
      'AssumeRoleWithWebIdentity (TKE_ROLE_ARN) failed: InvalidParameter.WebIdentityTokenError: cannot verify ***' +
        ' (RequestId sts-request-1)',
    );
  });

  test.each<[string, FakeAnswer, string]>([
    ['a page of a gateway', { status: 502, body: '<html>eyJ.first.token</html>' }, 'HttpStatus.502'],
    [
      'half an answer with a key',
      { body: '{"Response":{"Credentials":{"TmpSecretKey":"verySecret"' },
      'InvalidResponse',
    ],
    [
      'a key without its id',
      envelope({ Credentials: { TmpSecretKey: 'verySecret' }, ExpiredTime: 1 }),
      'InvalidResponse',
    ],
    ['a key without an end', envelope({ Credentials: { TmpSecretKey: 'verySecret' } }), 'InvalidResponse'],
    ['no key', envelope({}), 'InvalidResponse'],
    ['a broken connection', 'reset', 'NetworkError.ECONNRESET'],
    ['an error of its own', stsError('InternalError.SystemError'), 'InternalError.SystemError'],
    ['nothing in time', 'hang', 'Timeout'],
  ])('fails, for now, when STS answers with %s', async (_what, answer, code) => {
    sts.instead = answer;

    const error = await errorOf(find());
    expect(error).toMatchObject({ code, errorClass: 'transient' });
    expect(error.message).toContain('AssumeRoleWithWebIdentity (TKE_ROLE_ARN) failed');
    expect(error.message).not.toMatch(/verySecret|eyJ/);
  });

  test('fails, for now, when STS cannot be reached', async () => {
    const source = tkeOidcRole(env, { endpoint: await closedPort(), now: Date.now });

    await expect(source.find()).rejects.toMatchObject({ code: 'NetworkError.ECONNREFUSED', errorClass: 'transient' });
  });
});
