import { POLL_FAILURE_TYPES, pollErrorClass, unanswered } from '../../src/contract/poll-error.js';
import { callLimits } from '../../src/contract/wait/call-limits.js';
import { beginWait } from '../../src/contract/wait/state.js';
import { planOf, START } from './task/played-wait.js';

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

describe('the error of a call without an answer', () => {
  test.each([
    ['WorkerLost', /^The worker that took the call from task queue "redis-task-api" never answered/],
    ['InvalidResponse', /^A worker on task queue "redis-task-api" answered without a task/],
  ] as const)('(%s) says what the worker did', (code, message) => {
    const error = unanswered(code, 'redis-task-api', AT);

    expect(error).toMatchObject({ code, requestId: null, at: AT });
    expect(error.message).toMatch(message);
  });

  test.each(['NoActivityWorker', 'QueueBacklog'] as const)('(%s) names the queue, and the time in it', (code) => {
    const error = unanswered(code, 'redis-task-api', AT, 30_000);

    expect(error).toMatchObject({ code, requestId: null, at: AT });
    expect(error.message).toMatch(/task queue "redis-task-api" .*30 s/);
  });
});

describe('callLimits', () => {
  const state = beginWait(planOf({ maxWait: '1m' }), START);

  test.each([0, 59_999])('allows a call after %d ms four attempts', (elapsedMs) => {
    expect(callLimits(state, START + elapsedMs)).toMatchObject({ isLast: false, maximumAttempts: 4 });
  });

  test.each([60_000, 60_001, 3_600_000])('makes a call after %d ms the last one', (elapsedMs) => {
    expect(callLimits(state, START + elapsedMs)).toMatchObject({
      isLast: true,
      maximumAttempts: 1,
      priorityKey: 1,
    });
  });
});
