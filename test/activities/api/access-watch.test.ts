import { jest } from '@jest/globals';
import { AccessWatch } from '../../../src/activities/api/access-watch.js';
import { TencentApiError, type TencentErrorClass } from '../../../src/tencent/errors.js';

const refusal = new TencentApiError('AuthFailure.SecretIdNotFound', 'The SecretId is not found', 'unauthorized');
const failWith =
  (errorClass: TencentErrorClass, code = 'SomeCode') =>
  () =>
    Promise.reject(new TencentApiError(code, 'refused', errorClass));
const succeed = () => Promise.resolve('running');

describe('the access to the API', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  function watchAccess(probeForMs?: number) {
    const told: (string | undefined)[] = [];
    const access = new AccessWatch((error) => told.push(error?.code), probeForMs);
    const make = (call: () => Promise<unknown>, again: () => Promise<unknown> = succeed) =>
      access.watch(call, again).catch(() => undefined);
    return { told, make, access };
  }

  test('is not asked for any more when nobody makes calls, and again with the next refused call', async () => {
    const { told, make, access } = watchAccess();
    const again = jest.fn(() => Promise.reject(refusal));
    await make(() => Promise.reject(refusal), again);
    access.stopProbing();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(again).toHaveBeenCalledTimes(0);

    await make(() => Promise.reject(refusal), again);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(again).toHaveBeenCalledTimes(1);
    expect(told).toEqual([refusal.code]);
  });

  test('is not asked for any more when there were no calls for as long as somebody may want to know', async () => {
    const { make } = watchAccess(60_000);
    const again = jest.fn(() => Promise.reject(refusal));
    await make(() => Promise.reject(refusal), again);
    await jest.advanceTimersByTimeAsync(60_000);
    const probes = again.mock.calls.length;
    await jest.advanceTimersByTimeAsync(600_000);
    expect(again.mock.calls.length).toBe(probes);
    expect(probes).toBeGreaterThan(5);

    await make(() => Promise.reject(refusal), again);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(again.mock.calls.length).toBeGreaterThan(probes);
  });

  test('is lost with the first refused call, which is told once', async () => {
    const { told, make } = watchAccess();
    await make(() => Promise.reject(refusal));
    await make(() => Promise.reject(refusal));

    expect(told).toEqual(['AuthFailure.SecretIdNotFound']);
  });

  test('is told of again when it is refused for another reason', async () => {
    const { told, make } = watchAccess();
    await make(failWith('transient', 'CredentialsUnavailable'));
    await make(failWith('transient', 'CredentialsUnavailable'));
    await make(() => Promise.reject(refusal));

    expect(told).toEqual(['CredentialsUnavailable', 'AuthFailure.SecretIdNotFound']);
  });

  test.each([
    ['refused credentials', 'unauthorized', 'AuthFailure.TokenFailure'],
    ['a refused clock', 'clock', 'AuthFailure.SignatureExpire'],
    ['credentials that cannot be loaded', 'transient', 'CredentialsUnavailable'],
  ] as const)('is lost by %s', async (_, errorClass, code) => {
    const { told, make } = watchAccess();
    await make(failWith(errorClass, code));

    expect(told).toEqual([code]);
  });

  test.each([
    'UnauthorizedOperation.NoCAMAuthed',
    'AuthFailure.UnauthorizedOperation',
    'InvalidParameter.PermissionDenied',
    'InternalError.InstanceOperatePermissionError',
  ])('is lost only by the third %s in a row, which may concern some instances alone', async (code) => {
    const { told, make } = watchAccess();
    for (let times = 0; times < 2; times++) await make(failWith('unauthorized', code));
    await make(succeed);
    for (let times = 0; times < 2; times++) await make(failWith('unauthorized', code));
    expect(told).toEqual([]);
    await make(failWith('unauthorized', code));

    expect(told).toEqual([code]);
  });

  test.each(['transient', 'throttled', 'unknownTask', 'rejected'] as const)(
    'is not lost by an answer that is %s',
    async (errorClass) => {
      const { told, make } = watchAccess();
      await make(failWith(errorClass));

      expect(told).toEqual([]);
    },
  );

  test.each(['throttled', 'unknownTask', 'rejected'] as const)(
    'is there again after an answer that is %s: who asked was known',
    async (errorClass) => {
      const { told, make } = watchAccess();
      await make(failWith('unauthorized', 'AuthFailure'));
      await make(failWith(errorClass));

      expect(told).toEqual(['AuthFailure', undefined]);
    },
  );

  test('is not there again after an answer that tells nothing', async () => {
    const { told, make } = watchAccess();
    await make(failWith('unauthorized', 'AuthFailure'));
    await make(failWith('transient', 'Timeout'));

    expect(told).toEqual(['AuthFailure']);
  });

  test('is looked for by the refused call, more and more seldom, until it is there', async () => {
    const { told, make } = watchAccess();
    const probes: number[] = [];
    let isRepaired = false;
    await make(
      () => Promise.reject(refusal),
      () => {
        probes.push(Date.now());
        return isRepaired ? succeed() : Promise.reject(refusal);
      },
    );
    const lostAt = Date.now();
    await jest.advanceTimersByTimeAsync(26_000);
    isRepaired = true;
    await jest.advanceTimersByTimeAsync(60_000);

    expect(probes.map((at) => (at - lostAt) / 1_000)).toEqual([1, 3, 7, 15, 25, 35]);
    expect(told).toEqual(['AuthFailure.SecretIdNotFound', undefined]);
  });

  test('has one probe at a time, however often it is lost and found', async () => {
    const { make } = watchAccess();
    let probes = 0;
    const again = () => {
      probes += 1;
      return Promise.reject(refusal);
    };
    for (let times = 0; times < 5; times++) {
      await make(() => Promise.reject(refusal), again);
      await jest.advanceTimersByTimeAsync(500);
      await make(succeed);
    }
    await make(() => Promise.reject(refusal), again);
    await jest.advanceTimersByTimeAsync(1_000);

    expect(probes).toBe(1);
  });
});
