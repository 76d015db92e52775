import type { WaitPlan } from '../../../src/contract/task/input.js';
import { dueWarnings, pollAnswered } from '../../../src/contract/task/state.js';
import type { TaskAnswer } from '../../../src/contract/task/state.js';
import {
  deadlineMoved,
  isRunningOut,
  nextPollAt,
  pauseAfterPoll,
  pollBegan,
  pollGivenUp,
  queueDelayMs,
  requestPoll,
  runningOutSaid,
} from '../../../src/contract/wait/polls.js';
import { beginWait } from '../../../src/contract/wait/state.js';
import { planOf, PlayedWait, refused, seen, START } from './played-wait.js';

const running = () => seen('running');

describe('a wait', () => {
  test('polls at once, then at the pace of its schedule', () => {
    const wait = new PlayedWait(planOf(), running);
    for (let polls = 0; polls < 6; polls += 1) wait.poll();

    expect(wait.pollsAt).toEqual([0, 2, 6, 14, 22, 30]);
  });

  test('counts its pace from the end of each call', () => {
    const wait = new PlayedWait(planOf(), running, 500).poll().poll().poll();

    expect(wait.pollsAt).toEqual([0, 2.5, 7]);
  });

  test('is sparse for 0.8 of the expected duration after the first poll, then goes on at its pace from the second interval', () => {
    const wait = new PlayedWait(planOf({ polling: { expectedDuration: '100s' } }), running);
    for (let polls = 0; polls < 6; polls += 1) wait.poll();

    expect(wait.pollsAt).toEqual([0, 40, 55, 80, 84, 92]);
  });

  test('counts the polls that returned a task, not those that failed', () => {
    const wait = new PlayedWait(planOf(), (at) => (at === 2 ? refused('transient') : running())).poll().poll().poll();

    expect(wait.pollsAt).toHaveLength(3);
    expect(wait.state.polls).toBe(2);
  });

  test.each(['transient', 'throttled'] as const)('goes on at its own pace after a %s error', (errorClass) => {
    const wait = new PlayedWait(planOf(), () => refused(errorClass));
    for (let polls = 0; polls < 5; polls += 1) wait.poll();

    expect(wait.pollsAt).toEqual([0, 2, 6, 14, 22]);
    expect(wait.outcome).toBeUndefined();
  });

  test('keeps the last error when a later poll succeeds', () => {
    const wait = new PlayedWait(planOf(), (at) => (at === 0 ? refused('transient', { code: 'Timeout' }) : running()));

    expect(wait.poll().poll().state.lastError).toMatchObject({ code: 'Timeout' });
  });

  test('keeps the task as last seen when a later poll fails', () => {
    const wait = new PlayedWait(planOf(), (at) => (at === 0 ? running() : refused('transient')));

    expect(wait.poll().poll().state.observation).toMatchObject({ status: 'running' });
  });

  test('shows no next poll while one is under way, and after the end', () => {
    const wait = new PlayedWait(planOf(), running);
    wait.begin();

    expect(nextPollAt(wait.state)).toBeNull();
    expect(nextPollAt({ ...wait.end().state, stage: 'ended' })).toBeNull();
  });
});

