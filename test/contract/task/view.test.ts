import { readInput } from '../../../src/contract/task/input.js';
import { pollAnswered } from '../../../src/contract/task/state.js';
import { finalMarkdownOf, markdownOf, pauseSummary, pollSummary, viewOf } from '../../../src/contract/task/view.js';
import { pauseAfterPoll, pollBegan } from '../../../src/contract/wait/polls.js';
import { beginWait } from '../../../src/contract/wait/state.js';
import { deadlineSummary } from '../../../src/contract/wait/view.js';
import { planOf, refused, seen, START } from './played-wait.js';

const plan = planOf();
const begun = beginWait(plan, START);

describe('what a wait shows', () => {
  test('is the state of the contract before the first poll', () => {
    expect(viewOf(plan, begun, 'redis-task', START + 5)).toEqual({
      taskId: 18215,
      region: 'ap-guangzhou',
      status: null,
      polls: 0,
      waitedMs: 5,
      nextPollAt: '2026-11-22T10:00:00.000Z',
      deadline: '2026-11-22T10:10:00.000Z',
    });
  });

  test('is the task as last seen and the last error after some', () => {
    const [good, bad] = [seen('running'), refused('transient')];
    const state = pollAnswered(pollAnswered(pollBegan(begun), good, START), bad, START + 10);

    expect(viewOf(plan, state, 'redis-task', START + 10)).toMatchObject({
      status: 'running',
      polls: 1,
      nextPollAt: null,
      observation: good.observation,
      lastError: bad.error,
    });
  });

  test('cannot be read as Markdown where it comes from outside', () => {
    const hostile = seen('`running`\n# Title', { message: '[link](http://evil.example)`', instanceId: 'a\n\nb' });
    const text = finalMarkdownOf(plan, pollAnswered(begun, hostile, START), 'succeeded', START);

    expect(text).toContain('`` `running` # Title ``');
    expect(text).not.toMatch(/^# Title/m);
    expect(text).toContain('`` [link](http://evil.example)` ``');
    expect(text).toContain('`a b`');
  });

  test('is what is waited for, since when, what the API said last, and when it is asked again', () => {
    const state = pauseAfterPoll(plan, pollAnswered(pollBegan(begun), seen('running'), START), START, 0.5);

    expect(markdownOf(plan, state, 'redis-task-api').split('\n')).toEqual([
      '**Redis task 18215** in ap-guangzhou',
      '',
      '- Status: `running`, seen at 2026-11-22 10:00:00 UTC',
      '- Instance: `crs-09u2u96z`',
      '- Type: `redis cache clearing process`',
      '- RequestId: `81120ab8-0001`',
      '- Waiting since: 2026-11-22 10:00:00 UTC',
      '- Polls: 1',
      '- Next poll: 2026-11-22 10:00:02 UTC',
      '- Deadline: 2026-11-22 10:10:00 UTC',
      '',
      expect.stringContaining('`extendWait`') as string,
    ]);
  });

  test('says since when the polls have failed, and why', () => {
    const error = { code: 'RequestLimitExceeded', message: 'Too fast.', requestId: '81120ab8-0003' };
    const state = pollAnswered(pollBegan(begun), refused('throttled', error), START + 60_000);
    const paused = pauseAfterPoll(plan, state, START + 60_000, 0.5);
    const text = markdownOf(plan, paused, 'redis-task-api');

    expect(text).toContain('- Status: not seen yet');
    expect(text).toContain(
      '- Last error: `RequestLimitExceeded` `Too fast.` at 2026-11-22 10:00:00 UTC, RequestId `81120ab8-0003`',
    );
    expect(text).toContain('- Polls have failed since: 2026-11-22 10:01:00 UTC');
    expect(pauseSummary(paused, START + 62_000, START + 60_000)).toBe(
      'not seen yet · last poll failed: RequestLimitExceeded · next poll in 2 s, at 2026-11-22 10:01:02 UTC',
    );
    expect(pollSummary(plan, paused, false)).toBe(
      'poll 1 of task 18215 · polls have failed since 2026-11-22 10:01:00 UTC',
    );
  });

  test('is at the end the input that waits on, to copy', () => {
    const text = finalMarkdownOf(
      plan,
      pollAnswered(begun, seen('running'), START),
      'RedisTaskTimedOut',
      START + 600_000,
    );
    const [, input = ''] = /start the wait again with this input: `(.*)`$/.exec(text) ?? [];

    expect(readInput(JSON.parse(input))).toMatchObject({ taskId: 18215, region: 'ap-guangzhou', maxWaitMs: 600_000 });
  });

  test('on a timer is the status and the time to the next poll, or the deadline', () => {
    const state = pollAnswered(begun, seen('running'), START);

    expect(pauseSummary(state, START + 3_500, START)).toBe('running · next poll in 3.5 s, at 2026-11-22 10:00:03 UTC');
    expect(deadlineSummary(state)).toBe('deadline at 2026-11-22 10:10:00 UTC · maxWait 10 min');
    expect(pollSummary(plan, state, false)).toBe('poll 2 of task 18215');
  });
});
