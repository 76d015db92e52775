import fc from 'fast-check';
import { type InvalidField, InvalidInputFailure } from '../../../src/contract/invalid-input.js';
import { readDeadline } from '../../../src/contract/task/extension.js';
import { readInput, type WaitPlan } from '../../../src/contract/task/input.js';
import { anyCharacter } from '../../support/characters.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Values near the rules' edges, and any other JSON. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, 1, 1_000, HOUR, 30 * DAY, 1e400, -1e400, 2 ** 53, '', 'ap-guangzhou', '18215', null),
  fc.tuple(fc.nat(), fc.constantFrom('ms', 's', 'm', 'h', 'd', '')).map(([amount, unit]) => `${amount}${unit}`),
  fc.string({ unit: anyCharacter }),
);
const polling = fc.record(
  {
    initialInterval: fc.oneof(fc.constantFrom('1s', '2.5s', '1h', 3_000), value),
    backoffCoefficient: fc.oneof(fc.double({ min: 1, max: 10, noNaN: true }), value),
    maximumInterval: fc.oneof(fc.constantFrom('1h', '30m'), value),
    jitter: fc.oneof(fc.double({ min: 0, max: 0.5, noNaN: true }), value),
    expectedDuration: fc.oneof(fc.nat(), value),
  },
  { requiredKeys: [] },
);
/** Inputs that get far: right fields, and some of them right values. */
const nearlyInput = fc.record(
  {
    taskId: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1 }) }, { weight: 1, arbitrary: value }),
    region: fc.oneof({ weight: 4, arbitrary: fc.constant('ap-guangzhou') }, { weight: 1, arbitrary: value }),
    maxWait: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('1s', '2h', '30d') }, { weight: 1, arbitrary: value }),
    polling: fc.oneof({ weight: 4, arbitrary: polling }, { weight: 1, arbitrary: value }),
  },
  { requiredKeys: ['taskId', 'region'] },
);
const strayInput = fc.tuple(nearlyInput, value).map(([input, stray]) => ({ ...input, stray }));
const anyInput = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }) },
  { weight: 4, arbitrary: nearlyInput },
  { weight: 1, arbitrary: strayInput },
  { weight: 2, arbitrary: nearlyInput.map((input) => JSON.parse(JSON.stringify(input)) as unknown) },
);

/** What was read, or what is wrong; any other error is a failure of the test. */
function readOrRefuse<T>(read: () => T): { read: T } | { invalid: InvalidField } {
  try {
    return { read: read() };
  } catch (error) {
    if (error instanceof InvalidInputFailure) return { invalid: error.invalid };
    throw error;
  }
}

function expectInsideAllBounds({ taskId, region, maxWaitMs, schedule }: WaitPlan): void {
  expect(Number.isSafeInteger(taskId) && taskId >= 1).toBe(true);
  expect(region).toMatch(/^(?=.{1,64}$)[a-z]{2,}(-[a-z0-9]+)+$/);
  expectWhole(maxWaitMs, 1_000, 30 * DAY);
  expectWhole(schedule.initialIntervalMs, 1_000, HOUR);
  expectWhole(schedule.maximumIntervalMs, schedule.initialIntervalMs, HOUR);
  expectBetween(schedule.backoffCoefficient, 1, 10);
  expectBetween(schedule.jitter, 0, 0.5);
  expectWhole(schedule.expectedDurationMs ?? 0, 0, 60 * DAY);
}

function expectWhole(number: number, min: number, max: number): void {
  expect(Number.isSafeInteger(number)).toBe(true);
  expectBetween(number, min, max);
}

function expectBetween(number: number, min: number, max: number): void {
  expect(number).toBeGreaterThanOrEqual(min);
  expect(number).toBeLessThanOrEqual(max);
}

function expectShortAndWellFormed({ field, rule, value: shown = '' }: InvalidField): void {
  expect([field, rule, shown].every((text) => text.isWellFormed())).toBe(true);
  expect(Array.from(field).length).toBeLessThanOrEqual(100);
  expect(Array.from(shown).length).toBeLessThanOrEqual(100);
  expect(rule.length).toBeGreaterThan(0);
  expect(rule.length).toBeLessThanOrEqual(300);
}

describe('any input at all', () => {
  test('gives a plan inside all bounds, or one field that is refused in short, well-formed words', () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyInput, (input) => {
        const outcome = readOrRefuse(() => readInput(input));
        if ('read' in outcome) {
          accepted += 1;
          expectInsideAllBounds(outcome.read);
        } else {
          expectShortAndWellFormed(outcome.invalid);
        }
      }),
      { numRuns: 1_500, seed: 18215 },
    );

    expect(accepted).toBeGreaterThan(50);
  });

  test('is read in the same way twice', () => {
    fc.assert(
      fc.property(nearlyInput, (input) => {
        expect(readOrRefuse(() => readInput(input))).toEqual(readOrRefuse(() => readInput(input)));
      }),
    );
  });

  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const huge: [string, string][] = [
    ['is an array in ten thousand arrays', deep(10_000)],
    ['has a task id in ten thousand arrays', `{"taskId":${deep(10_000)}}`],
    ['has a region of a million letters', `{"taskId":1,"region":"${'a'.repeat(1_000_000)}"}`],
    [
      'has a duration of a million digits',
      `{"taskId":1,"region":"ap-guangzhou","maxWait":"${'9'.repeat(1_000_000)}s"}`,
    ],
    ['has an unknown field with a name of a million letters', `{"${'x'.repeat(1_000_000)}":1}`],
    ['has half a character in the name of a field', '{"taskId\\ud83d":1}'],
    ['has half a character in a value', '{"taskId":1,"region":"ap-\\ud83d"}'],
    ['has half a character in the name of a nested field', '{"taskId":1,"region":{"\\ude00":1}}'],
  ];
  test.each(huge)('that %s is refused in short, well-formed words', (_, json) => {
    const outcome = readOrRefuse(() => readInput(JSON.parse(json)));

    expect(outcome).toHaveProperty('invalid');
    if ('invalid' in outcome) expectShortAndWellFormed(outcome.invalid);
  });
});

describe('any argument of extendWait', () => {
  const startedAt = Date.parse('2026-11-22T10:00:00Z');

  test('gives a deadline after now and at most 30 days from the start, or is refused in short, well-formed words', () => {
    const argument = fc.oneof(anyInput, fc.record({ maxWait: value }), fc.record({ maxWait: fc.nat(31 * DAY) }));
    let accepted = 0;
    fc.assert(
      fc.property(argument, fc.nat(30 * DAY), (each, elapsed) => {
        const outcome = readOrRefuse(() => readDeadline(each, startedAt, startedAt + elapsed));
        if ('read' in outcome) {
          accepted += 1;
          expectWhole(outcome.read, startedAt + Math.max(1_000, elapsed + 1), startedAt + 30 * DAY);
        } else {
          expectShortAndWellFormed(outcome.invalid);
        }
      }),
      { numRuns: 1_000, seed: 18215 },
    );

    expect(accepted).toBeGreaterThan(50);
  });
});