describe('a task that no poll has ever seen', () => {
  const unknown = () => refused('unknownTask');

  test('is polled at the pace for 15 s, once more at their end, and then rejected', () => {
    const wait = new PlayedWait(planOf(), unknown);

    expect(wait.toEnd().failure?.type).toBe('RedisTaskRejected');
    expect(wait.pollsAt).toEqual([0, 2, 6, 14, 15]);
  });

  test('is polled once at the end of the 15 s also when the pace is slower', () => {
    const wait = new PlayedWait(planOf({ polling: { initialInterval: '1m', maximumInterval: '1m' } }), unknown);

    expect(wait.toEnd().failure?.type).toBe('RedisTaskRejected');
    expect(wait.pollsAt).toEqual([0, 15]);
  });

  test('is polled once at the end of the 15 s also among the sparse polls of an expected duration', () => {
    const wait = new PlayedWait(planOf({ polling: { expectedDuration: '1h' } }), unknown);

    expect(wait.toEnd().failure?.type).toBe('RedisTaskRejected');
    expect(wait.pollsAt).toEqual([0, 15]);
  });

  test('has its 15 s from the first poll, not from the start of the wait', () => {
    const wait = new PlayedWait(planOf({ polling: { initialInterval: '1m', maximumInterval: '1m' } }), unknown);
    wait.now += 60_000;

    expect(wait.toEnd().failure?.type).toBe('RedisTaskRejected');
    expect(wait.pollsAt).toEqual([60, 75]);
  });

  test('may become visible within them', () => {
    const wait = new PlayedWait(planOf(), (at) => (at < 10 ? unknown() : seen('succeed')));

    expect(wait.toEnd().result).toMatchObject({ status: 'succeed', polls: 1 });
  });

  test('is no longer asked for at the end of the 15 s once it has been seen', () => {
    const wait = new PlayedWait(planOf({ polling: { initialInterval: '7s', maximumInterval: '20s' } }), (at) =>
      at < 7 ? unknown() : running(),
    );
    wait.poll().poll().poll();

    expect(wait.pollsAt).toEqual([0, 7, 21]);
  });

  test('is rejected by the first such answer when the 15 s passed in other errors', () => {
    const wait = new PlayedWait(planOf(), (at) => (at < 20 ? refused('transient') : unknown()));

    expect(wait.toEnd().failure?.type).toBe('RedisTaskRejected');
    expect(wait.pollsAt).toEqual([0, 2, 6, 14, 22]);
  });

  test('has its poll at the end of the 15 s also after a deadline before it has been moved away', () => {
    const plan = planOf({ maxWait: '10s', polling: { expectedDuration: '1h' } });
    const wait = new PlayedWait(plan, unknown).poll();
    wait.state = { ...wait.state, deadline: START + 3_600_000 };

    expect(wait.toEnd().failure?.type).toBe('RedisTaskRejected');
    expect(wait.pollsAt).toEqual([0, 15]);
  });
});

describe('a task that has been seen and is then unknown', () => {
  const everyMinute = planOf({ maxWait: '1h', polling: { initialInterval: '1m', maximumInterval: '1m' } });
  const afterFirst = (answer: (at: number) => TaskAnswer) => (at: number) => (at === 0 ? running() : answer(at));
  const unknown = () => refused('unknownTask', { code: 'ResourceNotFound.InstanceNotExists' });
  const lastPollOf = (plan: WaitPlan, answer: (at: number) => TaskAnswer) => {
    const wait = new PlayedWait(plan, afterFirst(answer));
    const { failure } = wait.toEnd();
    return { at: wait.pollsAt.at(-1), failure };
  };

  test('is rejected when it was so for ten minutes, with what was seen last', () => {
    const { at, failure } = lastPollOf(everyMinute, unknown);

    expect(failure).toMatchObject({
      type: 'RedisTaskRejected',
      details: {
        status: 'running',
        instanceId: 'crs-09u2u96z',
        polls: 1,
        lastError: { code: 'ResourceNotFound.InstanceNotExists' },
        resumeInput: { taskId: 18215 },
      },
    });
    expect(failure?.message).toContain('on 11 polls in a row');
    expect(failure?.message).toContain('It was last seen in status "running"');
    expect(at).toBe(660);
  });

  test('needs three polls in a row also when ten minutes are over with the second', () => {
    const seldom = planOf({ maxWait: '1d', polling: { initialInterval: '15m', maximumInterval: '15m' } });

    expect(lastPollOf(seldom, unknown).at).toBe(45 * 60);
  });

  test.each<[string, TaskAnswer]>([
    ['the task itself', seen('running')],
    ['a transient error', refused('transient')],
    ['a throttled call', refused('throttled')],
    ['another kind of refusal', refused('rejected')],
    ['a refused key', refused('unauthorized')],
  ])('begins its ten minutes anew after %s', (_, between) => {
    const { at, failure } = lastPollOf(everyMinute, (at) => (at === 600 ? between : unknown()));

    expect(failure?.type).toBe('RedisTaskRejected');
    expect(at).toBe(660 + 600);
  });

  test('does not make the minute of another refusal shorter, or longer', () => {
    const everyHalf = planOf({ maxWait: '1h', polling: { initialInterval: '30s', maximumInterval: '30s' } });
    const { at, failure } = lastPollOf(everyHalf, (at) => (at < 300 ? unknown() : refused('unauthorized')));

    expect(failure?.type).toBe('RedisTaskUnauthorized');
    expect(failure?.message).toContain('on 3 polls in a row');
    expect(at).toBe(360);
  });

  test('is waited for to the deadline when that is nearer', () => {
    const wait = new PlayedWait({ ...everyMinute, maxWaitMs: 600_000 }, afterFirst(unknown));

    expect(wait.toEnd().failure?.type).toBe('RedisTaskTimedOut');
    expect(wait.pollsAt.at(-1)).toBe(600);
  });

  test('never ends the wait while two kinds of answers take turns', () => {
    const { at, failure } = lastPollOf(everyMinute, (at) =>
      (at / 60) % 2 === 0 ? unknown() : refused('unauthorized'),
    );

    expect(failure?.type).toBe('RedisTaskTimedOut');
    expect(at).toBe(3_600);
  });
});

