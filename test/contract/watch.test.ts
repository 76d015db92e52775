import type { WaitPlan } from '../../src/contract/input.js';
import { beginWait, type WaitState } from '../../src/contract/wait-state.js';
import { pauseAfterPoll, type PollAnswer, pollAnswered } from '../../src/contract/wait.js';
import { readWatchMemory, readWatchReport, type WatchMemory, watchStep } from '../../src/contract/watch.js';
import { planOf, refused, seen, START } from './played-wait.js';

const CALL_MS = 100;

/** Lets a watch make calls one after another, as the server would, until the wait hears of it. */
class PlayedWatch {
  memory: WatchMemory;
  now = START + 2_000;
  news: WaitState | undefined;
  /** The pauses that it asked for, in milliseconds. */
  readonly pauses: number[] = [];

  constructor(
    readonly plan: WaitPlan,
    readonly known: WaitState,
  ) {
    this.memory = { state: known, tries: 0 };
  }

  call(answer: PollAnswer, queuedMs = 0): this {
    const askedAt = this.now + queuedMs;
    this.now = askedAt + CALL_MS;
    const call = { askedAt, now: this.now, queuedMs, random: 0.5 };
    const step = watchStep(this.plan, this.known, this.memory, answer, call);
    if (step.isNews) {
      this.news = step.state;
    } else {
      // Between attempts everything goes through JSON.
      this.memory = readWatchMemory(JSON.parse(JSON.stringify(step.memory))) as WatchMemory;
      this.pauses.push(step.retryAfterMs);
      this.now += step.retryAfterMs;
    }
    return this;
  }
}

/** A watch of a wait whose first poll has just had this answer. */
function watchAfter(first: PollAnswer, input: Parameters<typeof planOf>[0] = {}): PlayedWatch {
  const plan = planOf({ ...input, polling: { pacing: 'compact', ...input.polling } });
  const answered = pollAnswered(beginWait(plan, START), first, START);
  return new PlayedWatch(plan, pauseAfterPoll(plan, answered, START, 0.5));
}

const running = seen('running');

describe('a watch', () => {
  test('goes on at the pace of the schedule while the status is the same', () => {
    const watch = watchAfter(running).call(running).call(running).call(running).call(running);

    expect(watch.news).toBeUndefined();
    // 2, 4, 8 and 8 s; the first pause, of 2 s, was that of the wait.
    expect(watch.pauses).toEqual([4_000, 8_000, 8_000, 8_000]);
  });

  test('counts its polls, so that the wait can tell of all of them', () => {
    const watch = watchAfter(running).call(running).call(running).call(seen('succeed'));

    expect(watch.news).toMatchObject({ polls: 4, observation: { status: 'succeed' } });
  });

  test.each(['preparing', 'succeed', 'failed', 'Error', 'a new status'])(
    'tells the wait when the status becomes %j',
    (status) => {
      expect(watchAfter(running).call(running).call(seen(status)).news?.observation?.status).toBe(status);
    },
  );

  test('ends by itself when it would call again only after the deadline, so that no call of it is missed', () => {
    // Calls at 2, 6 and 14 s.
    expect(watchAfter(running, { maxWait: '20s' }).call(running).call(running).news).toBeUndefined();
    const ended = watchAfter(running, { maxWait: '20s' }).call(running).call(running).call(running);
    expect(ended.news).toMatchObject({ polls: 4, observation: { status: 'running' } });
  });

  test('remembers when the task was last seen unfinished', () => {
    const watch = watchAfter(running).call(running);
    const askedAt = watch.now - 4_000 - CALL_MS;

    expect(watch.call(seen('succeed')).news?.unfinishedAt).toBe(askedAt);
  });

  test('tries a call again three times, sooner than the next poll, before the poll has failed', () => {
    const watch = watchAfter(running);
    for (let tries = 0; tries < 3; tries += 1) watch.call(refused('transient'));

    expect(watch.news).toBeUndefined();
    expect(watch.pauses).toEqual([1_000, 2_000, 4_000]);
    expect(watch.call(refused('transient')).news).toMatchObject({ failingAs: 'transient', polls: 1 });
  });

  test('spreads calls that were throttled together', () => {
    expect(watchAfter(running).call(refused('throttled')).pauses).toEqual([1_500]);
  });

  test('forgets failed tries once a call gets through', () => {
    const watch = watchAfter(running).call(refused('transient')).call(running).call(refused('transient'));

    expect(watch.pauses).toEqual([1_000, 4_000, 1_000]);
    expect(watch.memory).toMatchObject({ tries: 1, state: { polls: 2 } });
  });

  test('keeps the distance between two calls also after a call that is tried again', () => {
    const { memory, now } = watchAfter(running).call(refused('transient'));

    expect(memory.state.soonestAt).toBe(now);
  });

  test('tells the wait at once of a refusal, and then only that it goes on for a minute', () => {
    const first = watchAfter(running).call(refused('unauthorized'));
    expect(first.news).toMatchObject({ failingAs: 'unauthorized', refusals: 1 });

    const second = new PlayedWatch(first.plan, first.news as WaitState).call(refused('unauthorized'));
    expect(second.news).toBeUndefined();
    expect(second.memory.state.refusals).toBe(2);
  });

  test('tells the wait when a refusal has become final', () => {
    const refusal = refused('rejected');
    const first = watchAfter(running, { polling: { initialInterval: '31s', maximumInterval: '31s' } }).call(refusal);
    const watch = new PlayedWatch(first.plan, first.news as WaitState);
    watch.now = first.now + 31_000;

    expect(watch.call(refusal).news).toBeUndefined();
    expect(watch.call(refusal).news).toMatchObject({ refusals: 3 });
  });

  test('tells the wait when calls have failed for a minute, which is worth a warning', () => {
    const down = refused('unknownTask');
    const first = watchAfter(running).call(down);
    const watch = new PlayedWatch(first.plan, first.news as WaitState);
    while (!watch.news && watch.pauses.length < 100) watch.call(down);

    expect(watch.now - (first.news?.failingSince ?? 0)).toBeGreaterThanOrEqual(60_000);
  });

  test('tells the wait when the API answers again', () => {
    const down = watchAfter(running).call(refused('unauthorized'));
    const watch = new PlayedWatch(down.plan, down.news as WaitState);

    expect(watch.call(running).news).toMatchObject({ failingAs: null, failingSince: null });
  });

  test('polls no faster than its calls get through the queue', () => {
    expect(watchAfter(running).call(running, 20_000).pauses).toEqual([20_000]);
  });

  test('polls an unknown task again just when it can no longer become visible', () => {
    const watch = watchAfter(refused('unknownTask'), { polling: { initialInterval: '10s', maximumInterval: '10s' } });
    watch.now = START + 10_000;

    expect(watch.call(refused('unknownTask')).now).toBe(START + 15_000);
    expect(watch.call(refused('unknownTask')).news).toMatchObject({ missing: true });
  });
});

describe('what is not of a watch', () => {
  test.each([undefined, null, 'x', {}, { state: {}, tries: 0 }])('is no memory: %j', (remembered) => {
    expect(readWatchMemory(remembered)).toBeUndefined();
  });

  test.each([undefined, null, {}, { state: beginWait(planOf(), START) }])('is no report: %j', (answer) => {
    expect(readWatchReport(answer)).toBeUndefined();
  });
});
