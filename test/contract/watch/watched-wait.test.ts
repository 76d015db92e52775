import { readInput } from '../../../src/contract/task/input.js';
import type { TaskWaitState } from '../../../src/contract/task/state.js';
import { pollAnswered } from '../../../src/contract/task/state.js';
import { nextPollAt, pauseAfterPoll, pollBegan } from '../../../src/contract/wait/polls.js';
import { nextInterval } from '../../../src/contract/wait/schedule.js';
import { beginWait } from '../../../src/contract/wait/state.js';
import {
  joined,
  joinIsDue,
  ownPollAt,
  pacedByItself,
  readWatchReport,
  seldomMs,
  watchChecked,
  watchLost,
  watchPaused,
  watchReported,
} from '../../../src/contract/watch/watched-wait.js';

const START = 1_000_000;
const MINUTE = 60_000;
const plan = readInput({ taskId: 1, region: 'ap-guangzhou', maxWait: '7d', polling: { pacing: 'shared', jitter: 0 } });
const RUNNING = {
  status: 'running',
  taskType: null,
  instanceId: null,
  startTime: null,
  message: null,
  requestId: null,
  at: '2026-11-30T00:00:00.000Z',
};
const REFUSED = { code: 'UnauthorizedOperation', message: 'no', requestId: null, at: '2026-11-30T00:00:00.000Z' };
const ASK = { seenAt: null };

function polled(state: TaskWaitState, now: number): TaskWaitState {
  const checked = watchChecked(pollAnswered(pollBegan(state), { observation: RUNNING }, now), now);
  return watchPaused(pauseAfterPoll(plan, checked, now, 0.5), now);
}

const begun = beginWait(plan, START);
/** It has been polled, and then joined. */
const watched = joined(polled(begun, START), START, START + 500);

describe('a shared wait', () => {
  test('joins when it begins, beside its first poll', () => {
    expect(joinIsDue(begun, START)).toBe(true);
    expect(nextPollAt(begun)).toBe(START);
  });

  test('polls by itself only five minutes later already while it joins', () => {
    expect(nextPollAt(polled(begun, START))).toBe(START + 5 * MINUTE);
  });

  test('keeps that time once the watch knows of it: it needs no other timer', () => {
    expect(nextPollAt(watched)).toBe(START + 5 * MINUTE);
  });

  test('that has paced itself does so while it joins, until the watch knows of it again', () => {
    const lost = watchLost(watched, 'no worker', START + 10 * MINUTE);
    const now = START + 10 * MINUTE;
    const paced = polled(lost, now);

    expect(nextPollAt(paced)).toBe(now + nextInterval(plan.schedule, 10 * MINUTE, 1, 0.5).delayMs);
    expect(nextPollAt(joined(paced, now, now + 500))).toBe(ownPollAt(watched, now + 500));
  });

  test('polls at its deadline', () => {
    expect(nextPollAt({ ...watched, deadline: START + MINUTE })).toBe(START + MINUTE);
  });
});

describe('a watched wait polls by itself', () => {
  const at = (waitedMs: number) => ownPollAt(watched, START + waitedMs) - START;

  test.each([
    ['half as long again as it has waited', 20 * MINUTE, 30 * MINUTE],
    ['five minutes later at the least', MINUTE, 6 * MINUTE],
    ['half an hour later at the most', 600 * MINUTE, 630 * MINUTE],
  ])('%s', (_when, waitedMs, expected) => {
    expect(at(waitedMs)).toBe(expected);
  });

  test('no sooner than a fifth of the rate of the API allows to all open waits', () => {
    const seldom = seldomMs(10_000, 15);

    expect(seldom).toBe(3_333_334);
    expect(nextPollAt(watchPaused(watched, START, seldom))).toBe(START + seldom);
  });

  test('as ever where few waits are open', () => {
    expect(seldomMs(900, 15)).toBe(0);
  });
});

