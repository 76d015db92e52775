// The polls of a watch, read from the calls that the API saw.
import { type TimedCall, watchedPolls } from './real/watched-polls.js';
import type { CallRecord } from './wait-record.js';

const FIRST_POLL = { at: 0, answeredAt: 50 };
const RUNNING = { status: 'running' };
const OUT = { errorClass: 'transient' } as const;
const REFUSED = { errorClass: 'unauthorized' } as const;

function call(at: number, answer: CallRecord['answer'], more: Partial<TimedCall> = {}): TimedCall {
  return { at, endedAt: at + 40, answer, ...more };
}

function pollsOf(calls: readonly TimedCall[], { givenUpAt = Infinity, why = '', killedAt = Infinity } = {}) {
  const watch = { at: 2_000, ...(givenUpAt < Infinity && { givenUpAt }) };
  const troubles = [{ from: killedAt, to: killedAt + 17_000, why }];
  return watchedPolls({ polls: [FIRST_POLL], watches: [watch], calls: [call(10, RUNNING), ...calls], troubles });
}

test('each call that brings a task is a poll, and a call before the watch is none of its', () => {
  expect(pollsOf([call(2_010, RUNNING), call(4_010, RUNNING)])).toEqual([
    { at: 2_010, answeredAt: 2_050, gaveTask: true },
    { at: 4_010, answeredAt: 4_050, gaveTask: true },
  ]);
});

test('four attempts that fail are one poll, and a fifth begins another', () => {
  const calls = [2_010, 3_060, 5_110, 9_160, 11_000].map((at) => call(at, OUT));

  expect(pollsOf(calls)).toEqual([{ at: 2_010, answeredAt: 9_200, gaveTask: false }]);
});

test('attempts that fail belong to the poll that an answer ends', () => {
  const calls = [call(2_010, OUT), call(3_060, undefined), call(5_110, RUNNING)];

  expect(pollsOf(calls)).toEqual([{ at: 2_010, answeredAt: 5_150, gaveTask: true }]);
});

test('a refusal and its repair are one poll that no attempt repeats', () => {
  const calls = [call(2_010, REFUSED), call(2_060, REFUSED, { isRepair: true }), call(4_010, RUNNING)];

  expect(pollsOf(calls)).toEqual([
    { at: 2_010, answeredAt: 2_100, gaveTask: false },
    { at: 4_010, answeredAt: 4_050, gaveTask: true },
  ]);
});

test('a call under way when the watch is given up is a poll that is given up, and one that comes later is none', () => {
  const calls = [call(2_010, RUNNING), call(4_010, RUNNING, { endedAt: 6_000 }), call(7_000, RUNNING)];

  expect(pollsOf(calls, { givenUpAt: 5_000 })).toEqual([
    { at: 2_010, answeredAt: 2_050, gaveTask: true },
    { at: 4_010, givenUpAt: 5_000 },
  ]);
});

test.each<[string, Parameters<typeof pollsOf>[1], boolean]>([
  ['right before a worker is killed is doubtful', { killedAt: 2_100, why: 'a worker got SIGKILL' }, true],
  ['long before is not', { killedAt: 9_000, why: 'a worker got SIGKILL' }, false],
  ['that another worker hears while the killed one is missed is not', { killedAt: 1_000, why: 'a worker' }, false],
  ['that comes while the server is away is doubtful', { killedAt: 1_000, why: 'the server was killed' }, true],
  ['right before the watch is given up is doubtful', { givenUpAt: 2_200 }, true],
])('an answer %s', (_, around, isDoubtful) => {
  expect(pollsOf([call(2_010, RUNNING)], around)).toEqual([
    { at: 2_010, answeredAt: 2_050, gaveTask: true, ...(isDoubtful && { isDoubtful }) },
  ]);
});

test('an answer that a worker may have asked for itself, after a refusal, is doubtful', () => {
  expect(pollsOf([call(2_010, RUNNING, { mayBeProbe: true })])).toMatchObject([{ gaveTask: true, isDoubtful: true }]);
});
