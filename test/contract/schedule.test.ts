import fc from 'fast-check';
import { nextInterval, type PollSchedule } from '../../src/contract/schedule.js';

const HOUR = 3_600_000;

const plainSchedule: fc.Arbitrary<PollSchedule> = fc
  .record({
    initialIntervalMs: fc.integer({ min: 1_000, max: HOUR }),
    backoffCoefficient: fc.double({ min: 1, max: 10, noNaN: true }),
    longerByMs: fc.nat(HOUR),
    jitter: fc.double({ min: 0, max: 0.5, noNaN: true }),
  })
  .map(({ longerByMs, ...schedule }) => ({
    ...schedule,
    maximumIntervalMs: Math.min(HOUR, schedule.initialIntervalMs + longerByMs),
  }));
const elapsed = fc.nat(30 * 24 * HOUR);
const step = fc.oneof(fc.nat(20), fc.nat(1_000_000));
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('nextInterval', () => {
  test('is never below a second and never above the longest interval with its jitter', () => {
    fc.assert(
      fc.property(plainSchedule, elapsed, step, random, (schedule, elapsedMs, before, draw) => {
        const { delayMs } = nextInterval(schedule, elapsedMs, before, draw);

        expect(Number.isSafeInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(1_000);
        expect(delayMs).toBeLessThanOrEqual(Math.ceil(schedule.maximumIntervalMs * (1 + schedule.jitter)));
      }),
    );
  });

  test('grows by the coefficient up to the longest interval, and counts its steps', () => {
    const schedule = { initialIntervalMs: 2_000, backoffCoefficient: 2, maximumIntervalMs: 10_000, jitter: 0 };
    const delays: number[] = [];
    for (let at = 0; at < 5;) {
      const next = nextInterval(schedule, 0, at, 0.5);
      delays.push(next.delayMs);
      expect(next.step).toBe(at + 1);
      at = next.step;
    }

    expect(delays).toEqual([2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  test('never shrinks from one step to the next', () => {
    fc.assert(
      fc.property(plainSchedule, step, random, (schedule, before, draw) => {
        const [first, second] = [before, before + 1].map((each) => nextInterval(schedule, 0, each, draw).delayMs);

        expect(second).toBeGreaterThanOrEqual(first ?? NaN);
      }),
    );
  });

  test('is spread evenly around its nominal length', () => {
    const schedule = { initialIntervalMs: 10_000, backoffCoefficient: 1, maximumIntervalMs: 10_000, jitter: 0.1 };
    const delays = [0, 0.25, 0.5, 0.75, 1].map((draw) => nextInterval(schedule, 0, 0, draw).delayMs);

    expect(delays).toEqual([9_000, 9_500, 10_000, 10_500, 11_000]);
  });

  test('does not go below a second for its jitter', () => {
    const schedule = { initialIntervalMs: 1_000, backoffCoefficient: 1, maximumIntervalMs: 1_000, jitter: 0.5 };

    expect(nextInterval(schedule, 0, 0, 0).delayMs).toBe(1_000);
  });

  test('depends on nothing but its arguments', () => {
    fc.assert(
      fc.property(plainSchedule, elapsed, step, random, (...args) => {
        expect(nextInterval(...args)).toEqual(nextInterval(...args));
      }),
    );
  });
});

describe('a schedule with an expected duration', () => {
  const expecting = fc
    .tuple(plainSchedule, fc.oneof(fc.nat(60 * 24 * HOUR), fc.nat(60_000)))
    .map(([schedule, expectedDurationMs]) => ({ ...schedule, expectedDurationMs }));

  test('is quiet after its first poll until 0.8 of it have passed', () => {
    fc.assert(
      fc.property(expecting, fc.nat(20_000), random, (schedule, elapsedMs, draw) => {
        const { delayMs } = nextInterval(schedule, elapsedMs, 0, draw);

        expect(elapsedMs + delayMs).toBeGreaterThanOrEqual(Math.floor(0.8 * schedule.expectedDurationMs));
      }),
    );
  });

  test('is not quiet for longer than its jitter adds', () => {
    fc.assert(
      fc.property(expecting, random, (schedule, draw) => {
        const longest = Math.max(schedule.initialIntervalMs, 0.8 * schedule.expectedDurationMs, 1_000);

        expect(nextInterval(schedule, 0, 0, draw).delayMs).toBeLessThanOrEqual(
          Math.ceil(longest * (1 + schedule.jitter)),
        );
      }),
    );
  });

  test('then polls from the first interval again', () => {
    const schedule = {
      initialIntervalMs: 2_000,
      backoffCoefficient: 2,
      maximumIntervalMs: 10_000,
      jitter: 0,
      expectedDurationMs: 100_000,
    };
    const quiet = nextInterval(schedule, 500, 0, 0);
    const after = nextInterval(schedule, 80_000, quiet.step, 0);

    expect(quiet.delayMs).toBe(79_500);
    expect([after.delayMs, nextInterval(schedule, 82_000, after.step, 0).delayMs]).toEqual([2_000, 4_000]);
  });

  test('never polls before 0.8 of it, whatever the jitter draws', () => {
    const schedule = {
      initialIntervalMs: 2_000,
      backoffCoefficient: 2,
      maximumIntervalMs: 10_000,
      jitter: 0.5,
      expectedDurationMs: 2_500,
    };

    expect(nextInterval(schedule, 0, 0, 0).delayMs).toBe(2_000);
  });
});
