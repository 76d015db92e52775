import fc from 'fast-check';
import { readInput } from '../../../src/contract/task/input.js';
import type { TaskOutcome } from '../../../src/contract/task/outcome.js';
import { planOf, PlayedWait, refused, seen, START } from './played-wait.js';

describe('a task that succeeds', () => {
  test('gives the result of the contract', () => {
    const wait = new PlayedWait(planOf(), (at) => seen(at < 6 ? 'running' : 'succeed', { message: 'ok' }), 100);

    expect(wait.toEnd()).toEqual({
      result: {
        taskId: 18215,
        region: 'ap-guangzhou',
        status: 'succeed',
        taskType: 'redis cache clearing process',
        instanceId: 'crs-09u2u96z',
        startTime: '2018-11-01 17:25:14',
        message: 'ok',
        requestId: '81120ab8-0001',
        polls: 3,
        waitedMs: 6_300,
        detectionDelayMaxMs: 4_100,
      },
    });
  });

  test('keeps the status in the API’s own spelling', () => {
    expect(new PlayedWait(planOf(), () => seen('SUCCEED')).toEnd().result?.status).toBe('SUCCEED');
  });

  test('has no detection delay when the first poll sees its end', () => {
    expect(new PlayedWait(planOf(), () => seen('succeed')).toEnd().result?.detectionDelayMaxMs).toBeNull();
  });

  test('counts the detection delay over failed polls from the last that saw it unfinished', () => {
    const wait = new PlayedWait(planOf(), (at) =>
      at < 2 ? seen('running') : at < 14 ? refused('transient') : seen('succeed'),
    );

    expect(wait.toEnd().result).toMatchObject({ detectionDelayMaxMs: 14_000, polls: 2 });
  });

  test('keeps fields that the API left out as null', () => {
    const nothing = { taskType: null, instanceId: null, startTime: null, message: null, requestId: null };

    expect(new PlayedWait(planOf(), () => seen('succeed', nothing)).toEnd().result).toMatchObject(nothing);
  });
});

describe('a status that ends the wait', () => {
  const ending: [string, string][] = [
    ['failed', 'RedisTaskFailed'],
    ['FAILED', 'RedisTaskFailed'],
    ['error', 'RedisTaskErrored'],
    ['Error', 'RedisTaskErrored'],
  ];
  test.each(ending)('%s is %s, with the facts in its details', (status, type) => {
    const wait = new PlayedWait(planOf(), () => seen(status, { message: 'The backup file is damaged.' }), 100);
    const { failure } = wait.toEnd();

    expect(failure?.type).toBe(type);
    expect(failure?.details).toEqual({
      taskId: 18215,
      region: 'ap-guangzhou',
      status,
      message: 'The backup file is damaged.',
      taskType: 'redis cache clearing process',
      instanceId: 'crs-09u2u96z',
      startTime: '2018-11-01 17:25:14',
      requestId: '81120ab8-0001',
      polls: 1,
      waitedMs: 100,
    });
  });

  test('brings the last failed poll along in its details', () => {
    const wait = new PlayedWait(planOf(), (at) =>
      at === 0 ? refused('transient', { code: 'Timeout' }) : seen('failed'),
    );

    expect(wait.toEnd().failure?.details.lastError).toMatchObject({ code: 'Timeout', requestId: '81120ab8-0002' });
  });

  test('may come from another than the status before: a task may go back to preparing first', () => {
    const script = ['running', 'preparing', 'running', 'succeed'];
    const wait = new PlayedWait(planOf(), () => seen(script.shift() ?? 'failed'));

    expect(wait.toEnd().result).toMatchObject({ status: 'succeed', polls: 4 });
  });
});

describe('a status that no document knows', () => {
  test('is waited on, and named when the deadline passes', () => {
    const { failure } = new PlayedWait(planOf({ maxWait: '1m' }), () => seen('Verifying')).toEnd();

    expect(failure?.type).toBe('RedisTaskTimedOut');
    expect(failure?.details.status).toBe('Verifying');
    expect(failure?.message).toContain('"Verifying"');
  });

  test('counts as unfinished for the detection delay', () => {
    const wait = new PlayedWait(planOf(), (at) => seen(at < 2 ? 'verifying' : 'succeed'));

    expect(wait.toEnd().result?.detectionDelayMaxMs).toBe(2_000);
  });
});

