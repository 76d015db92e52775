// What the oracle says of a shared wait: a good one, and each flaw alone.
import { judge } from './oracle.js';
import type { WaitRecord } from './wait-record.js';

const MINUTE = 60_000;
const POLLING = {
  initialInterval: 5_000,
  backoffCoefficient: 1,
  maximumInterval: 5_000,
  jitter: 0,
  pacing: 'shared' as const,
};
const FACTS = { polls: 2, waitedMs: 35_000, detectionDelayMaxMs: 4_000, status: 'succeed' };

/** A wait whose task ends after 30 s, and whose watch tells it 4 s later. */
const GOOD: WaitRecord = {
  script: {
    ...{ maxWaitMs: 10 * MINUTE, polling: POLLING, faults: [], acts: [] },
    task: {
      visibleAfterMs: 0,
      statuses: [
        { fromMs: 0, status: 'running' },
        { fromMs: 30_000, status: 'succeed' },
      ],
    },
  },
  ...{ startedAt: 0, endedAt: 35_000, ending: { as: 'succeeded', result: FACTS as never } },
  calls: [
    { at: 100, answer: { status: 'running' } },
    { at: 34_500, answer: { status: 'succeed' } },
  ],
  polls: [
    { at: 0, answeredAt: 200, gaveTask: true },
    { at: 34_100, answeredAt: 35_000, gaveTask: true },
  ],
  reports: [{ at: 34_000, seenAt: 31_000 }],
  ...{ steering: [], troubles: [], failedTasks: [], longestQueueMs: 0 },
  deadlines: [{ from: 0, deadline: 10 * MINUTE }],
};

function judged(change: Partial<WaitRecord>): string[] {
  return judge({ ...GOOD, ...change }, { clockMs: 20, busyMs: 1_000 });
}

/** As the good one, so much later. */
function endedLater(ms: number): Partial<WaitRecord> {
  const [running, , ...rest] = GOOD.calls;
  const seen = { at: 34_500 + ms, answer: { status: 'succeed' } };
  return {
    endedAt: 35_000 + ms,
    ending: { as: 'succeeded', result: { ...FACTS, waitedMs: 35_000 + ms, detectionDelayMaxMs: 4_000 + ms } as never },
    calls: [running as never, seen, ...rest],
    polls: [GOOD.polls[0] as never, { at: 34_100 + ms, answeredAt: 35_000 + ms, gaveTask: true }],
    reports: [{ at: 34_000 + ms, seenAt: 29_000 }],
  };
}

const spans = (from: number, to: number) => [{ from, to, why: 'the list: listStuck' }];

test('a shared wait that is told of the end, and asks, is as it should be', () => {
  expect(judged({})).toEqual([]);
});

test('an end that is seen a minute late is found, although calls were in trouble before the task had ended', () => {
  const late = [expect.stringContaining('the wait ended only at 95000')];

  expect(judged(endedLater(MINUTE))).toEqual(late);
  expect(judged({ ...endedLater(MINUTE), troubles: spans(0, 15_000), listTroubles: spans(0, 10_000) })).toEqual(late);
});

test('a list that was wrong excuses a late end until it is right again, and no longer', () => {
  const listTroubles = spans(20_000, 85_000);

  expect(judged({ ...endedLater(MINUTE), listTroubles })).toEqual([]);
  expect(judged({ ...endedLater(2 * MINUTE), listTroubles })).toEqual([
    expect.stringContaining('ended only at 155000'),
  ]);
});

test('an end that no call has seen is found', () => {
  const calls = GOOD.calls.slice(0, 1);

  expect(judged({ calls })).toContainEqual(expect.stringContaining('the last status that a call saw was "running"'));
});

test('a poll that is given up for one that a report asks for is none that lost its place, and without a report it is', () => {
  const [first, last] = GOOD.polls as [WaitRecord['polls'][0], WaitRecord['polls'][0]];
  const polls = [first, { at: 30_000, givenUpAt: 34_000 }, last];

  expect(judged({ polls })).toEqual([]);
  expect(judged({ polls, reports: [] })).toContainEqual(expect.stringContaining('was given up at 34000'));
});

test('a report that no poll follows is found', () => {
  const reports = [{ at: 10_000, seenAt: 9_000 }, ...(GOOD.reports ?? [])];

  expect(judged({ reports })).toEqual(['a report of the watch at 10000 was not followed by a poll']);
});

test('an end that three sweeps show, and of which the wait hears nothing, is found', () => {
  const late = { ...endedLater(MINUTE), reports: [], listTroubles: spans(20_000, 85_000) };

  expect(judged({ ...late, sweeps: [30_500, 32_000, 40_000] })).toEqual([]);
  expect(judged({ ...late, sweeps: [32_000, 40_000, 45_000] })).toEqual([
    'The task ended at 30000, three sweeps did not show it until 45000, and nobody told the wait',
  ]);
});

test('a task that was seen unfinished is told of, unless the answer was lost and the same poll has called again', () => {
  const facts = { ...FACTS, detectionDelayMaxMs: null };
  const untold = { ending: { as: 'succeeded', result: facts as never }, reports: [] } as const;
  const lost = { ending: { as: 'succeeded', result: { ...facts, polls: 1 } as never }, reports: [] } as const;
  const unseen = 'detectionDelayMaxMs is null, but the task was seen unfinished';

  expect(judged(untold)).toContain(unseen);
  expect(judged({ ...lost, polls: [{ at: 0, answeredAt: 35_000, gaveTask: true }] })).not.toContain(unseen);
});
