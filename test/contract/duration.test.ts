import fc from 'fast-check';
import { durationMs, formatDuration } from '../../src/contract/duration.js';

describe('durationMs', () => {
  test.each([
    ['850ms', 850],
    ['2s', 2_000],
    ['1.5h', 5_400_000],
    ['90m', 5_400_000],
    ['30d', 2_592_000_000],
    ['0s', 0],
    [1_500, 1_500],
    [0, 0],
  ])('reads %j as %d ms', (value, ms) => {
    expect(durationMs(value)).toBe(ms);
  });

  test.each([
    '',
    '2',
    's',
    '2 s',
    ' 2s',
    '2s ',
    '2s\n',
    '-2s',
    '+2s',
    '.5s',
    '2.s',
    '1e3s',
    '2S',
    '2sec',
    '2 minutes',
    '1h30m',
    '١s',
    'Infinitys',
    `${'9'.repeat(309)}d`,
    -1,
    NaN,
    Infinity,
    null,
    undefined,
    true,
    {},
    [2],
    ['2s'],
  ])('refuses %j', (value) => {
    expect(durationMs(value)).toBeUndefined();
  });
});

describe('formatDuration', () => {
  test.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [1_000, '1 s'],
    [41_200, '41.2 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
    [3_599_499, '59 min 59 s'],
    [3_599_500, '1 h'],
    [12_000_000, '3 h 20 min'],
    [86_369_999, '23 h 59 min'],
    [86_370_000, '1 d'],
    [100_800_000, '1 d 4 h'],
    [2_592_000_000, '30 d'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test('never fills a unit up to the next one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 * 86_400_000 }), (ms) => {
        expect(formatDuration(ms)).not.toMatch(/\b(1000 ms|60 s|60 min|24 h)\b/);
      }),
    );
  });

  test('is at most half of its smaller unit away from the truth', () => {
    const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 * 86_400_000 }), (ms) => {
        const parts = [...formatDuration(ms).matchAll(/([\d.]+) (ms|s|min|h|d)/g)];
        const shown = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (unitMs[unit] ?? NaN), 0);
        const smallest = ms < 60_000 ? 100 : ms < 3_600_000 ? 1_000 : ms < 86_400_000 ? 60_000 : 3_600_000;
        // A span just below the next unit is rounded up into it, by at most half of the unit it came from.
        expect(Math.abs(shown - ms)).toBeLessThanOrEqual(smallest / 2 + 1e-6);
      }),
    );
  });
});
