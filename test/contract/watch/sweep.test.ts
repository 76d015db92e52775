import fc from 'fast-check';
import {
  afterSweep,
  afterTelling,
  blockedUntil,
  forgetClosed,
  mustAsk,
  paceAfter,
  paceAt,
  paceForJoin,
  readPages,
  register,
  type RegisteredWait,
  sweepDueAt,
  type SweptList,
  type TaskPage,
} from '../../../src/contract/watch/sweep.js';
import type { WatchedWait } from '../../../src/contract/watch/watch.js';

const JOINED = 1_000_000;
const SCHEDULE = { initialIntervalMs: 2_000, maximumIntervalMs: 9_900, backoffCoefficient: 1.64, jitter: 0 };

function wait(taskId: number, change: Partial<WatchedWait> = {}): WatchedWait {
  return {
    workflowId: `wait-${taskId}`,
    taskId,
    region: 'ap-guangzhou',
    joinedAt: JOINED,
    startedAt: JOINED,
    wasMissed: false,
    schedule: SCHEDULE,
    ...change,
  };
}

function registered(taskId: number, change: Partial<RegisteredWait> = {}): RegisteredWait {
  const [each] = register(new Map(), [wait(taskId)], JOINED).values();
  if (!each) throw new Error('Nothing was registered');
  return { ...each, ...change };
}

const waitsOf = (...waits: RegisteredWait[]) => new Map(waits.map((each) => [each.workflowId, each]));

function page(totalCount: number, ...rows: (readonly [taskId: number, result: number | null])[]): TaskPage {
  return { totalCount, tasks: rows.map(([taskId, result]) => ({ taskId, result })), unreadable: 0 };
}

const list = (...rows: (readonly [number, number | null])[]) => readPages([page(rows.length, ...rows)], true);
const INCONSISTENT: SweptList = { unfinished: new Set(), others: new Set(), isConsistent: false };

describe('the list', () => {
  test('is consistent when all of its pages have the same total, and as many tasks', () => {
    expect(readPages([page(3, [1, 1], [2, 0]), page(3, [3, 1])], true)).toMatchObject({ isConsistent: true });
  });

  test.each([
    ['a page has another total', [page(3, [1, 1], [2, 1]), page(2, [3, 1])], true],
    ['a row slipped from one page to the other', [page(3, [1, 1], [2, 1]), page(3, [2, 1])], true],
    ['a row has no id', [{ ...page(1, [1, 1]), unreadable: 1 }], true],
    ['not all of it was read', [page(1, [1, 1])], false],
  ])('is not when %s', (_case, pages, isWhole) => {
    expect(readPages(pages, isWhole)).toMatchObject({ isConsistent: false });
  });
});

describe('a wait goes on unasked', () => {
  test.each([0, 1])('while the list shows its task with Result %d', (result) => {
    expect(mustAsk(registered(1), list([1, result]), JOINED)).toBe(false);
  });

  test('when one sweep whose pages do not fit together lacks its task', () => {
    expect(mustAsk(registered(1), INCONSISTENT, JOINED)).toBe(false);
  });

  test('for half a minute when the list did not show its task before', () => {
    const missed = registered(1, { wasMissed: true });

    expect(mustAsk(missed, list(), JOINED + 29_000)).toBe(false);
    expect(mustAsk(missed, list(), JOINED + 30_000)).toBe(true);
  });
});

describe('a wait asks the API', () => {
  test('when a consistent list lacks its task', () => {
    expect(mustAsk(registered(1), list([2, 1]), JOINED)).toBe(true);
  });

  test('when a second sweep in a row lacks its task, whatever its pages', () => {
    expect(mustAsk(registered(1, { isMissed: true }), INCONSISTENT, JOINED)).toBe(true);
  });

  test.each([2, 3, 4, 99, null])('when the list shows its task with Result %p', (result) => {
    expect(mustAsk(registered(1), list([1, result]), JOINED)).toBe(true);
  });

  test('when the list shows its task twice, and once as ended', () => {
    expect(mustAsk(registered(1), list([1, 1], [1, 2]), JOINED)).toBe(true);
  });

  test('at once when its task has left a list that showed it, also if one before did not', () => {
    expect(mustAsk(registered(1, { wasMissed: true, seenAt: JOINED }), list(), JOINED + 1)).toBe(true);
  });
});