describe('pollNow', () => {
  const slow = planOf({ polling: { initialInterval: '20s', maximumInterval: '20s' } });
  const pollNow = (wait: PlayedWait) => {
    wait.state = requestPoll(wait.state, wait.now);
  };

  test('polls at once, and leaves the pace as it was', () => {
    const wait = new PlayedWait(slow, running).poll();
    wait.now += 5_000;
    pollNow(wait);
    wait.poll().poll().poll();

    expect(wait.pollsAt).toEqual([0, 5, 20, 40]);
  });

  test('several times before the next call is one poll', () => {
    const wait = new PlayedWait(slow, running).poll();
    wait.now += 5_000;
    for (let times = 0; times < 5; times += 1) pollNow(wait);
    wait.poll().poll();

    expect(wait.pollsAt).toEqual([0, 5, 20]);
  });

  test('several times during a call is one more poll after it', () => {
    const wait = new PlayedWait(slow, running, 300);
    wait.poll(() => {
      pollNow(wait);
      pollNow(wait);
    });
    wait.poll().poll();

    expect(wait.pollsAt).toEqual([0, 1.3, 20.3]);
  });

  test('is never closer than a second to the poll before', () => {
    const wait = new PlayedWait(slow, running).poll();
    wait.now += 200;
    pollNow(wait);

    expect(wait.poll().pollsAt).toEqual([0, 1]);
  });

  test('does not put off a poll that is due anyway', () => {
    const wait = new PlayedWait(slow, running).poll();
    wait.now += 19_900;
    pollNow(wait);

    expect(nextPollAt(wait.state)).toBe(START + 19_900);
  });

  test('shortly before the pace skips that poll of the pace instead of doubling it', () => {
    const wait = new PlayedWait(slow, running).poll();
    wait.now += 19_500;
    pollNow(wait);
    wait.poll().poll();

    expect(wait.pollsAt).toEqual([0, 19.5, 39.5]);
  });

  test('before the first poll changes nothing', () => {
    const wait = new PlayedWait(slow, running);
    pollNow(wait);
    wait.poll().poll();

    expect(wait.pollsAt).toEqual([0, 20]);
  });

  test('leaves the sparse polls of an expected duration as they were', () => {
    const wait = new PlayedWait(planOf({ polling: { expectedDuration: '100s' } }), running).poll();
    wait.now += 10_000;
    pollNow(wait);
    wait.poll().poll().poll().poll().poll();

    expect(wait.pollsAt).toEqual([0, 10, 40, 55, 80, 84]);
  });
});

