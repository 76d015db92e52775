import fc from 'fast-check';
import { INSTANCE_GOALS } from '../../../src/contract/instance/input.js';
import type { SeenInstance } from '../../../src/contract/instance/instances.js';
import {
  hasFailed,
  isDealOpen,
  type Standing,
  standingOf,
  standingOfAll,
} from '../../../src/contract/instance/standing.js';
import { START } from '../task/played-wait.js';
import { DEAL, dealOf, instance, instancePlan } from './played-instances.js';

const seen = (status: number | null, missingSince: number | null = null): SeenInstance => ({
  ...instance(status ?? 0),
  status,
  missingSince,
});

/** By status: what an instance is towards each goal. */
const TABLE: [number, Record<(typeof INSTANCE_GOALS)[number], Standing>][] = [
  [0, { running: 'pending', isolated: 'pending', gone: 'pending' }],
  [1, { running: 'pending', isolated: 'pending', gone: 'pending' }],
  [2, { running: 'done', isolated: 'pending', gone: 'pending' }],
  [-2, { running: 'failed', isolated: 'done', gone: 'pending' }],
  [-3, { running: 'failed', isolated: 'done', gone: 'done' }],
  [97, { running: 'pending', isolated: 'pending', gone: 'pending' }],
];
const cases = TABLE.flatMap(([status, of]) => INSTANCE_GOALS.map((until) => [status, until, of[until]] as const));

test.each(cases)('status %d is, for until %s, %s', (status, until, standing) => {
  expect(standingOf(seen(status), { until, expect: {} }, START)).toBe(standing);
});

test('an instance whose status cannot be read is waited for', () => {
  for (const until of INSTANCE_GOALS) expect(standingOf(seen(null), { until, expect: {} }, START)).toBe('pending');
});

test.each([
  ['running', 'failed'],
  ['isolated', 'failed'],
  ['gone', 'done'],
] as const)('an instance that is not listed is pending for 60 s, then for until %s %s', (until, standing) => {
  const missing = seen(null, START);

  expect(standingOf(missing, { until, expect: {} }, START + 59_999)).toBe('pending');
  expect(standingOf(missing, { until, expect: {} }, START + 60_000)).toBe(standing);
});

test.each([
  [{ memSizeMb: 1_024 }, 'done'],
  [{ memSizeMb: 1_024, shards: 1, replicas: 1, typeId: 6 }, 'done'],
  [{ memSizeMb: 2_048 }, 'pending'],
  [{ memSizeMb: 1_024, shards: 3 }, 'pending'],
  [{ replicas: 2 }, 'pending'],
  [{ typeId: 7 }, 'pending'],
  [{}, 'done'],
] as const)('a running instance of which %j is expected is %s', (expected, standing) => {
  expect(standingOf(seen(2), { until: 'running', expect: expected }, START)).toBe(standing);
});

test('a size that the API does not tell is not as expected', () => {
  expect(standingOf({ ...seen(2), shards: null }, { until: 'running', expect: { shards: 1 } }, START)).toBe('pending');
});

test('only what it is now counts, whatever it was before', () => {
  const status = fc.constantFrom(0, 1, 2, -2, -3, 42);
  fc.assert(
    fc.property(status, fc.constantFrom(...INSTANCE_GOALS), fc.nat(), (now, until, at) => {
      const first = standingOf(seen(now), { until, expect: {} }, START);
      expect(standingOf(seen(now), { until, expect: {} }, START + at)).toBe(first);
    }),
  );
});

describe('a deal', () => {
  const plan = instancePlan({ dealName: DEAL });
  const all = (status: number | null, instances: SeenInstance[], more = {}) =>
    standingOfAll(plan, { instances, deal: dealOf(status, more), dealError: null, requestId: null, at: '' }, START);

  test.each([5, 6, 7, 8, 9, 10, 11])('in status %d fails, also where the instance runs', (status) => {
    expect(hasFailed(dealOf(status))).toBe(true);
    expect(all(status, [seen(2)])).toBe('failed');
  });

  test.each([1, 2, 3, 4, 12, 13, 0, null])('in status %p is no failure', (status) => {
    expect(hasFailed(dealOf(status))).toBe(false);
    expect(all(status, [seen(1)])).toBe('pending');
  });

  test('that has delivered is no success by itself', () => {
    expect(all(4, [seen(1)])).toBe('pending');
    expect(all(4, [])).toBe('pending');
    expect(all(4, [seen(2)])).toBe('done');
  });

  test('may tell its instances one by one', () => {
    expect(all(3, [seen(2)], { goodsNum: 2 })).toBe('pending');
    expect(all(3, [seen(2), seen(2)], { goodsNum: 2 })).toBe('done');
  });

  test('that has delivered tells all of its instances, whatever was ordered', () => {
    expect(all(4, [seen(2)], { goodsNum: 2 })).toBe('done');
  });

  test('is asked for until it has delivered', () => {
    expect([null, 1, 3, 12].map((status) => isDealOpen(dealOf(status)))).toEqual([true, true, true, true]);
    expect(isDealOpen(null)).toBe(true);
    expect(isDealOpen(dealOf(4))).toBe(false);
  });

  test('says nothing about which instances are waited for when they are given', () => {
    const given = instancePlan({ dealName: DEAL, instanceIds: ['crs-a'] });
    const known = { instances: [seen(2)], deal: null, dealError: 'InternalError', requestId: null, at: '' };

    expect(standingOfAll(given, known, START)).toBe('done');
    expect(standingOfAll(plan, known, START)).toBe('pending');
  });
});

test('all instances must be as they are waited for, and one that will never be is enough to fail', () => {
  const plan = instancePlan({ instanceIds: ['crs-a', 'crs-b'] });
  const of = (...instances: SeenInstance[]) =>
    standingOfAll(plan, { instances, deal: null, dealError: null, requestId: null, at: '' }, START);

  expect(of(seen(2), seen(1))).toBe('pending');
  expect(of(seen(2), seen(2))).toBe('done');
  expect(of(seen(1), seen(-2))).toBe('failed');
});
