// Pure unit tests of what `npm run chaos` decides: no server, no worker.
import type { StartedWait } from '../../scripts/chaos/client-acts.js';
import { createDice } from '../../scripts/chaos/dice.js';
import { dealFates, type Ending, type Fate } from '../../scripts/chaos/fates.js';
import { readFlags } from '../../scripts/chaos/flags.js';
import type { WaitRecord } from '../../scripts/chaos/record.js';
import { isGivenUp, judge } from '../../scripts/chaos/verdict.js';
import type { RedisTaskFailure, RedisTaskFailureDetails } from '../../src/contract/failures.js';

const FATES = dealFates(100, 120, createDice(7));
const ANSWERS = new Set(['answer-1', 'answer-2', 'answer-3']);
const BEGAN_AT = 1_000_000;

function fateWith(matches: (fate: Fate) => boolean): Fate {
  const found = FATES.find(matches);
  if (!found) throw new Error('No such fate was dealt');
  return found;
}

function waitFor(fate: Fate): StartedWait {
  return { fate, workflowId: `redis-task/ap-guangzhou/${fate.taskId}`, taskBeganAt: BEGAN_AT, heard: [] };
}

function factsOf({ input, last, script }: Fate): RedisTaskFailureDetails {
  const { taskId, region } = input;
  const seen = { taskType: null, startTime: null, requestId: 'answer-1', polls: 2, waitedMs: 30_000 };
  const status = last?.status ?? 'running';
  return { taskId, region, status, message: last?.message ?? '', instanceId: script?.instanceId ?? null, ...seen };
}

function ended(state: string, end: Pick<WaitRecord, 'result' | 'failure'> = {}): WaitRecord {
  const rest = { extendedAt: undefined, cancelRequestedAt: undefined, signals: 0, runs: 1 };
  const tasks = { failedTasks: [], timedOutTasks: 0, holdsSecret: false };
  return { state, startedAt: BEGAN_AT, closedAt: BEGAN_AT + 60_000, ...rest, ...tasks, ...end };
}

function failed(type: 'RedisTaskFailed' | 'RedisTaskErrored', details: RedisTaskFailureDetails): WaitRecord {
  return ended('FAILED', { failure: { type, message: '', details } });
}

describe('the fates that are dealt', () => {
  test('are the same for the same seed', () => {
    expect(dealFates(100, 120, createDice(7))).toEqual(FATES);
    expect(dealFates(100, 120, createDice(8))).not.toEqual(FATES);
  });

  test.each<Ending>([
    'succeeded',
    'cancelled',
    'RedisTaskFailed',
    'RedisTaskErrored',
    'RedisTaskTimedOut',
    'RedisTaskRejected',
  ])('hold every ending, even in a small run: %s', (ending) => {
    expect(dealFates(25, 30, createDice(1)).map((fate) => fate.ending)).toContain(ending);
  });

  test('end before the run does', () => {
    for (const { startsAtMs, lastsMs } of FATES) expect(startsAtMs + (lastsMs ?? 0)).toBeLessThan(120_000);
  });
});

describe('a wait is judged', () => {
  const success = fateWith(({ ending, acts }) => ending === 'succeeded' && acts.length === 0);
  const result = { ...factsOf(success), status: 'succeed', detectionDelayMaxMs: null };
  const failure = fateWith(({ ending }) => ending === 'RedisTaskFailed');

  test('right when it ended as the task did', () => {
    const verdict = judge(waitFor(success), ended('COMPLETED', { result }), ANSWERS);

    expect(verdict).toMatchObject({ is: 'right', because: [], lateMs: 60_000 - (success.lastsMs ?? NaN) });
    expect(judge(waitFor(failure), failed('RedisTaskFailed', factsOf(failure)), ANSWERS).is).toBe('right');
  });

  test('lost when the server knows nothing of it', () => {
    expect(judge(waitFor(success), { ...ended('COMPLETED'), state: undefined }, ANSWERS).is).toBe('lost');
  });

  test('stuck when it has not ended', () => {
    expect(judge(waitFor(success), { ...ended('RUNNING'), closedAt: undefined }, ANSWERS).is).toBe('stuck');
  });

  test.each<[string, WaitRecord]>([
    ['another state', ended('TERMINATED')],
    ['a failure of another type', failed('RedisTaskErrored', factsOf(failure))],
    ['another task', failed('RedisTaskFailed', { ...factsOf(failure), taskId: 1 })],
    ['another status', failed('RedisTaskFailed', { ...factsOf(failure), status: 'Failed' })],
    ['another message', failed('RedisTaskFailed', { ...factsOf(failure), message: '' })],
    ['another instance', failed('RedisTaskFailed', { ...factsOf(failure), instanceId: 'crs-1' })],
    ['an answer that was never given', failed('RedisTaskFailed', { ...factsOf(failure), requestId: 'answer-9' })],
    ['more polls than answers', failed('RedisTaskFailed', { ...factsOf(failure), polls: 4 })],
  ])('wrong when it ended with %s', (_, record) => {
    expect(judge(waitFor(failure), record, ANSWERS).is).toBe('wrong');
  });

  test('by the first deadline when the server never heard of the extension, and wrong when it had acknowledged it', () => {
    const extended = fateWith(({ acts }) => acts.some(({ does }) => does === 'extendWait'));
    const details = { ...factsOf(extended), status: 'running', resumeInput: extended.input };
    const timedOut: RedisTaskFailure = { type: 'RedisTaskTimedOut', message: '', details };
    const record = ended('FAILED', { failure: timedOut });

    expect(judge(waitFor(extended), record, ANSWERS)).toMatchObject({ is: 'right', ending: 'RedisTaskTimedOut' });
    expect(judge({ ...waitFor(extended), heard: ['extendWait'] }, record, ANSWERS).is).toBe('wrong');
    expect(judge(waitFor(extended), { ...record, extendedAt: BEGAN_AT }, ANSWERS).is).toBe('wrong');
  });
});

test('two calls of one wait at once are explained when the first was given up, and by nothing else', () => {
  const overlap = { taskId: '1', at: BEGAN_AT, afterMs: 8_700 };

  expect(isGivenUp({ ...overlap, brokenOffMs: 600 })).toBe(true);
  expect(isGivenUp({ ...overlap, brokenOffMs: 6_000 })).toBe(false);
  expect(isGivenUp({ ...overlap, brokenOffMs: undefined })).toBe(false);
});

test.each([['--waits=0'], ['--seconds=ten'], ['--rps=21'], ['--seed=1.5'], ['--typo']])('%s is refused', (flag) => {
  expect(() => readFlags([flag])).toThrow(flag.slice(2).split('=')[0]);
});
