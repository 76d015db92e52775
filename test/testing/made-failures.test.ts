// What a pipeline catches, made without a server.
import { ApplicationFailure, ChildWorkflowFailure } from '@temporalio/common';
import { decodeRedisActionFailure, REDIS_ACTION_FAILURE_TYPES } from '../../src/contract/action/failures.js';
import type { RunRedisActionInput } from '../../src/contract/action/input.js';
import { decodeRedisInstanceFailure, REDIS_INSTANCE_FAILURE_TYPES } from '../../src/contract/instance/failures.js';
import { decodeRedisTaskFailure, REDIS_TASK_FAILURE_TYPES } from '../../src/contract/task/failures.js';
import { redisActionFailure, redisInstanceFailure, redisTaskFailure } from '../../src/testing/index.js';

const REGION = 'ap-guangzhou';

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

describe('a made failure of a change', () => {
  test.each(REDIS_ACTION_FAILURE_TYPES)('%s is decoded as what it is', (type) => {
    expect(decodeRedisActionFailure(redisActionFailure(type))?.type).toBe(type);
  });

  test('is what a parent catches', () => {
    const failure = redisActionFailure('RedisActionRefused');

    expect(failure).toBeInstanceOf(ChildWorkflowFailure);
    expect(failure).toMatchObject({ workflowType: 'runRedisAction', cause: { nonRetryable: true } });
  });

  test('that was refused says by which code, and that nothing was started', () => {
    const code = 'ResourceUnavailable.AccountBalanceNotEnough';
    const failure = decodeRedisActionFailure(redisActionFailure('RedisActionRefused', { code, message: 'No money.' }));

    expect(failure).toMatchObject({
      message: expect.stringContaining(
        'nothing was started: ResourceUnavailable.AccountBalanceNotEnough: No money',
      ) as unknown,
      details: { submits: 1, taskIds: [], dealName: null, instanceIds: ['crs-09u2u96z'], lastError: { code } },
    });
  });

  test('that was busy until maxWait has submitted often, and has nothing to wait on for', () => {
    const failure = decodeRedisActionFailure(redisActionFailure('RedisTaskTimedOut', { busyFor: '3h' }));

    expect(failure?.message).toContain('nothing was started: ResourceUnavailable.InstanceLockedError');
    // 10, 20 and 40 s apart, then a minute, and more often before the deadline.
    expect(failure).toMatchObject({ details: { submits: 126, taskIds: [] } });
    expect(failure?.details).not.toHaveProperty('resumeInput');
  });

  test('whose task failed has the details of its wait', () => {
    const error = redisActionFailure('RedisTaskFailed', { after: '3m', busyFor: '30s', message: 'disk full' });
    const failure = decodeRedisActionFailure(error);

    expect(failure).toMatchObject({
      details: {
        action: 'ClearInstance',
        submits: 3,
        status: 'failed',
        message: 'disk full',
        taskIds: [expect.any(Number)],
      },
    });
    expect(failure?.details.waitedMs).toBeGreaterThanOrEqual(210_000);
  });

  test('that timed out after its submit resumes the wait, never the submit', () => {
    const failure = decodeRedisActionFailure(redisActionFailure('RedisTaskTimedOut'));

    expect(failure).toMatchObject({
      details: { resumeInput: { taskId: expect.any(Number) as unknown, region: REGION } },
    });
  });

  test('whose order failed has the order', () => {
    const failure = decodeRedisActionFailure(redisActionFailure('RedisInstanceFailed', { message: 'Sold out.' }));

    expect(failure).toMatchObject({
      details: {
        action: 'UpgradeInstance',
        deal: { status: 5, description: 'Sold out.' },
        dealName: expect.any(String) as unknown,
      },
    });
  });

  test.each<readonly [string, RunRedisActionInput, number]>([
    ['must not be repeated', { action: 'ClearInstance', region: REGION, params: { InstanceId: 'crs-1' } }, 0],
    ['makes its instance', { action: 'CreateInstances', region: REGION, params: {} }, 0],
    ['may be repeated', { action: 'ResetPassword', region: REGION, params: { InstanceId: 'crs-1' } }, 2],
  ])('of which nothing is known, where it %s, tells what may be its task', (_name, input, candidates) => {
    const failure = decodeRedisActionFailure(redisActionFailure('RedisActionUncertain', { input }));

    expect(failure).toMatchObject({
      details: { submits: 1, lookAt: expect.any(String) as unknown, lastError: { code: 'Timeout' } },
    });
    expect(failure?.details).toHaveProperty('candidates.length', candidates);
  });

  test.each([
    [
      'RedisActionRefused',
      { code: 'FailedOperation.SystemError' },
      'The script lets ClearInstance end in RedisActionRefused, but with this input it ends in RedisActionUncertain: FailedOperation.SystemError is no error that leads to it',
    ],
    [
      'RedisInstanceFailed',
      { input: { action: 'ClearInstance', region: REGION, params: { InstanceId: 'crs-1' } } },
      'The script lets ClearInstance end in RedisInstanceFailed, but with this input it ends in success: ClearInstance starts a task, and this is how an order fails',
    ],
    ['RedisTaskFailed', { after: '3h' }, 'A wait with these facts ends in RedisTaskTimedOut, not in RedisTaskFailed'],
  ] as const)('%s is refused for facts that do not lead to it', (type, facts, message) => {
    expect(() => redisActionFailure(type, facts)).toThrow(new TypeError(message));
  });
});

describe('a made failure of a wait for instances', () => {
  test.each(REDIS_INSTANCE_FAILURE_TYPES)('%s is decoded as what it is', (type) => {
    expect(decodeRedisInstanceFailure(redisInstanceFailure(type))?.type).toBe(type);
  });

  test('says what it was told', () => {
    const failure = decodeRedisInstanceFailure(redisInstanceFailure('RedisInstanceFailed', { message: 'Sold out.' }));

    expect(failure).toMatchObject({
      message: expect.stringContaining('Sold out.') as unknown,
      details: { until: 'running', deal: { status: 5 }, instances: [{ instanceId: 'crs-09u2u96z', status: 1 }] },
    });
  });

  test.each([
    [{ until: 'running' }, -2],
    [{ until: 'isolated' }, null],
  ] as const)('without an order, %j, finds an instance with status %s', (wait, status) => {
    const input = { ...wait, region: REGION, instanceIds: ['crs-1'] };
    const failure = decodeRedisInstanceFailure(redisInstanceFailure('RedisInstanceFailed', { input }));

    expect(failure).toMatchObject({ details: { deal: null, instances: [{ instanceId: 'crs-1', status }] } });
  });
});
