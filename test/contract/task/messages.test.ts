import fc from 'fast-check';
import { InvalidInputFailure } from '../../../src/contract/invalid-input.js';
import type { PollError } from '../../../src/contract/poll-error.js';
import type { RedisTaskFailureDetails } from '../../../src/contract/task/failures.js';
import { ADVICE, failureMessage, type PollFailureType } from '../../../src/contract/task/messages.js';
import { anyCharacter } from '../../support/characters.js';

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

const resumeInput = { taskId: 18215, region: 'ap-guangzhou', maxWait: 7_200_000 };
const pasted = JSON.stringify(resumeInput);

const messageOf = (type: PollFailureType, seen = details, refusals = 1) =>
  failureMessage(type, seen, { startedAt: 0, deadline: 7_200_000, refusals }, resumeInput);

describe('the message of a failure', () => {
  test.each<[PollFailureType, string[]]>([
    ['RedisTaskFailed', ofTask],
    ['RedisTaskErrored', ofTask],
    ['RedisTaskTimedOut', [...ofTask, ...ofError, 'maxWait of 2 h', `start the wait again with this input: ${pasted}`]],
    ['RedisTaskUnauthorized', [...ofError, ...ofTask, 'redis:DescribeTaskInfo', `with this input: ${pasted}`]],
    ['RedisTaskRejected', [...ofError, ...ofTask]],
  ])('of type %s holds all the facts and says what to do', (type, expected) => {
    const message = messageOf(type);

    for (const fact of [...facts, ...expected, ADVICE[type](pasted)]) expect(message).toContain(fact);
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
    const message = messageOf('RedisTaskTimedOut', unseen);

    expect(message).toContain('Redis task 18215 in ap-guangzhou had not ended');
    expect(message).toContain('it was never seen');
    expect(message).toContain(', no poll saw the task.');
    expect(message).not.toMatch(/null|undefined/);
  });

  test('counts one poll as one', () => {
    expect(messageOf('RedisTaskFailed', { ...details, polls: 1 })).toContain('1 poll.');
  });

  const anyText = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 5_000 }),
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
        const types = Object.keys(ADVICE) as PollFailureType[];
        const all = types.map((type) => messageOf(type, { ...seen, lastError: error }, 3));
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
  const sentences = 'Invalid input: %. Nothing was asked of the API.';

  test('names field, value and rule', () => {
    const invalid = { field: 'maxWait', value: '"$& soon"', rule: 'must be a duration' };

    expect(new InvalidInputFailure(invalid, sentences).message).toBe(
      'Invalid input: maxWait is "$& soon", but it must be a duration. Nothing was asked of the API.',
    );
  });

  test('has no value where none may be shown', () => {
    const { message } = new InvalidInputFailure(
      { field: 'secretKey', rule: 'is not a field of this input' },
      sentences,
    );

    expect(message).toContain('secretKey is not a field');
  });

  test('is one line also for a field with a line break in its name', () => {
    const invalid = { field: 'max\nWait', value: '{a\nb}', rule: 'is not a field' };

    expect(new InvalidInputFailure(invalid, sentences).message).not.toContain('\n');
  });
});
