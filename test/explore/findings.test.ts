// What a real run shows and the oracle does not know: a good wait, and each flaw alone.
import type { SimulatorCall } from '../../src/testing/index.js';
import { findings, type ObservedWait } from './real/findings.js';
import { instanceOf, messageOf } from './real/play.js';
import { REGION } from './real/starter.js';

const TASK = 700_001;
const ANSWER = 'request-1';

function callAt(at: number, more: Partial<SimulatorCall> = {}): SimulatorCall {
  const who = { action: 'DescribeTaskInfo', taskId: String(TASK), region: REGION, secretId: undefined };
  return { at, ...who, outcome: 'ok', requestId: ANSWER, status: 'succeed', aborted: false, connectionId: 1, ...more };
}

const RESULT = {
  ...{ taskId: TASK, region: REGION, status: 'succeed', taskType: null, instanceId: instanceOf(TASK), startTime: null },
  ...{ message: messageOf('succeed'), requestId: ANSWER, polls: 1, waitedMs: 1_000, detectionDelayMaxMs: null },
};

const GOOD: ObservedWait = {
  played: {
    planned: {
      ...{ index: 0, taskId: TASK, beginsAtMs: 0, startedBy: 'client', upheavals: [] },
      script: {
        maxWaitMs: 60_000,
        polling: { initialInterval: 1_000, backoffCoefficient: 1, maximumInterval: 1_000, jitter: 0 },
        ...{ task: undefined, faults: [], acts: [] },
      },
    },
    ...{ workflowId: `redis-task/${REGION}/${TASK}`, taskBeganAt: 0 },
    steering: [{ at: 100, heardAt: 110, did: 'pollNow' }],
  },
  recorded: {
    ...{ createdAt: 0, closedAt: 1_000, resets: [], continuedAt: [], runs: 1 },
    ...{
      startedAt: 0,
      endedAt: 1_000,
      ending: { as: 'succeeded', result: RESULT },
      polls: [],
      reports: [],
      deadlines: [],
    },
    ...{ failedTasks: [], signals: ['pollNow'], cancelRequested: false, holdsSecret: false, events: 20 },
    longestQueueMs: 0,
  },
  calls: [callAt(0)],
  runs: 1,
  absences: [],
  parent: undefined,
};

type Change = Partial<ObservedWait['recorded']>;
const recorded = (change: Change): ObservedWait => ({ ...GOOD, recorded: { ...GOOD.recorded, ...change } });
const ended = (change: object) => recorded({ ending: { as: 'succeeded', result: { ...RESULT, ...change } } });
const steered = (did: 'cancel' | 'joinWait'): ObservedWait => ({
  ...GOOD,
  played: { ...GOOD.played, steering: [{ at: 100, heardAt: 110, did }] },
});

function found(wait: ObservedWait): string[] {
  return [...findings(wait, new Map(wait.calls.map((call) => [call, call.at + 50])), [])];
}

test('a wait that is as it should be shows nothing', () => {
  expect(found(GOOD)).toEqual([]);
});

test.each<[string, ObservedWait]>([
  ['knows of no such wait', recorded({ events: 0 })],
  ['2 waits with the same id', { ...GOOD, runs: 2 }],
  ['A secret', recorded({ holdsSecret: true })],
  ['acknowledged pollNow', recorded({ signals: [] })],
  ['acknowledged cancel', steered('cancel')],
  ['acknowledged joinWait', steered('joinWait')],
  ['about task 1', ended({ taskId: 1 })],
  ['counts 2 polls', ended({ polls: 2 })],
  ['No answer had', ended({ requestId: 'request-9' })],
  ['instanceId is', ended({ instanceId: 'crs-1' })],
  ['message is', ended({ message: '' })],
])('is found: %s', (sentence, wait) => {
  expect(found(wait)).toEqual([expect.stringContaining(sentence)]);
});

test('two calls at once are found, unless the first was given up or the server may have forgotten it', () => {
  const [first, second] = [callAt(0), callAt(8_700)];
  const wait = { ...GOOD, calls: [first, second] };
  const ends = (endedAt: number) =>
    new Map([
      [first, endedAt],
      [second, 9_000],
    ]);
  const killed = { from: 8_000, to: 20_000, why: 'the server was killed' };
  const aborted = callAt(0, { aborted: true });

  expect([...findings(wait, ends(9_300), [])]).toEqual([expect.stringContaining('Two calls at once')]);
  expect([...findings(wait, ends(8_600), [])]).toEqual([]);
  expect([...findings(wait, ends(9_300), [killed])]).toEqual([]);
  const givenUp = { ...GOOD, calls: [aborted, second] };
  expect([...findings(givenUp, new Map([[aborted, 9_300]]), [])]).toEqual([]);
  expect([...findings(givenUp, new Map([[aborted, 14_800]]), [])]).toEqual([expect.stringContaining('Two calls')]);
});