describe('a report of the watch', () => {
  const told = watchReported(watched, { seenAt: START + 9_000 }, plan.schedule, START + MINUTE);

  test('makes the wait poll at once', () => {
    expect(nextPollAt(told)).toBe(START + MINUTE);
  });

  test('tells when the task was last seen unfinished, which bounds how late its end is seen', () => {
    expect(told.unfinishedAt).toBe(START + 9_000);
  });

  test('that comes twice makes one poll', () => {
    expect(watchReported(told, ASK, plan.schedule, START + MINUTE + 5)).toMatchObject({ requestedAt: START + MINUTE });
  });

  test.each([
    ['to ask', ASK],
    ['that the tasks cannot be listed', { seenAt: null, unable: { error: REFUSED, until: START + 11 * MINUTE } }],
  ])('%s that is quicker than the answer to the join counts', (_what, report) => {
    const quick = watchReported(polled(begun, START), report, plan.schedule, START + 400);

    expect(joined(quick, START, START + 500)).toBe(quick);
  });

  test('that was checked before the answer to the join counts: the join has to be made again', () => {
    const told = watchReported(polled(begun, START), ASK, plan.schedule, START + 400);
    const checked = polled(told, START + 600);

    expect(joined(checked, START, START + 700)).toBe(checked);
    expect(joinIsDue(checked, START + 700)).toBe(true);
  });

  test('is checked at the own pace when the poll brings no task', () => {
    const error = { code: 'InternalError', message: '', requestId: null, at: RUNNING.at };
    const failed = pollAnswered(pollBegan(told), { error, errorClass: 'transient' }, START + MINUTE);
    const now = START + MINUTE;

    expect(watchChecked(failed, now)).toBe(failed);
    expect(nextPollAt(watchPaused(pauseAfterPoll(plan, failed, now, 0.5), now))).toBeLessThan(now + 10_000);
  });

  test('of a task that is unfinished makes the wait join again', () => {
    const checked = polled(told, START + MINUTE);

    expect(joinIsDue(checked, START + MINUTE)).toBe(true);
    expect(checked.watch).toMatchObject({ falseAlarms: 1 });
  });

  test('that is false once more makes the wait pace itself for ten minutes', () => {
    const again = joined(polled(told, START + MINUTE), START + MINUTE, START + MINUTE);
    const checked = polled(watchReported(again, ASK, plan.schedule, START + 2 * MINUTE), START + 2 * MINUTE);

    expect(joinIsDue(checked, START + 12 * MINUTE - 1)).toBe(false);
    expect(joinIsDue(checked, START + 12 * MINUTE)).toBe(true);
    expect(nextPollAt(checked)).toBeLessThan(START + 2 * MINUTE + 10_000);
    expect(checked.watch?.reason).toBe('the list does not show the task');
  });

  test('that the tasks cannot be listed makes the wait pace itself until then, without a call for it', () => {
    const report = { seenAt: null, unable: { error: REFUSED, until: START + 11 * MINUTE } };
    const left = watchReported(watched, report, plan.schedule, START + MINUTE);

    expect(left.requestedAt).toBeNull();
    expect(nextPollAt(left)).toBeLessThan(START + MINUTE + 10_000);
    expect(joinIsDue(left, START + 11 * MINUTE)).toBe(true);
    expect(left.watch?.reason).toContain('UnauthorizedOperation');
  });

  test.each([
    ['behind', -60 * MINUTE],
    ['ahead', 60 * MINUTE],
  ])('from sweeps whose clock is an hour %s makes the wait pace itself for as long', (_where, offset) => {
    const unable = { error: REFUSED, until: START + offset + 11 * MINUTE };
    const report = { sentAt: START + offset + MINUTE, seenAt: null, unable };
    const left = watchReported(watched, report, plan.schedule, START + MINUTE);

    expect(left.watch?.joinAt).toBe(START + 11 * MINUTE);
  });

  test('from sweeps whose clock is ahead does not say that the end is seen sooner than it was', () => {
    const report = { sentAt: START + 61 * MINUTE, seenAt: START + 60 * MINUTE + 9_000 };

    expect(watchReported(watched, report, plan.schedule, START + MINUTE).unfinishedAt).toBe(START + 9_000);
  });

  test.each([[undefined], ['x'], [{ seenAt: 'yesterday' }], [{ seenAt: 1, unable: { until: 5 } }]])(
    'of another form, %j, says: ask the API',
    (argument) => {
      expect(readWatchReport(argument)).toEqual(ASK);
    },
  );
});

test('a wait that no worker has taken to the watch paces itself', () => {
  const now = START + 30_000;
  const lost = watchLost(polled(begun, START), 'no worker', START + 10 * MINUTE);
  const first = nextInterval(plan.schedule, 30_000, 1, 0.5).delayMs;

  expect(nextPollAt(pacedByItself(lost, plan.schedule, now))).toBe(now + first);
});

test('a wait that is paced by timers has no watch', () => {
  const timers = beginWait(readInput({ taskId: 1, region: 'ap-guangzhou' }), START);

  expect(timers.watch).toBeNull();
  expect(watchReported(timers, ASK, plan.schedule, START)).toBe(timers);
});
