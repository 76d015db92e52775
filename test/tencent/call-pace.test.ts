import { createCallPace } from '../../src/tencent/call-pace.js';

/** A clock that stands still but for its sleepers: it moves to the earliest of them whenever everyone sleeps. */
function virtualClock(startMs: number) {
  let nowMs = startMs;
  const sleepers: { at: number; wake: () => void }[] = [];
  return {
    now: () => nowMs,
    sleep(ms: number, signal?: AbortSignal) {
      return new Promise<void>((wake, reject) => {
        sleepers.push({ at: nowMs + ms, wake });
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    },
    /** Lets everyone run until nobody sleeps before `untilMs`. */
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

/** Asks for so many slots at once and tells when each was had. */
function ask(
  pace: ReturnType<typeof createCallPace>,
  now: () => number,
  count: number,
): { times: number[]; refused: unknown[] } {
  const times: number[] = [];
  const refused: unknown[] = [];
  for (let i = 0; i < count; i++)
    void pace.slot().then(
      () => times.push(now()),
      (error: unknown) => refused.push(error),
    );
  return { times, refused };
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

  test('does not save up the time in which nobody called', async () => {
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

  test('refuses a call as throttled that would wait longer than 4 s', async () => {
    const clock = virtualClock(10_000);
    const { times, refused } = ask(createCallPace(1, clock), clock.now, 8);
    await clock.runUntil(60_000);

    expect(times).toEqual([10_000, 12_000, 13_000, 14_000]);
    expect(refused).toEqual(Array(4).fill(expect.objectContaining({ errorClass: 'throttled' })));
  });

  test('keeps up with a queue that is held to less than a call a second', async () => {
    const clock = virtualClock(10_000);
    const pace = createCallPace(0.05, clock);
    const had: number[] = [];
    for (let at = 10_000; at <= 90_000; at += 20_000) {
      await clock.runUntil(at);
      void pace.slot().then(() => had.push(clock.now()));
    }
    await clock.runUntil(200_000);

    expect(had).toEqual([10_000, 31_000, 51_000, 71_000, 91_000]);
  });

  test('gives up waiting when its caller does', async () => {
    const clock = virtualClock(10_000);
    const pace = createCallPace(1, clock);
    const caller = new AbortController();
    await pace.slot();
    const waiting = pace.slot(caller.signal);
    caller.abort(new Error('cancelled'));

    await expect(waiting).rejects.toThrow('cancelled');
  });

  test('without a limit lets everyone go at once', async () => {
    const clock = virtualClock(10_000);
    const { times } = ask(createCallPace(Infinity, clock), clock.now, 100);
    await clock.runUntil(10_000);

    expect(times).toHaveLength(100);
  });
});