test('a list never says that a task has ended: it only ever makes a wait ask, or go on', () => {
  const rows = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom(0, 1, 2, 3, 4, null)));
  fc.assert(
    fc.property(rows, fc.boolean(), (tasks, isWhole) => {
      const swept = readPages([page(tasks.length, ...tasks)], isWhole);
      const { waits, toTell } = afterSweep(waitsOf(registered(1), registered(2)), swept, JOINED, JOINED);
      expect(waits.size).toBe(2);
      for (const { taskId } of toTell) expect(swept.unfinished.has(taskId) && !swept.others.has(taskId)).toBe(false);
    }),
  );
});

describe('a sweep', () => {
  test('leaves a wait that has joined while it went on to the next one', () => {
    const late = registered(1, { joinedAt: JOINED + 1, knownAt: JOINED + 2 });

    expect(afterSweep(waitsOf(late), list(), JOINED, JOINED + 2).toTell).toEqual([]);
  });

  test('remembers when it saw a task unfinished', () => {
    const { waits } = afterSweep(waitsOf(registered(1)), list([1, 1]), JOINED + 5, JOINED + 9);

    expect(waits.get('wait-1')).toMatchObject({ seenAt: JOINED + 5, isMissed: false });
  });

  test('that is not consistent is followed by another a second later', () => {
    const { waits } = afterSweep(waitsOf(registered(1)), INCONSISTENT, JOINED, JOINED);

    expect(sweepDueAt(waits, { lastAt: JOINED, step: 9 }, JOINED)).toBe(JOINED + 1_000);
  });

  const patient = registered(2, { schedule: { ...SCHEDULE, initialIntervalMs: 60_000, maximumIntervalMs: 60_000 } });
  const joinedPace = paceForJoin({ lastAt: 0, step: 9 });

  test('comes as the schedule of the most impatient wait says, from its second interval on', () => {
    const waits = waitsOf(registered(1), patient);
    const first = sweepDueAt(waits, joinedPace, JOINED) ?? 0;
    const next = paceAfter(first, joinedPace, false);

    expect(first).toBe(JOINED + 3_280);
    expect(sweepDueAt(waits, next, first)).toBe(first + 5_379);
    expect(sweepDueAt(waits, { ...next, step: 9 }, first)).toBe(first + 9_900);
  });

  test('comes after the first interval once there is news', () => {
    const pace = paceAfter(JOINED, { lastAt: 0, step: 9 }, true);

    expect(sweepDueAt(waitsOf(registered(1), patient), pace, JOINED)).toBe(JOINED + 2_000);
  });

  test('comes late in the time that a task is expected to take', () => {
    const expecting = registered(1, { schedule: { ...SCHEDULE, expectedDurationMs: 600_000 } });

    expect(sweepDueAt(waitsOf(expecting), joinedPace, JOINED)).toBe(JOINED + 240_000);
  });

  test('is never closer than 2 s to the one before', () => {
    const hasty = registered(1, { schedule: { ...SCHEDULE, initialIntervalMs: 1_000, maximumIntervalMs: 1_000 } });

    expect(sweepDueAt(waitsOf(hasty), { lastAt: JOINED, step: 0 }, JOINED)).toBe(JOINED + 2_000);
  });

  test('is due as soon when the clock was set back by an hour meanwhile', () => {
    const pace = paceAt({ lastAt: JOINED + 3_600_000, step: 0 }, JOINED);

    expect(sweepDueAt(waitsOf(registered(1)), pace, JOINED)).toBe(JOINED + 2_000);
  });

  test('is not due while nobody waits', () => {
    expect(sweepDueAt(waitsOf(registered(1, { toldAt: JOINED })), joinedPace, JOINED)).toBeNull();
    expect(sweepDueAt(new Map(), joinedPace, JOINED)).toBeNull();
  });
});

