import { jest } from '@jest/globals';
import { type CallPace, createCallPace } from '../../src/tencent/call-pace.js';

/** A clock that stands still but for its sleepers: it moves to the earliest of them whenever everyone sleeps. */
function virtualClock(startMs: number) {
  let nowMs = startMs;
  const sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => nowMs,
    msToNextSecond: () => 1_000 - (nowMs % 1_000),
    sleep(ms: number, signal?: AbortSignal) {
      return new Promise<void>((resolve, reject) => {
        const abort = () => reject(new Error('aborted'));
        const wake = () => {
          signal?.removeEventListener('abort', abort);
          resolve();
        };
        sleepers.push({ at: nowMs + ms, wake });
        signal?.addEventListener('abort', abort);
        signal?.throwIfAborted();
      });
    },
    /** Runs all sleepers that wake before `untilMs`. */
    async runUntil(untilMs: number) {
      for (;;) {
        await new Promise(setImmediate);
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers[0];
        if (!next || next.at > untilMs) break;
        sleepers.shift();
        nowMs = next.at;
        next.wake();
      }
      nowMs = untilMs;
    },
  };
}

const nothing = () => Promise.resolve();

/** Makes so many calls at once and tells when each was sent. */
function ask(pace: CallPace, now: () => number, count: number): { times: number[] } {
  const times: number[] = [];
  for (let i = 0; i < count; i++) void pace.send(() => Promise.resolve(times.push(now())));
  return { times };
}

describe('a call pace', () => {
  const gaps = (times: number[]) => times.slice(1).map((at, index) => Math.round(at - (times[index] ?? NaN)));

  test('lets the first call go at once, the next at half its rate, and reaches the whole', async () => {
    const clock = virtualClock(10_000);
    const { times } = ask(createCallPace(10, clock), clock.now, 15);
    await clock.runUntil(20_000);

    expect(times[0]).toBe(10_000);
    expect(gaps(times)).toEqual([200, 190, 180, 170, 160, 150, 140, 130, 120, 110, 100, 100, 100, 100]);
  });

  test('does not save up time without calls', async () => {
    const clock = virtualClock(10_000);
    const pace = createCallPace(10, clock);
    ask(pace, clock.now, 1);
    await clock.runUntil(15_000);
    const { times } = ask(pace, clock.now, 3);
    await clock.runUntil(20_000);

    expect(times).toEqual([15_000, 15_200, 15_390]);
  });

  test('holds every call until the next second once one was throttled, also those that had their time', async () => {
    const clock = virtualClock(10_000);
    const pace = createCallPace(10, clock);
    const { times } = ask(pace, clock.now, 6);
    await clock.runUntil(10_450);
    pace.hold();
    await clock.runUntil(20_000);

    expect(times.slice(0, 3)).toEqual([10_000, 10_200, 10_390]);
    expect(times.slice(3).every((at) => at >= 11_000)).toBe(true);
    expect(times).toHaveLength(6);
  });

  test('still spaces what it held back', async () => {
    const clock = virtualClock(10_000);
    const pace = createCallPace(10, clock);
    pace.hold();
    const { times } = ask(pace, clock.now, 3);
    await clock.runUntil(20_000);

    expect(times).toEqual([11_000, 11_200, 11_390]);
  });

  test('sends every call in the end: how long one may wait is for its caller to say', async () => {
    const clock = virtualClock(10_000);
    const { times } = ask(createCallPace(1, clock), clock.now, 8);
    await clock.runUntil(60_000);

    expect(times).toEqual([10, 12, 13, 14, 15, 16, 17, 18].map((second) => second * 1_000));
  });

  test('goes on at a tenth of its rate while it is slowed down', async () => {
    const clock = virtualClock(10_000);
    const pace = createCallPace(10, clock);
    ask(pace, clock.now, 12);
    await clock.runUntil(13_000);
    pace.slowDown(true);
    const slowed = ask(pace, clock.now, 3);
    await clock.runUntil(20_000);
    pace.slowDown(false);
    const whole = ask(pace, clock.now, 3);
    await clock.runUntil(30_000);

    expect(gaps(slowed.times).every((gap) => gap >= 1_000)).toBe(true);
    expect(gaps(whole.times).every((gap) => gap <= 200)).toBe(true);
  });

  test('keeps up with a queue that is held to less than a call a second', async () => {
    const clock = virtualClock(10_000);
    const pace = createCallPace(0.05, clock);
    const had: number[] = [];
    for (let at = 10_000; at <= 90_000; at += 20_000) {
      await clock.runUntil(at);
      void pace.send(() => Promise.resolve(had.push(clock.now())));
    }
    await clock.runUntil(200_000);

    expect(had).toEqual([10_000, 31_000, 51_000, 71_000, 91_000]);
  });

  test('gives up waiting when its caller does', async () => {
    const clock = virtualClock(10_000);
    const pace = createCallPace(1, clock);
    const caller = new AbortController();
    await pace.send(nothing);
    const waiting = pace.send(nothing, caller.signal);
    caller.abort(new Error('cancelled'));

    await expect(waiting).rejects.toThrow('cancelled');
  });

  test('costs the others no time when callers give up', async () => {
    const clock = virtualClock(10_000);
    const pace = createCallPace(1, clock);
    const callers = Array.from({ length: 50 }, () => new AbortController());
    await pace.send(nothing);
    const given = callers.map(({ signal }) => pace.send(nothing, signal).catch(() => 'gave up'));
    const { times } = ask(pace, clock.now, 1);
    for (const caller of callers) caller.abort(new Error('too late'));
    await clock.runUntil(60_000);

    expect(await Promise.all(given)).toEqual(callers.map(() => 'gave up'));
    expect(times).toEqual([12_000]);
  });

  test('sends on at a tenth of its rate although each call waits for 14 s only, and at the whole rate at once', async () => {
    const clock = virtualClock(10_000);
    const pace = createCallPace(1, clock);
    const sent: number[] = [];
    const ask = (untilMs: number) => {
      const caller = new AbortController();
      void clock.sleep(14_000).then(() => caller.abort(new Error('too late')));
      const call = pace.send(() => Promise.resolve(sent.push(clock.now())), caller.signal);
      void call.catch(() => undefined).then(() => clock.now() < untilMs && ask(untilMs));
    };
    pace.slowDown(true);
    for (let i = 0; i < 10; i++) ask(200_000);
    await clock.runUntil(200_000);
    const slow = sent.length;
    pace.slowDown(false);
    ask(0);
    await clock.runUntil(202_000);

    expect(slow).toBeGreaterThanOrEqual(18);
    expect(sent.length).toBeGreaterThan(slow);
  });

  test('does not wait when the clock on the wall goes back', async () => {
    const pace = createCallPace(20);
    await pace.send(nothing);
    const wall = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 600_000);

    await expect(pace.send(() => Promise.resolve('sent'))).resolves.toBe('sent');
    pace.hold();
    await expect(pace.send(() => Promise.resolve('sent'))).resolves.toBe('sent');
    wall.mockRestore();
  });

  test('without a limit lets everyone go at once', async () => {
    const clock = virtualClock(10_000);
    const { times } = ask(createCallPace(Infinity, clock), clock.now, 100);
    await clock.runUntil(10_000);

    expect(times).toHaveLength(100);
  });
});
