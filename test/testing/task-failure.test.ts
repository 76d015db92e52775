import { ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common';
import { decodeRedisTaskFailure, REDIS_TASK_FAILURE_TYPES } from '../../src/contract/task/failures.js';
import { redisTaskFailure } from '../../src/testing/index.js';

describe('a made failure', () => {
  test.each(REDIS_TASK_FAILURE_TYPES)('%s is decoded as what it is', (type) => {
    expect(decodeRedisTaskFailure(redisTaskFailure(type))?.type).toBe(type);
  });

  test('is what a parent catches', () => {
    const failure = redisTaskFailure('RedisTaskFailed');

    expect(failure).toBeInstanceOf(ChildWorkflowFailure);
    expect(failure).toMatchObject({ workflowType: 'awaitRedisTask', retryState: 'NON_RETRYABLE_FAILURE' });
    expect(failure.cause).toBeInstanceOf(ApplicationFailure);
    expect(failure.cause).toMatchObject({ nonRetryable: true });
  });

  test('says what it was told', () => {
    const input = { taskId: 7, region: 'ap-tokyo' };
    const error = redisTaskFailure('RedisTaskErrored', { input, message: 'oops', instanceId: 'crs-7', after: '3m' });
    const failure = decodeRedisTaskFailure(error);

    expect(failure).toMatchObject({ details: { ...input, status: 'error', message: 'oops', instanceId: 'crs-7' } });
    expect(failure?.details.waitedMs).toBeGreaterThanOrEqual(180_000);
    expect(failure?.message).toContain('crs-7');
  });

  test('of an input that breaks a rule names the rule', () => {
    const error = redisTaskFailure('RedisTaskInvalidInput', { input: { taskId: 1, region: 'X' } });

    expect(error).toBeInstanceOf(ApplicationFailure);
    expect(decodeRedisTaskFailure(error)).toMatchObject({ details: { taskId: 1, invalid: { field: 'region' } } });
  });

  test.each([
    ['RedisTaskFailed', { after: '3h' }, 'A wait with these facts ends in RedisTaskTimedOut, not in RedisTaskFailed'],
    [
      'RedisTaskInvalidInput',
      { input: { taskId: 1, region: 'ap-tokyo' } },
      'A wait with these facts ends in success, not in RedisTaskInvalidInput',
    ],
  ] as const)('%s is refused for facts that do not lead to it', (type, facts, message) => {
    expect(() => redisTaskFailure(type, facts)).toThrow(new TypeError(message));
  });
});