describe('the deadline', () => {
  const slow = { polling: { initialInterval: '40s', maximumInterval: '40s' } };

  test('has one last poll, of one attempt, before all others', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '1m' }), running);

    expect(wait.toEnd().failure?.type).toBe('RedisTaskTimedOut');
    expect(wait.pollsAt).toEqual([0, 40, 60]);
    expect(wait.limits.at(-1)).toMatchObject({ isLast: true, maximumAttempts: 1, priorityKey: 1 });
  });

  test('leaves every poll before it four attempts', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '1m' }), running);
    wait.toEnd();

    expect(wait.limits.slice(0, -1)).toMatchObject([
      { isLast: false, maximumAttempts: 4 },
      { isLast: false, maximumAttempts: 4 },
    ]);
  });

  test('shortly after a poll has its last poll a second after that one', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '40.3s' }), running);
    wait.toEnd();

    expect(wait.pollsAt).toEqual([0, 40, 41]);
  });

  test('that passes during a call gives it up, and has its last poll when the worker knows', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '50s' }), running).poll();
    wait.begin();
    wait.now = START + 50_000;
    wait.state = pollGivenUp(wait.state, wait.now);

    expect(wait.toEnd().failure?.type).toBe('RedisTaskTimedOut');
    expect(wait.pollsAt).toEqual([0, 40, 52]);
  });

  test('that passes during a call which is answered all the same has its last poll after it', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '50s' }), running, 20_000);
    wait.toEnd();

    expect(wait.pollsAt).toEqual([0, 50]);
    const later = new PlayedWait(planOf({ ...slow, maxWait: '50s' }), running, 60_000);
    later.toEnd();
    expect(later.pollsAt).toEqual([0, 61]);
  });

  test('is not the end when the last poll sees the task succeed', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '1m' }), (at) => seen(at < 60 ? 'running' : 'succeed'));

    expect(wait.toEnd().result).toMatchObject({ status: 'succeed', waitedMs: 60_000 });
  });

  test('moved away while the timer is set for it gives the poll back to its pace', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '1m' }), running).poll().poll();
    wait.state = { ...wait.state, deadline: START + 600_000 };

    expect(wait.poll().pollsAt).toEqual([0, 40, 80]);
    expect(wait.outcome).toBeUndefined();
  });

  test('moved away leaves a poll of the pace where it was', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '1m' }), running).poll();
    wait.state = { ...wait.state, deadline: START + 600_000 };

    expect(nextPollAt(wait.state)).toBe(START + 40_000);
  });

  test('moved nearer brings the last poll forward', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '1h' }), running).poll();
    wait.state = { ...wait.state, deadline: START + 10_000 };

    expect(wait.toEnd().failure?.type).toBe('RedisTaskTimedOut');
    expect(wait.pollsAt).toEqual([0, 10]);
  });

  test('moved nearer and away again leaves the pace as it was', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '1h' }), running).poll();
    wait.state = { ...wait.state, deadline: START + 10_000 };
    wait.state = { ...wait.state, deadline: START + 600_000 };

    expect(nextPollAt(wait.state)).toBe(START + 40_000);
  });

  test('moved during the last poll is no longer the end', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '1m' }), running).poll().poll();
    wait.poll(() => {
      wait.state = { ...wait.state, deadline: START + 600_000 };
    });

    expect(wait.outcome).toBeUndefined();
    expect(wait.poll().pollsAt).toEqual([0, 40, 60, 80]);
  });

  test('does not hide a poll that was asked for', () => {
    const wait = new PlayedWait(planOf({ ...slow, maxWait: '1h' }), running).poll();
    wait.now += 5_000;
    wait.state = { ...requestPoll(wait.state, wait.now), deadline: START + 7_200_000 };

    expect(nextPollAt(wait.state)).toBe(START + 5_000);
  });
});

describe('the time in the queue', () => {
  test.each([
    [20_000, 20_000],
    [-5, 0],
    [90_000, 60_000],
    [0.4, 0],
    [20_000.6, 20_001],
    [undefined, 0],
  ])('as told as %d ms is %d ms', (told, queuedMs) => {
    expect(queueDelayMs(START, START + 60_000, told)).toBe(queuedMs);
  });
});

describe('the pause after a poll', () => {
  test('never ends in the past', () => {
    const plan = planOf({ maxWait: '1s' });
    const late = START + 60_000;
    const state = pauseAfterPoll(plan, pollAnswered(pollBegan(beginWait(plan, START)), running(), late), late, 0.5);

    expect(nextPollAt(state)).toBe(late + 1_000);
  });

  test('is no shorter than the time in the queue was', () => {
    const plan = planOf();

    expect(nextPollAt(pauseAfterPoll(plan, beginWait(plan, START), START, 0.5, 20_000))).toBe(START + 20_000);
  });

  test('is not an hour after an hour in which no worker or server was there', () => {
    const plan = planOf({ maxWait: '1d' });
    const afterOutage = beginWait(plan, START - 3_600_000);

    expect(nextPollAt(pauseAfterPoll(plan, afterOutage, START, 0.5, 3_600_000))).toBe(START + 30_000);
  });
});

