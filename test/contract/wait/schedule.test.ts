import fc from 'fast-check';
import { nextInterval, type PollSchedule } from '../../../src/contract/wait/schedule.js';

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
  /** Draws for as many intervals as a test looks at. */
  const draws = fc.array(random, { minLength: 10, maxLength: 10 });

  /** The first polls of a wait, whose calls take `callMs` each. */
  function pollsOf(schedule: PollSchedule, draw: readonly number[], callMs = 0): number[] {
    const polls = [0];
    let [at, before] = [0, 0];
    for (const each of draw) {
      const next = nextInterval(schedule, at + callMs, before, each);
      at += callMs + next.delayMs;
      before = next.step;
      polls.push(at);
    }
    return polls;
  }

  const ofHundredSeconds = {
    initialIntervalMs: 2_000,
    backoffCoefficient: 2,
    maximumIntervalMs: 10_000,
    jitter: 0,
    expectedDurationMs: 100_000,
  };

  test('polls at 0.4, 0.55 and 0.8 of it, then from the second interval on', () => {
    const polls = pollsOf(ofHundredSeconds, [0, 0, 0, 0, 0, 0]);

    expect(polls).toEqual([0, 40_000, 55_000, 80_000, 84_000, 92_000, 102_000]);
  });

  test('polls at the same times when its calls take long', () => {
    expect(pollsOf(ofHundredSeconds, [0, 0, 0, 0], 500)).toEqual([0, 40_000, 55_000, 80_000, 84_500]);
  });

  test('leaves out a poll whose time has passed before the answer to the one before', () => {
    expect(nextInterval(ofHundredSeconds, 56_000, 0, 0)).toEqual({ delayMs: 24_000, step: 1 });
    expect(nextInterval(ofHundredSeconds, 80_000, 0, 0.5)).toEqual({ delayMs: 2_000, step: 1 });
  });

  test('is never closer to the poll before than the first interval', () => {
    expect(nextInterval(ofHundredSeconds, 39_500, 0, 0)).toEqual({ delayMs: 2_000, step: 1 });
  });

  test.each([
    [1_000, [0, 2_000, 6_000, 14_000, 24_000]],
    [2_000, [0, 2_000, 6_000, 14_000, 24_000]],
    [5_000, [0, 2_000, 4_000, 8_000, 16_000]],
    [10_000, [0, 4_000, 6_000, 8_000, 12_000]],
  ])('of %d ms is no closer to the start than the first interval', (expectedDurationMs, polls) => {
    expect(pollsOf({ ...ofHundredSeconds, expectedDurationMs }, [0.5, 0.5, 0.5, 0.5])).toEqual(polls);
  });

  test('is polled at most three times after the first before its pace begins', () => {
    fc.assert(
      fc.property(expecting, draws, fc.nat(20_000), (schedule, draw, callMs) => {
        expect(pollsOf(schedule, draw, callMs)[3]).toBeGreaterThanOrEqual(
          Math.round(0.8 * schedule.expectedDurationMs),
        );
      }),
    );
  });

  test('is only ever later for its jitter, and by no more than that', () => {
    fc.assert(
      fc.property(expecting, elapsed, random, (schedule, elapsedMs, draw) => {
        const due = [0.4, 0.55, 0.8].map((share) => Math.round(share * schedule.expectedDurationMs) - elapsedMs);
        const pause = Math.max(schedule.initialIntervalMs, due.find((each) => each > 0) ?? 0);
        fc.pre(due.some((each) => each > 0));
        const { delayMs } = nextInterval(schedule, elapsedMs, 0, draw);

        expect(delayMs).toBeGreaterThanOrEqual(pause);
        expect(delayMs).toBeLessThanOrEqual(Math.ceil(pause * (1 + schedule.jitter)));
      }),
    );
  });

  test('that is twice the truth shows the end late by at most a quarter of the task, or by the first interval', () => {
    fc.assert(
      fc.property(expecting, draws, (schedule, draw) => {
        const taskMs = schedule.expectedDurationMs / 2;
        const seenAt = pollsOf(schedule, draw).find((at) => at >= taskMs) ?? NaN;
        const late = Math.max(taskMs / 4, schedule.initialIntervalMs * (1 + schedule.jitter));

        expect(seenAt - taskMs).toBeLessThanOrEqual(late + 2);
      }),
    );
  });

  test('of nothing changes nothing', () => {
    fc.assert(
      fc.property(plainSchedule, elapsed, step, random, (schedule, ...args) => {
        const expectingNothing = { ...schedule, expectedDurationMs: 0 };

        expect(nextInterval(expectingNothing, ...args)).toEqual(nextInterval(schedule, ...args));
      }),
    );
  });
});
