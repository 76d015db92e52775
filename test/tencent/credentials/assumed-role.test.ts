import type { CredentialProvider, TencentCredential } from '../../../src/tencent/credentials/provider.js';
import type { RoleSettings } from '../../../src/tencent/credentials/settings.js';
import { assumedRole, stsRegion } from '../../../src/tencent/credentials/sts.js';
import { errorOf } from '../call.js';
import { HOUR } from './clock.js';
import { type FakeSts, fakeSts, stsError } from './fake-sts.js';

const ROLE: RoleSettings = {
  variable: 'TENCENTCLOUD_ROLE_ARN',
  arn: 'qcs::cam::uin/1:roleName/waiter',
  ...{ sessionName: undefined, externalId: undefined, durationSeconds: undefined },
};
const FIRST = { secretId: 'AKIDfirst', secretKey: 'firstSecretKey' };
const SECOND = { secretId: 'AKIDsecond', secretKey: 'secondSecretKey', token: 'secondToken' };

/** A base whose credentials a test replaces; it answers from its cache until it is told to look again. */
class RotatingBase implements CredentialProvider {
  readonly asked: boolean[] = [];
  private cached: TencentCredential | undefined;

  constructor(public current: TencentCredential) {}

  getCredential({ refresh = false } = {}): Promise<TencentCredential> {
    this.asked.push(refresh);
    this.cached = refresh ? this.current : (this.cached ?? this.current);
    return Promise.resolve(this.cached);
  }
}

let skewMs = 0;
let sts: FakeSts;
let base: RotatingBase;
beforeEach(async () => {
  skewMs = 0;
  sts = await fakeSts(() => Date.now() + skewMs);
  sts.accepted = [FIRST];
  base = new RotatingBase(FIRST);
});
afterEach(() => sts.close());

const role = (settings: Partial<RoleSettings> = {}) =>
  assumedRole(base, { ...ROLE, ...settings }, { endpoint: sts.url, now: Date.now });

describe('the role in TENCENTCLOUD_ROLE_ARN', () => {
  test('is taken on in a call that the base credentials sign', async () => {
    expect(await role().find()).toMatchObject({ secretId: 'AKIDsts1', secretKey: 'stsSecretKey1', token: 'stsToken1' });

    expect(sts.requests[0]?.header('authorization')).toMatch(
      /^TC3-HMAC-SHA256 Credential=AKIDfirst\/[\d-]+\/sts\/tc3_request/,
    );
    expect(sts.params).toEqual([
      { RoleArn: 'qcs::cam::uin/1:roleName/waiter', RoleSessionName: 'temporal-tencent-redis' },
    ]);
  });

  test('is taken on with the token of a temporary base key', async () => {
    base = new RotatingBase(SECOND);
    sts.accepted = [SECOND];

    expect(await role().find()).toMatchObject({ secretId: 'AKIDsts1' });
    expect(sts.requests[0]?.header('x-tc-token')).toBe('secondToken');
  });

  test('has the session name, the external id and the duration that are set', async () => {
    await role({ sessionName: 'blue-team', externalId: 'ticket/42', durationSeconds: 3_600 }).find();

    expect(sts.params).toEqual([
      { RoleArn: ROLE.arn, RoleSessionName: 'blue-team', ExternalId: 'ticket/42', DurationSeconds: 3_600 },
    ]);
  });

  test('asks the base for every load', async () => {
    const source = role();
    await source.find();
    await source.find({ refresh: true });

    expect(base.asked).toEqual([false, true]);
  });

  test('is taken on with freshly loaded base credentials when the old ones are refused', async () => {
    const source = role();
    await source.find();
    base.current = SECOND;
    sts.accepted = [SECOND];

    expect(await source.find()).toMatchObject({ secretId: 'AKIDsts2' });
    expect(base.asked).toEqual([false, false, true]);
  });

  test('is refused after one more call with freshly loaded base credentials', async () => {
    sts.accepted = [];

    await expect(role().find()).rejects.toMatchObject({ code: 'AuthFailure.SecretIdNotFound' });
    expect(sts.requests).toHaveLength(2);
    await expect(role().find({ refresh: true })).rejects.toMatchObject({ code: 'AuthFailure.SecretIdNotFound' });
    expect(sts.requests).toHaveLength(3);
  });

  test.each([
    ['behind', HOUR],
    ['ahead', -HOUR],
  ])('is taken on, and expires, by the time of STS when our clock is %s', async (_where, skew) => {
    skewMs = skew;
    const source = role();
    const found = await source.find();

    expect(found?.secretId).toBe('AKIDsts1');
    const lifeMs = (found?.expiresAtMs ?? 0) - Date.now();
    expect(Math.abs(lifeMs - sts.lifeMs)).toBeLessThan(HOUR / 2);
    await source.find();
    expect(sts.requests).toHaveLength(3);
  });

  test('says what STS said, without a secret', async () => {
    sts.instead = stsError('InternalError.GetRoleError', 'no role for firstSecretKey of AKIDfirst by ticket/42');

    const error = await errorOf(role({ externalId: 'ticket/42' }).find());
    expect(error.message).toBe(
      'AssumeRole (TENCENTCLOUD_ROLE_ARN) failed: InternalError.GetRoleError: no role for *** of *** by *** (RequestId sts-request-1)',
    );
    expect(sts.requests).toHaveLength(1);
  });

  test('shows nothing of an answer that holds a key', async () => {
    sts.instead = { status: 504, body: '{"Response":{"Credentials":{"TmpSecretKey":"verySecret"}}}' };

    const error = await errorOf(role().find());
    expect(error).toMatchObject({ code: 'HttpStatus.504', errorClass: 'transient' });
    expect(error.message).not.toContain('verySecret');
  });

  test('names the variable that it was read from', async () => {
    sts.instead = stsError('InternalError.GetRoleError', 'no role');

    await expect(role({ variable: 'TENCENTCLOUD_ASSUME_ROLE_ARN' }).find()).rejects.toThrow(
      'AssumeRole (TENCENTCLOUD_ASSUME_ROLE_ARN) failed',
    );
  });
});

describe('the region that STS is asked in', () => {
  test.each([
    ['https://sts.tencentcloudapi.com', 'ap-guangzhou'],
    ['https://sts.intl.tencentcloudapi.com', 'ap-guangzhou'],
    ['https://sts.internal.tencentcloudapi.com', 'ap-guangzhou'],
    ['https://sts.ap-shanghai-fsi.tencentcloudapi.com', 'ap-shanghai-fsi'],
    ['https://sts.ap-singapore.tencentcloudapi.com', 'ap-singapore'],
    ['http://127.0.0.1:1', 'ap-guangzhou'],
  ])('at %s is %s', (endpoint, region) => {
    expect(stsRegion(new URL(endpoint))).toBe(region);
  });
});