describe('a list that cannot be read', () => {
  test.each(['unauthorized', 'rejected', 'unknownTask'] as const)(
    'is left alone for ten minutes when it is %s',
    (errorClass) => {
      expect(blockedUntil(errorClass, JOINED, JOINED)).toBe(JOINED + 600_000);
    },
  );

  test.each(['transient', 'throttled'] as const)('is left alone when that was %s for a minute', (errorClass) => {
    expect(blockedUntil(errorClass, JOINED, JOINED + 59_999)).toBeNull();
    expect(blockedUntil(errorClass, JOINED, JOINED + 60_000)).toBe(JOINED + 660_000);
  });
});

describe('a wait that was told', () => {
  const told = afterTelling(waitsOf(registered(1)), [registered(1)], JOINED + 10);

  test('is not told again by the next sweep', () => {
    expect(afterSweep(told, list(), JOINED + 20, JOINED + 20).toTell).toEqual([]);
  });

  test('is told again when nothing is heard of it for five minutes', () => {
    expect(afterSweep(told, list(), JOINED + 300_010, JOINED + 300_010).toTell).toHaveLength(1);
  });

  test('is watched if it has joined again while it was told', () => {
    const rejoined = register(waitsOf(registered(1)), [wait(1, { joinedAt: JOINED + 20 })], JOINED + 21);

    expect(afterTelling(rejoined, [registered(1)], JOINED + 30)).toEqual(rejoined);
  });

  test('is watched again when it joins again, and not when an earlier join is heard of late', () => {
    expect(register(told, [wait(1)], JOINED + 21).get('wait-1')).toMatchObject({ toldAt: JOINED + 10 });
    expect(register(told, [wait(1, { joinedAt: JOINED + 20 })], JOINED + 21).get('wait-1')).toMatchObject({
      toldAt: null,
    });
  });
});

describe('a wait that is not open any more', () => {
  const later = JOINED + 15_001;

  test('is forgotten', () => {
    expect(forgetClosed(waitsOf(registered(1)), new Set(), later).size).toBe(0);
    expect(forgetClosed(waitsOf(registered(1)), new Set(['wait-1']), later).size).toBe(1);
  });

  test('is kept for 15 s after it has joined: the server lists it late', () => {
    expect(forgetClosed(waitsOf(registered(1)), new Set(), JOINED + 15_000 - 1).size).toBe(1);
  });

  test('is forgotten sooner when it was told', () => {
    expect(forgetClosed(waitsOf(registered(1, { toldAt: JOINED })), new Set(), JOINED + 1).size).toBe(0);
  });
});

describe('a wait by another clock than that of the sweeps', () => {
  const HOUR = 3_600_000;
  const ahead = registered(1, { joinedAt: JOINED + HOUR, startedAt: JOINED + HOUR });

  test('is swept by the next sweep, and at its pace, when its clock is ahead', () => {
    expect(sweepDueAt(waitsOf(ahead), paceForJoin({ lastAt: 0, step: 9 }), JOINED)).toBe(JOINED + 3_280);
    expect(afterSweep(waitsOf(ahead), list(), JOINED + 3_280, JOINED + 3_300).toTell).toEqual([ahead]);
  });

  test('is forgotten when it is not open any more, when its clock is ahead', () => {
    expect(forgetClosed(waitsOf(ahead), new Set(), JOINED + 15_001).size).toBe(0);
  });

  test('is kept until the server lists it when its clock is behind', () => {
    const behind = registered(1, { joinedAt: JOINED - HOUR });

    expect(forgetClosed(waitsOf(behind), new Set(), JOINED + 1).size).toBe(1);
    expect(mustAsk({ ...behind, wasMissed: true }, list(), JOINED + 1)).toBe(false);
  });
});
