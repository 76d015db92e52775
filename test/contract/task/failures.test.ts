import { WorkflowFailedError } from '@temporalio/client';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  DefaultFailureConverter,
  defaultPayloadConverter,
  RetryState,
  TimeoutFailure,
} from '@temporalio/common';
import fc from 'fast-check';
import { InvalidInputFailure } from '../../../src/contract/invalid-input.js';
import { decodeRedisTaskFailure, REDIS_TASK_FAILURE_TYPES } from '../../../src/contract/task/failures.js';
import { readInput } from '../../../src/contract/task/input.js';

const details = { taskId: 18215, region: 'ap-guangzhou', status: 'failed', polls: 7 };

const failureOf = (type: string, ...more: unknown[]) =>
  ApplicationFailure.create({ type, message: 'The task failed.', nonRetryable: true, details: more });

const child = (cause: Error) =>
  new ChildWorkflowFailure(
    'default',
    { workflowId: 'w', runId: 'r' },
    'awaitRedisTask',
    RetryState.NON_RETRYABLE_FAILURE,
    cause,
  );
const activity = (cause: Error) =>
  new ActivityFailure('activity', 'provision', 'a', RetryState.NON_RETRYABLE_FAILURE, 'worker', cause);

describe('decodeRedisTaskFailure', () => {
  test.each(REDIS_TASK_FAILURE_TYPES)('finds a %s in the failure itself', (type) => {
    expect(decodeRedisTaskFailure(failureOf(type, details))).toEqual({ type, message: 'The task failed.', details });
  });

  const failure = failureOf('RedisTaskFailed', details);
  test.each([
    ['a child workflow', child(failure)],
    ['an activity', activity(failure)],
    ['a workflow that a client awaited', new WorkflowFailedError('failed', failure, RetryState.NON_RETRYABLE_FAILURE)],
    [
      'a workflow whose child failed',
      new WorkflowFailedError('failed', child(failure), RetryState.NON_RETRYABLE_FAILURE),
    ],
    ['a child in an activity in a child', child(activity(child(failure)))],
    [
      "another system's failure",
      ApplicationFailure.create({ type: 'ProvisioningFailed', details: [{ step: 3 }], cause: failure }),
    ],
    ['an Error with a cause', new Error('provisioning failed', { cause: failure })],
    ['a plain object with a cause', { cause: failure }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { cause: failure })],
  ])('finds it in %s', (_, error) => {
    expect(decodeRedisTaskFailure(error)).toEqual({ type: 'RedisTaskFailed', message: 'The task failed.', details });
  });

  test('finds it in what is left of a failure after JSON', () => {
    const plain: unknown = JSON.parse(
      JSON.stringify({ cause: { type: 'RedisTaskTimedOut', message: 'late', details: [details] } }),
    );

    expect(decodeRedisTaskFailure(plain)).toEqual({ type: 'RedisTaskTimedOut', message: 'late', details });
  });

  test('takes the outermost when there are several', () => {
    const outer = ApplicationFailure.create({ type: 'RedisTaskErrored', details: [{ taskId: 2 }], cause: failure });

    expect(decodeRedisTaskFailure(outer)?.type).toBe('RedisTaskErrored');
  });

  test('looks further than a failure of ours whose details are missing', () => {
    const bare = ApplicationFailure.create({ type: 'RedisTaskErrored', cause: failure });

    expect(decodeRedisTaskFailure(bare)?.type).toBe('RedisTaskFailed');
  });

  test.each([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'RedisTaskFailed'],
    ['a number', 7],
    ['a function', () => failure],
    ['an error of another kind', new Error('RedisTaskFailed')],
    ['a cancellation', new CancelledFailure('cancelled')],
    ['a cancelled child', child(new CancelledFailure('cancelled'))],
    ['a timeout', activity(new TimeoutFailure('late', undefined, 'START_TO_CLOSE'))],
    ['a failure of another type', failureOf('Redistaskfailed', details)],
    ['a type that every object has', { type: 'constructor', details: [details] }],
    ['a failure without details', failureOf('RedisTaskFailed')],
    ['details that are null', failureOf('RedisTaskFailed', null)],
    ['details that are a text', failureOf('RedisTaskFailed', 'text')],
    ['details that are a list', failureOf('RedisTaskFailed', [details])],
    ['details that are in no list', { type: 'RedisTaskFailed', details }],
  ])('finds nothing in %s', (_, error) => {
    expect(decodeRedisTaskFailure(error)).toBeUndefined();
  });

  test('comes to an end in a circle of causes', () => {
    const [first, second] = [new Error('first'), new Error('second')];
    first.cause = second;
    second.cause = first;

    expect(decodeRedisTaskFailure(first)).toBeUndefined();
    second.cause = second;
    expect(decodeRedisTaskFailure(first)).toBeUndefined();
  });

  test('comes to the end of a chain of a hundred thousand causes', () => {
    let chain: object = failure;
    for (let depth = 0; depth < 100_000; depth += 1) chain = { cause: chain };

    expect(decodeRedisTaskFailure(chain)?.type).toBe('RedisTaskFailed');
  });

  test('never throws, and answers only with a type of ours and an object as details', () => {
    const anything = fc.anything({ withNullPrototype: true, withMap: true, withSet: true, withBigInt: true });
    const link = fc.record(
      {
        type: fc.oneof(fc.constantFrom(...REDIS_TASK_FAILURE_TYPES), anything),
        message: anything,
        details: fc.oneof(fc.array(anything, { maxLength: 2 }), fc.constant([details]), anything),
        cause: anything,
      },
      { requiredKeys: [], noNullPrototype: false },
    );
    fc.assert(
      fc.property(fc.array(link, { minLength: 1, maxLength: 4 }), (links) => {
        const found = decodeRedisTaskFailure(links.reduceRight((cause, each) => Object.assign(each, { cause })));

        if (found === undefined) return;
        expect(REDIS_TASK_FAILURE_TYPES).toContain(found.type);
        expect(typeof found.message).toBe('string');
        expect(typeof found.details).toBe('object');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the failure of an input that breaks a rule', () => {
  const refused = () => readInput({ taskId: 18215, region: 'ap-guangzhou', maxWait: 'hush' });

  test('is an ApplicationFailure of its own class, which no other failure is', () => {
    expect(refused).toThrow(ApplicationFailure);
    expect(refused).toThrow(InvalidInputFailure);
    expect(failureOf('RedisTaskInvalidInput')).not.toBeInstanceOf(InvalidInputFailure);
  });

  test('crosses to other processes complete, without its stack and without a copy of the value', () => {
    const converter = new DefaultFailureConverter();
    let failure: unknown;
    try {
      refused();
    } catch (error) {
      failure = converter.errorToFailure(error, defaultPayloadConverter);
    }
    const arrived = converter.failureToError(failure as never, defaultPayloadConverter);

    expect(arrived).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ stackTrace: '', applicationFailureInfo: { nonRetryable: true } });
    expect(decodeRedisTaskFailure(arrived)).toMatchObject({
      type: 'RedisTaskInvalidInput',
      message: expect.stringContaining('maxWait is "hush", but it must be a duration') as string,
      details: { taskId: 18215, region: 'ap-guangzhou', invalid: { field: 'maxWait' } },
    });
    expect(JSON.stringify(decodeRedisTaskFailure(arrived)?.details)).not.toContain('hush');
  });
});
