// Temporal UI shows summaries and details as Markdown, and the API's texts stand in them.
import fc from 'fast-check';
import type { PollError } from '../../src/contract/poll-error.js';
import type { RedisTaskFailure } from '../../src/contract/task/failures.js';
import { readInput } from '../../src/contract/task/input.js';
import type { RedisTaskObservation } from '../../src/contract/task/observation.js';
import { waitSummary } from '../../src/contract/task/start.js';
import type { TaskWaitState } from '../../src/contract/task/state.js';
import { pollAnswered } from '../../src/contract/task/state.js';
import {
  finalMarkdownOf,
  markdownOf,
  pauseSummary,
  pollSummary,
  type WaitEnding,
} from '../../src/contract/task/view.js';
import { plain } from '../../src/contract/text.js';
import { pauseAfterPoll, pollBegan } from '../../src/contract/wait/polls.js';
import { beginWait } from '../../src/contract/wait/state.js';

import { timeSkipping } from '../support/environments.js';
import { summariesOf } from '../support/histories.js';
import { APART_FROM_DEADLINE } from '../support/skipped-time.js';
import { causeOf, REGION, type WaitHandle, Waits } from '../support/waits.js';
import { HOSTILE } from './hostile-texts.js';
import { rendered } from './rendered.js';

const START = Date.parse('2026-11-22T10:00:00Z');
const plan = readInput({ taskId: 18215, region: REGION });

/** A wait in which every text of the API is this one. */
function waitWith(text: string): TaskWaitState {
  const observation: RedisTaskObservation = {
    ...{ status: text, taskType: text, instanceId: text, startTime: text, message: text, requestId: text, at: text },
  };
  const error: PollError = { code: text, message: text, requestId: text, at: text };
  const seen = pollAnswered(pollBegan(beginWait(plan, START)), { observation }, START);
  return pauseAfterPoll(plan, pollAnswered(seen, { error, errorClass: 'transient' }, START), START, 0.5);
}

const ENDINGS: readonly WaitEnding[] = [
  'succeeded',
  'cancelled',
  'RedisTaskFailed',
  'RedisTaskErrored',
  'RedisTaskTimedOut',
  'RedisTaskUnauthorized',
  'RedisTaskRejected',
];

describe.each(HOSTILE.map((text) => [text.slice(0, 60), text] as const))('the text %j', (_, text) => {
  const state = waitWith(text);

  test('is nothing but text while the wait goes on', () => {
    const details = rendered(markdownOf(plan, state, text));

    expect(details.alive).toEqual([]);
    expect(rendered(markdownOf(plan, pollBegan(state), text)).alive).toEqual([]);
    if (plain(text, 300).replace(/\0/g, '') !== '') expect(details.codes).toContain(asRead(plain(text, 300)));
  });

  test.each(ENDINGS)('is nothing but text when the wait ends: %s', (ending) => {
    const details = rendered(finalMarkdownOf(plan, { ...state, stage: 'ended' }, ending, START));

    expect(details.alive).toEqual([]);
    if (plain(text, 1_000) !== '') expect(details.codes).toContain(asRead(plain(text, 1_000)));
  });

  test('is nothing but text in a summary', () => {
    for (const summary of [
      pauseSummary(state, START + 2_000, START),
      pollSummary(plan, state, true),
      waitSummary(plan),
    ]) {
      expect(rendered(summary).alive).toEqual([]);
    }
  });
});

test('whatever is put together from such pieces is nothing but text, and can be read as it was', () => {
  const pieces = [
    '`',
    '``',
    '\\',
    '\n',
    '[a](',
    'https://evil.example',
    ')',
    '<b>',
    '*',
    '_',
    '#',
    '- ',
    '|',
    'x',
    '&lt;',
  ];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((each) => each.join(''));
  fc.assert(
    fc.property(text, fc.constantFrom(...ENDINGS), (each, ending) => {
      const state = waitWith(each);
      for (const shown of [
        markdownOf(plan, state, each),
        finalMarkdownOf(plan, { ...state, stage: 'ended' }, ending, START),
      ]) {
        expect(rendered(shown).alive).toEqual([]);
        if (plain(each, 300) !== '') expect(rendered(shown).codes).toContain(plain(each, 300));
      }
      expect(rendered(pauseSummary(state, START + 2_000, START)).alive).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** Markdown has no NUL. */
function asRead(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}

describe('the details of a real wait', () => {
  const everything = HOSTILE.slice(0, 20).join(' \n\n');
  let waits: Waits;
  beforeAll(async () => {
    waits = await Waits.start(timeSkipping);
  });
  afterAll(() => waits.close());

  function addTask(status: string, more: { forPolls?: number } = {}): number {
    const taskId = waits.addTask();
    const first = { status: everything, message: everything, forPolls: 1, ...more };
    const timeline = [first, { status, message: everything }];
    waits.simulator.addTask(taskId, { timeline, instanceId: everything, taskType: everything });
    return taskId;
  }

  async function detailsOf(handle: WaitHandle): Promise<string> {
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    return currentDetails;
  }

  async function allThatIsShown(handle: WaitHandle): Promise<string[]> {
    const history = await handle.fetchHistory();
    const timers = summariesOf(history, 'EVENT_TYPE_TIMER_STARTED').map(String);
    const calls = summariesOf(history, 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED').map(String);
    return [await detailsOf(handle), ...timers, ...calls];
  }

  test.each<[string, string, string | undefined]>([
    ['RedisTaskFailed', 'failed', undefined],
    ['RedisTaskErrored', 'Error', undefined],
    ['RedisTaskTimedOut', everything, undefined],
    ['RedisTaskUnauthorized', 'running', 'AuthFailure.UnauthorizedOperation'],
    ['RedisTaskRejected', 'running', 'InvalidParameterValue'],
  ])('that ends as %s hold the words of the API, and no link', async (type, status, code) => {
    const taskId = addTask(status);
    if (code !== undefined) waits.simulator.fault({ kind: 'error', code, message: everything }, { taskId });
    const handle = await waits.start({ taskId, region: REGION, maxWait: '1m', polling: APART_FROM_DEADLINE });
    const failure = (await causeOf(handle.result())) as Error & Pick<RedisTaskFailure, 'type'>;

    expect(failure.type).toBe(type);
    const shown = await allThatIsShown(handle);
    expect(shown[0]).toContain('[console](https://evil.example/login)');
    for (const each of shown) expect(rendered(each).alive).toEqual([]);
    // The failure's own message is a plain sentence.
    expect(failure.message).not.toMatch(/[\r\n]/);
    expect(failure.message).toContain('[console](https://evil.example/login)');
  });

  test('that succeeds hold no link either', async () => {
    const handle = await waits.start({ taskId: addTask('succeed'), region: REGION });
    await handle.result();

    const shown = await allThatIsShown(handle);
    expect(shown.length).toBeGreaterThan(3);
    for (const each of shown) expect(rendered(each).alive).toEqual([]);
  });

  test('that is cancelled hold none, before and after', async () => {
    const taskId = addTask('running', { forPolls: 1_000 });
    const handle = await waits.start({ taskId, region: REGION, polling: { initialInterval: '1h' } });
    await waits.simulator.waitForCall((call) => call.taskId === String(taskId) && call.outcome === 'ok');
    const before = await detailsOf(handle);
    await handle.cancel();
    await causeOf(handle.result());

    for (const each of [before, ...(await allThatIsShown(handle))]) expect(rendered(each).alive).toEqual([]);
  });
});
