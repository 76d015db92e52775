// What a person reads of a shared wait and of its watch.
import type { TaskWaitState } from '../../../src/contract/task/state.js';
import { markdownOf, viewOf } from '../../../src/contract/task/view.js';
import { pauseAfterPoll } from '../../../src/contract/wait/polls.js';
import { beginWait } from '../../../src/contract/wait/state.js';
import { watchMarkdown, watchView } from '../../../src/contract/watch/register.js';
import { NOT_SWEPT, type SweepStatus } from '../../../src/contract/watch/watch.js';
import { joined, watchLost, watchPaused } from '../../../src/contract/watch/watched-wait.js';
import { planOf, START } from '../task/played-wait.js';

const plan = planOf({ polling: { pacing: 'shared' } });
const begun: TaskWaitState = beginWait(plan, START);
const MINUTE = 60_000;

describe('a shared wait', () => {
  const lines = (state: typeof begun) => markdownOf(plan, state, 'redis-task-api').split('\n');

  test('says since when it is watched, by whom, and that its next poll may come sooner', () => {
    const polled = pauseAfterPoll(plan, begun, START, 0.5);
    const watched = joined(watchPaused(polled, START), START, START + 1_000);

    expect(lines(watched)).toContain('- Watched since: 2026-11-22 10:00:01 UTC, by `redis-task/ap-guangzhou/watch`');
    expect(lines(watched)).toContain('- Next poll: 2026-11-22 10:05:00 UTC, sooner when the watch says so');
    expect(viewOf(plan, watched, 'redis-task', START).watch).toEqual({
      workflowId: 'redis-task/ap-guangzhou/watch',
      since: '2026-11-22T10:00:01.000Z',
    });
  });

  test('says why it paces itself, and until when', () => {
    const paced = watchLost(begun, 'no `worker`', START + 10 * MINUTE);

    expect(lines(paced)).toContain('- Paces itself until: 2026-11-22 10:10:00 UTC, because `` no `worker` ``');
    expect(lines(paced).join('\n')).not.toContain('sooner');
    expect(viewOf(plan, paced, 'redis-task', START).watch).toMatchObject({ since: null, reason: 'no `worker`' });
  });

  test('says nothing of a watch while it joins', () => {
    expect(lines(begun).join('\n')).not.toMatch(/watch|Paces/i);
  });

  test('is the only kind of wait that speaks of a watch', () => {
    const timers = beginWait(planOf(), START);

    expect(markdownOf(planOf(), timers, 'redis-task-api')).not.toMatch(/watch|Paces/i);
    expect(viewOf(planOf(), timers, 'redis-task', START)).not.toHaveProperty('watch');
  });
});

describe('a watch', () => {
  const swept: SweepStatus = { ...NOT_SWEPT, waits: 3, sweeps: 7, lastSweepAt: START, tasksListed: 12 };
  const error = {
    code: 'UnsupportedOperation',
    message: '<b>no</b>',
    requestId: null,
    at: new Date(START).toISOString(),
  };

  test('says how many waits it has, when it last listed what, and what happens when it is terminated', () => {
    expect(watchMarkdown('ap-guangzhou', swept, 'redis-task-api').split('\n')).toEqual([
      '**Watch of the shared waits in ap-guangzhou**',
      '',
      '- Waits: 3',
      '- Sweeps of the list: 7',
      '- Last sweep: 2026-11-22 10:00:00 UTC, 12 unfinished tasks, waited for or not',
      '',
      expect.stringMatching(/^Reported with news, .* starts it again within a minute\.$/),
    ]);
  });

  test('says that it has not swept yet', () => {
    expect(watchMarkdown('ap-guangzhou', NOT_SWEPT, 'redis-task-api')).toContain('- Last sweep: none yet\n');
    expect(watchView('ap-guangzhou', NOT_SWEPT)).toEqual({
      region: 'ap-guangzhou',
      waits: 0,
      sweeps: 0,
      lastSweepAt: null,
      tasksListed: 0,
    });
  });

  test('says why it cannot list, until when, and what the waits do meanwhile', () => {
    const blocked = { ...swept, lastError: error, blockedUntil: START + 10 * MINUTE };
    const text = watchMarkdown('ap-guangzhou', blocked, 'redis-task-api');

    expect(text).toContain('- Last error: `UnsupportedOperation` `<b>no</b>` at 2026-11-22 10:00:00 UTC');
    expect(text).toContain('- Cannot list until: 2026-11-22 10:10:00 UTC. Waits pace themselves');
    expect(watchView('ap-guangzhou', blocked)).toMatchObject({ waits: 3, lastError: error });
  });
});
