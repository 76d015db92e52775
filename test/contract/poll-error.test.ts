import { callLimits } from '../../src/contract/call-limits.js';
import { noAnswer, POLL_FAILURE_TYPES, pollErrorClass } from '../../src/contract/poll-error.js';
import { beginWait } from '../../src/contract/wait.js';
import { planOf, START } from './played-wait.js';

const AT = '2026-11-22T10:00:00.000Z';

describe('pollErrorClass', () => {
  test.each(Object.entries(POLL_FAILURE_TYPES))('is %s for the type %s', (errorClass, type) => {
    expect(pollErrorClass(type)).toBe(errorClass);
  });

  test.each(['Error', 'TypeError', 'transient', '', null, undefined])(
    'is transient for %j, which is not ours',
    (type) => {
      expect(pollErrorClass(type)).toBe('transient');
    },
  );
});

describe('noAnswer', () => {
  test.each(['START_TO_CLOSE', 'HEARTBEAT'])('says of %s that the worker was lost', (timeoutType) => {
    const error = noAnswer(timeoutType, 'redis-task-api', 7_200_000, AT);

    expect(error).toMatchObject({ code: 'WorkerLost', requestId: null, at: AT });
    expect(error.message).toContain('"redis-task-api"');
  });

  test.each(['SCHEDULE_TO_START', 'SCHEDULE_TO_CLOSE', ''])(
    'says of %j that no worker took the call',
    (timeoutType) => {
      const error = noAnswer(timeoutType, 'redis-task-api', 7_200_000, AT);

      expect(error).toMatchObject({ code: 'NoActivityWorker', requestId: null, at: AT });
      expect(error.message).toContain('task queue "redis-task-api" within 2 h');
    },
  );
});

describe('callLimits', () => {
  const state = beginWait(planOf({ maxWait: '1m' }), START);

  test('never ends a call before the deadline', () => {
    expect(callLimits(state, START)).toEqual({ isLast: false, maximumAttempts: 4, scheduleToCloseMs: 60_000 });
  });

  test('leaves a call shortly before the deadline a second', () => {
    expect(callLimits(state, START + 59_999)).toEqual({ isLast: false, maximumAttempts: 4, scheduleToCloseMs: 1_000 });
  });

  test.each([60_000, 60_001, 3_600_000])('makes a call after %d ms the last one', (elapsedMs) => {
    expect(callLimits(state, START + elapsedMs)).toEqual({
      isLast: true,
      maximumAttempts: 1,
      scheduleToCloseMs: 30_000,
    });
  });
});
