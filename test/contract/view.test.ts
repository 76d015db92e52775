import { finalMarkdownOf, pauseSummary, viewOf } from '../../src/contract/view.js';
import { beginWait } from '../../src/contract/wait-state.js';
import { pollAnswered, pollBegan } from '../../src/contract/wait.js';
import { planOf, refused, seen, START } from './played-wait.js';

const plan = planOf();
const begun = beginWait(plan, START);

describe('what a wait shows', () => {
  test('is the state of the contract before the first poll', () => {
    expect(viewOf(plan, begun, START + 5)).toEqual({
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

    expect(viewOf(plan, state, START + 10)).toMatchObject({
      status: 'running',
      polls: 1,
      nextPollAt: null,
      observation: good.observation,
      lastError: bad.error,
    });
  });

  test('cannot be read as Markdown where it comes from outside', () => {
    const hostile = seen('`running`\n# Title', { message: '[link](http://evil.example)`', instanceId: 'a\n\nb' });
    const text = finalMarkdownOf(plan, pollAnswered(begun, hostile, START), 'succeeded');

    expect(text).toContain('`` `running` # Title ``');
    expect(text).not.toMatch(/^# Title/m);
    expect(text).toContain('`` [link](http://evil.example)` ``');
    expect(text).toContain('`a b`');
  });

  test('on a timer is the status and the time to the next poll', () => {
    expect(pauseSummary(pollAnswered(begun, seen('running'), START), 3_500)).toBe('running · next poll in 3.5 s');
    expect(pauseSummary(begun, 1_000)).toBe('not seen yet · next poll in 1 s');
  });
});
