import fc from 'fast-check';
import type { RedisTaskFailureDetails } from '../../src/contract/failures.js';
import {
  erroredMessage,
  failedMessage,
  invalidExtensionMessage,
  invalidInputMessage,
  rejectedMessage,
  timedOutMessage,
  unauthorizedMessage,
} from '../../src/contract/messages.js';
import type { PollError } from '../../src/contract/poll-error.js';

const lastError: PollError = {
  code: 'InternalError.NetWorkErr',
  message: 'An internal error has occurred.',
  requestId: 'request-of-the-error',
  at: '2026-11-22T10:00:00.000Z',
};
const details: RedisTaskFailureDetails = {
  taskId: 18215,
  region: 'ap-guangzhou',
  status: 'failed',
  message: 'The backup file is damaged.',
  taskType: 'redis缓存清空流程',
  instanceId: 'crs-09u2u96z',
  startTime: '2018-11-01 17:25:14',
  requestId: 'request-of-the-task',
  polls: 7,
  waitedMs: 41_200,
  lastError,
};

const facts = ['18215', 'ap-guangzhou', 'crs-09u2u96z', 'redis缓存清空流程', 'Waited 41.2 s, 7 polls.'];
const ofTask = ['"failed"', '"The backup file is damaged."', '(RequestId request-of-the-task)'];
const ofError = ['InternalError.NetWorkErr', '"An internal error has occurred."', '(RequestId request-of-the-error)'];

describe('the message of a failure', () => {
  test.each([
    ['failed', failedMessage(details), [...facts, ...ofTask]],
    ['errored', erroredMessage(details), [...facts, ...ofTask]],
    [
      'timed out',
      timedOutMessage(details, 7_200_000),
      [...facts, ...ofTask, ...ofError, 'maxWait of 2 h', 'resumeInput'],
    ],
    ['unauthorized', unauthorizedMessage(details, lastError, 1), [...facts, ...ofError, 'redis:DescribeTaskInfo']],
    ['rejected', rejectedMessage(details, lastError, 1), [...facts, ...ofError]],
  ])('that %s holds all the facts', (_, message, expected) => {
    for (const fact of expected) expect(message).toContain(fact);
  });

  test('says of a task that was never seen that it was not', () => {
    const unseen = {
      ...details,
      status: null,
      message: null,
      taskType: null,
      instanceId: null,
      requestId: null,
      polls: 0,
    };
    const message = timedOutMessage(unseen, 60_000);

    expect(message).toContain('Redis task 18215 in ap-guangzhou had not ended');
    expect(message).toContain('it was never seen');
    expect(message).not.toMatch(/null|undefined/);
  });

  test('counts one poll as one', () => {
    expect(failedMessage({ ...details, polls: 1 })).toContain('1 poll.');
  });

  const anyText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 5_000 }),
    fc.constantFrom('\ud83d', 'a\nb\r\nc', '漏'.repeat(100_000), '😀'.repeat(5_000), ''),
  );
  const anyDetails = fc.record({
    ...Object.fromEntries(Object.entries(details).map(([key, value]) => [key, fc.constant(value)])),
    status: fc.option(anyText),
    message: fc.option(anyText),
    taskType: fc.option(anyText),
    instanceId: fc.option(anyText),
    requestId: fc.option(anyText),
  }) as fc.Arbitrary<RedisTaskFailureDetails>;
  const anyError: fc.Arbitrary<PollError> = fc.record({
    code: anyText,
    message: anyText,
    requestId: fc.option(anyText),
    at: fc.constant(lastError.at),
  });

  test('is one line of at most 3000 well-formed characters, whatever the API said', () => {
    fc.assert(
      fc.property(anyDetails, anyError, (seen, error) => {
        const all = [
          failedMessage(seen),
          erroredMessage(seen),
          timedOutMessage({ ...seen, lastError: error }, 7_200_000),
          unauthorizedMessage(seen, error, 3),
          rejectedMessage(seen, error, 3),
        ];
        for (const message of all) {
          expect(Array.from(message).length).toBeLessThanOrEqual(3_000);
          expect(message).not.toMatch(/[\r\n\u2028\u2029]/);
          expect(message.isWellFormed()).toBe(true);
        }
      }),
    );
  });
});

describe('the message of an invalid input', () => {
  test('names field, value and rule', () => {
    const message = invalidInputMessage({ field: 'maxWait', value: '"soon"', rule: 'must be a duration' });

    expect(message).toContain('maxWait is "soon", but it must be a duration');
  });

  test('has no value where none may be shown', () => {
    expect(invalidInputMessage({ field: 'secretKey', rule: 'is not a field of this input' })).toContain(
      'secretKey is not a field',
    );
  });

  test('says of an extension that the wait goes on', () => {
    expect(invalidExtensionMessage({ field: 'maxWait', value: '1', rule: 'must end after now' })).toMatch(
      /^extendWait refused: maxWait is 1, but it must end after now\..*goes on as before/,
    );
  });

  test('is one line also for a field with a line break in its name', () => {
    const invalid = { field: 'max\nWait', value: '{a\nb}', rule: 'is not a field' };

    expect(invalidInputMessage(invalid)).not.toContain('\n');
    expect(invalidExtensionMessage(invalid)).not.toContain('\n');
  });
});
