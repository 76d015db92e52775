import { DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import { pollFailure } from '../../../src/activities/api/poll-failure.js';
import { TencentApiError } from '../../../src/tencent/errors.js';

/** What the server keeps of the failure of a call that it retries; seen on Server 1.32. */
const SHOWN_BYTES = 4_000;

function bytesOf(failure: unknown): number {
  const converted = new DefaultFailureConverter().errorToFailure(failure, defaultPayloadConverter);
  return proto.temporal.api.failure.v1.Failure.encode(converted).finish().length;
}

test.each([
  ['in English', 'x'],
  ['in Chinese', '中'],
  ['of quotes', '"'],
  ['of control characters', '\u0001'],
  ['of emoji', '😀'],
])('a failure with texts %s, however long, is one that the server shows', (_what, character) => {
  const text = character.repeat(5_000);
  const failure = pollFailure(new TencentApiError(text, text, 'transient', text), 1, 0);

  expect(bytesOf(failure)).toBeLessThan(SHOWN_BYTES);
});

test('so is one with what the worker says of its clock, which is not cut off', () => {
  const text = '签名已过期。'.repeat(1_000);
  const failure = pollFailure(new TencentApiError(text, text, 'clock', text, -3_600_000), 1, 0);

  expect(bytesOf(failure)).toBeLessThan(SHOWN_BYTES);
  expect(failure.message).toContain("The worker's clock is refused");
});

test('a message of usual length is kept whole', () => {
  const message = '任务不存在 '.repeat(40).trim();
  const { details } = pollFailure(new TencentApiError('InternalError', message, 'transient'), 1, 0);

  expect(details).toMatchObject([{ message }]);
});
