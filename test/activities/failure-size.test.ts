import { DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createRedisActivities } from '../../src/activities/index.js';
import { pollFailure } from '../../src/activities/poll-failure.js';
import { readInput } from '../../src/contract/input.js';
import { beginWait } from '../../src/contract/wait-state.js';
import { pollAnswered } from '../../src/contract/wait.js';
import { TencentApiError } from '../../src/tencent/errors.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { seen } from '../contract/played-wait.js';

/** Above 4 kB the server keeps nothing of the failure of a call that it retries. The rest is for a codec. */
const MAX_BYTES = 4_096 - 256;

const input = { taskId: 18215, region: 'ap-guangzhou', polling: { pacing: 'compact' } } as const;

/** The bytes of a failure as a worker sends it. */
function bytesOf(error: unknown): number {
  const failure = new DefaultFailureConverter().errorToFailure(error, defaultPayloadConverter);
  return temporal.api.failure.v1.Failure.encode(failure).finish().length;
}

const LONG: [string, string][] = [
  ['Chinese', '资源正在被其他任务占用，请稍后重试。'.repeat(1_000)],
  ['emoji', '😀'.repeat(10_000)],
  ['quotation marks', '"\\'.repeat(10_000)],
  ['control characters', '\u0001'.repeat(10_000)],
  ['lone surrogates', '\ud83d'.repeat(10_000)],
  ['Latin', 'The resource is in use. '.repeat(1_000)],
];

describe('what a failed poll carries', () => {
  test.each(LONG)('stays below what the server shows whole, with a message in %s', (_, text) => {
    const error = new TencentApiError(text, text, 'transient', text);

    expect(bytesOf(pollFailure(error, 1, 1))).toBeLessThan(MAX_BYTES);
  });

  test('stays below it with what the worker says of its clock, which is not cut off', () => {
    const text = '签名已过期。'.repeat(1_000);
    const failure = pollFailure(new TencentApiError(text, text, 'clock', text, -3_600_000), 1, 1);

    expect(bytesOf(failure)).toBeLessThan(MAX_BYTES);
    expect(failure.message).toContain("The worker's clock is refused");
  });

  test('is all of a message of the usual length', () => {
    const text = '资源正在被其他任务占用，请稍后重试。'.repeat(20);
    const failure = pollFailure(new TencentApiError('InternalError', text, 'transient', 'r-1'), 1, 1);

    expect(failure.message).toBe(`InternalError: ${text} (RequestId r-1)`);
    expect(failure.details).toMatchObject([{ code: 'InternalError', message: text, requestId: 'r-1' }]);
  });

  test.each(LONG)('stays below it between two attempts of a watch, with a message in %s', async (_, text) => {
    const simulator = await RedisApiSimulator.start({ requestsPerSecond: false });
    simulator.fault({ kind: 'error', code: 'InternalError', message: text.slice(0, 20_000) });
    const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };
    const activities = createRedisActivities({ endpoint: simulator.url, credentials });
    const known = pollAnswered(beginWait(readInput(input), Date.now()), seen('running'), Date.now());
    const error: unknown = await new MockActivityEnvironment({ startToCloseTimeoutMs: 15_000 })
      .run(() => activities.watchTaskInfo(input, known))
      .catch((each: unknown) => each);
    await simulator.close();

    expect(error).toMatchObject({ type: 'RedisTaskUnchanged' });
    expect(bytesOf(error)).toBeLessThan(MAX_BYTES);
  });
});