describe('an answer that refuses', () => {
  test.each([
    ['unauthorized', 'RedisTaskUnauthorized'],
    ['rejected', 'RedisTaskRejected'],
  ] as const)('as %s ends the wait with %s at once, seen or not', (errorClass, type) => {
    const first = new PlayedWait(planOf(), () => refused(errorClass, { code: 'Some.Code' }));
    const later = new PlayedWait(planOf(), (at) => (at < 2 ? seen('running') : refused(errorClass)));

    expect(first.toEnd().failure).toMatchObject({ type, details: { status: null, lastError: { code: 'Some.Code' } } });
    expect(later.toEnd().failure).toMatchObject({ type, details: { status: 'running', polls: 1 } });
  });

  test.each(['unauthorized', 'rejected'] as const)('as %s outweighs the deadline', (errorClass) => {
    const wait = new PlayedWait(planOf({ maxWait: '5s' }), (at) => refused(at < 5 ? 'transient' : errorClass));

    expect(wait.toEnd().failure?.type).not.toBe('RedisTaskTimedOut');
  });

  test.each(['transient', 'throttled'] as const)('as %s never ends the wait before its deadline', (errorClass) => {
    const wait = new PlayedWait(planOf({ maxWait: '1h' }), () => refused(errorClass));

    expect(wait.toEnd().failure?.type).toBe('RedisTaskTimedOut');
    expect(wait.pollsAt.at(-1)).toBe(3_600);
  });
});

describe('a wait that timed out', () => {
  const timedOut = (outcome: TaskOutcome) => {
    if (outcome.failure?.type !== 'RedisTaskTimedOut') throw new Error('It did not time out');
    return outcome.failure;
  };

  test('says in its details that the task was never seen', () => {
    const { details } = timedOut(new PlayedWait(planOf({ maxWait: '1m' }), () => refused('transient')).toEnd());

    expect(details).toMatchObject({ status: null, instanceId: null, requestId: null, polls: 0, waitedMs: 60_000 });
  });

  test('gives an input that waits on in the same way', () => {
    const plan = planOf({ maxWait: '1m', polling: { expectedDuration: '10s', jitter: 0.2 } });
    const { resumeInput } = timedOut(new PlayedWait(plan, () => seen('running')).toEnd()).details;
    const { expectedDurationMs, ...schedule } = plan.schedule;

    expect(expectedDurationMs).toBe(10_000);
    expect(readInput(resumeInput)).toEqual({ ...plan, schedule });
  });

  test('need not pass again what has passed of the expected duration', () => {
    const plan = planOf({ maxWait: '1m', polling: { expectedDuration: '90s' } });
    const { resumeInput } = timedOut(new PlayedWait(plan, () => seen('running')).toEnd()).details;

    expect(readInput(resumeInput).schedule.expectedDurationMs).toBe(30_000);
  });

  test('names the deadline that was in force, also when extendWait had moved it', () => {
    const wait = new PlayedWait(planOf({ maxWait: '1h' }), () => seen('running')).poll();
    wait.state = { ...wait.state, deadline: START + 300_000 };

    expect(timedOut(wait.toEnd()).message).toContain('maxWait of 5 min ran out');
  });

  test('always gives an input that keeps the rules', () => {
    const duration = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const input = fc.record({
      taskId: fc.oneof(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).map(String),
      ),
      region: fc.constantFrom('ap-guangzhou', 'ap-shanghai-fsi'),
      maxWait: duration(1_000, 60_000),
      polling: fc.record(
        {
          initialInterval: duration(1_000, 3_600_000),
          backoffCoefficient: duration(1, 10),
          jitter: duration(0, 0.5),
          expectedDuration: duration(0, 1e12),
        },
        { requiredKeys: [] },
      ),
    });
    fc.assert(
      fc.property(input, fc.nat(20_000), (each, callMs) => {
        const plan = readInput(each);
        const { resumeInput } = timedOut(new PlayedWait(plan, () => seen('running'), callMs).toEnd()).details;
        const resumed = readInput(JSON.parse(JSON.stringify(resumeInput)));
        const { expectedDurationMs: expected = 0, ...schedule } = plan.schedule;
        const { expectedDurationMs: stillExpected = 0, ...resumedSchedule } = resumed.schedule;

        expect(resumed).toMatchObject({ taskId: plan.taskId, region: plan.region, maxWaitMs: plan.maxWaitMs });
        expect(resumedSchedule).toEqual(schedule);
        expect(stillExpected).toBeLessThanOrEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