describe('a refusal', () => {
  const every20s = planOf({ polling: { initialInterval: '20s', maximumInterval: '20s' } });
  const afterFirst = (answer: (at: number) => TaskAnswer) => (at: number) => (at === 0 ? running() : answer(at));

  test.each(['unauthorized', 'rejected'] as const)('(%s) ends at once a wait whose task was never seen', (refusal) => {
    const wait = new PlayedWait(every20s, () => refused(refusal)).poll();

    expect(wait.outcome?.failure?.details).toMatchObject({ resumeInput: { taskId: 18215 } });
  });

  test.each([
    ['unauthorized', 'RedisTaskUnauthorized'],
    ['rejected', 'RedisTaskRejected'],
  ] as const)('(%s) of a task that was seen counts from the third in a row on, and after a minute', (refusal, type) => {
    const wait = new PlayedWait(
      every20s,
      afterFirst(() => refused(refusal)),
    );

    expect(wait.toEnd().failure).toMatchObject({ type, details: { polls: 1, resumeInput: { taskId: 18215 } } });
    expect(wait.pollsAt).toEqual([0, 20, 40, 60, 80]);
  });

  test('needs three polls in a row also when the minute is over with the second', () => {
    const slow = planOf({ polling: { initialInterval: '1m', maximumInterval: '1m' } });
    const wait = new PlayedWait(
      slow,
      afterFirst(() => refused('unauthorized')),
    );
    wait.toEnd();

    expect(wait.pollsAt).toEqual([0, 60, 120, 180]);
  });

  test.each([
    ['an observation', running],
    ['a transient error', () => refused('transient')],
    ['an unknown task', () => refused('unknownTask')],
  ])('starts to count anew after %s', (_, between) => {
    const wait = new PlayedWait(
      every20s,
      afterFirst((at) => (at === 60 ? between() : refused('unauthorized'))),
    );
    wait.toEnd();

    expect(wait.pollsAt.at(-1)).toBe(140);
  });

  test('counts with another kind of refusal, and the last one names the failure', () => {
    const wait = new PlayedWait(
      every20s,
      afterFirst((at) => refused(at < 60 ? 'unauthorized' : 'rejected')),
    );

    const { failure } = wait.toEnd();
    expect(failure?.type).toBe('RedisTaskRejected');
    expect(failure?.message).toContain('on 4 polls in a row');
  });

  test('at the deadline is a time-out when it came too seldom', () => {
    const wait = new PlayedWait(
      { ...every20s, maxWaitMs: 50_000 },
      afterFirst(() => refused('rejected')),
    );

    expect(wait.toEnd().failure).toMatchObject({ type: 'RedisTaskTimedOut', details: { lastError: {} } });
  });
});

describe('a warning', () => {
  const failing = () => refused('transient');

  test('is due when polls have failed for a minute', () => {
    const wait = new PlayedWait(planOf(), (at) => (at === 0 ? running() : failing()));
    wait.poll().poll();

    expect(dueWarnings(wait.state, START + 61_999)).toEqual([]);
    expect(dueWarnings(wait.state, START + 62_000)).toEqual(['failing']);
  });

  test('is due when the status is not documented', () => {
    const wait = new PlayedWait(planOf(), () => seen('verifying')).poll();

    expect(dueWarnings(wait.state, wait.now)).toEqual(['unknownStatus']);
  });

  test('of too little time is due when the next poll is in the last tenth of it', () => {
    const wait = new PlayedWait(planOf({ maxWait: '60s' }), running);
    while (wait.elapsedS < 38) wait.poll();
    expect(wait.pollsAt.at(-1)).toBe(38);
    expect(isRunningOut(wait.state)).toBe(false);
    wait.poll();

    expect(wait.pollsAt.at(-1)).toBe(46);
    expect(isRunningOut(wait.state)).toBe(true);
    expect(isRunningOut(runningOutSaid(wait.state))).toBe(false);
  });

  test('of too little time is due once more after an extension, and not after a shorter one', () => {
    const wait = new PlayedWait(planOf({ maxWait: '1s' }), running).poll();
    const said = runningOutSaid(wait.state);

    expect(isRunningOut(deadlineMoved(said, wait.state.deadline + 500))).toBe(true);
    expect(isRunningOut(deadlineMoved(said, wait.state.deadline - 500))).toBe(false);
  });

  test('comes once in a wait', () => {
    const wait = new PlayedWait(planOf(), () => seen('verifying')).poll();
    wait.state = { ...wait.state, warned: ['unknownStatus'] };

    expect(dueWarnings(wait.poll().state, wait.now)).toEqual([]);
  });
});

describe('the priority of a call', () => {
  test('is higher for a first poll and one that was asked for than for the pace', () => {
    const wait = new PlayedWait(planOf(), running).poll().poll();
    wait.state = requestPoll(wait.state, wait.now);
    wait.poll();

    expect(wait.limits.map(({ priorityKey }) => priorityKey)).toEqual([2, 3, 2]);
  });
});
