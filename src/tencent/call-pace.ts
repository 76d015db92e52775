import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';

/** Spaces the calls of this process, so that a burst of the task queue does not become a burst at the API. */
export type CallPace = ReturnType<typeof createCallPace>;

/** The clock of a pace. */
export interface Clock {
  /** Never goes back, unlike the clock on the wall: a machine whose time is repaired must not stop its calls. */
  readonly now: () => number;
  readonly msToNextSecond: () => number;
  /** Rejects when its signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
}

const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  msToNextSecond: () => 1_000 - (Date.now() % 1_000),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
};

/** How long a waiting call may not notice that the rate has changed. */
const LOOK_EVERY_MS = 1_000;

const SLOWED_RATE = 0.1;

/**
 * Two polls for each of a task queue's four partitions. With one, a partition drops the tasks of cancelled waits two at a
 * time, once for each call that its share of the rate allows: while the poll drops one task, the next is passed on to
 * another partition, which costs its share of the rate (findings/cancelled-tasks-cost-tokens.sh).
 */
const POLLS = 8;

/**
 * A pace of so many calls a second, evenly spaced.
 *
 * After a second without calls, and after a hold, it starts at half the rate and reaches the full rate within a second's
 * worth of calls: the server gives a new backlog to all workers at once, and each knows only of itself.
 */
export function createCallPace(requestsPerSecond: number, { now, msToNextSecond, sleep }: Clock = SYSTEM_CLOCK) {
  /** Emits `change` when `polls` changes. */
  const events = new EventEmitter();
  let rate = requestsPerSecond;
  let freeAt = -Infinity;
  let heldUntil = -Infinity;
  let callsInARow = 0;
  /** Resolves when the last call in line has had its turn, or has left. */
  let line: Promise<void> = Promise.resolve();

  const dueAt = () => Math.max(freeAt, heldUntil);
  const take = (at: number): void => {
    const spacingMs = 1_000 / rate;
    if (at > freeAt + 1_000) callsInARow = 0;
    const slowStart = Math.max(0, 1 - callsInARow / rate);
    // At most a second more: calls further apart than that make no burst.
    freeAt = at + spacingMs + Math.min(spacingMs, 1_000) * slowStart;
    callsInARow += 1;
  };
  /** Only the first in line takes time: who gives up before costs the others none. */
  const turn = async (signal: AbortSignal | undefined): Promise<void> => {
    const before = line;
    let leave: (next: Promise<void>) => void = () => undefined;
    line = new Promise((resolve) => (leave = resolve));
    try {
      await unlessAborted(before, signal);
      let late = 0;
      while (dueAt() > now()) {
        await sleep(Math.min(dueAt() - now(), LOOK_EVERY_MS), signal).catch(() => signal?.throwIfAborted());
        // Timers are late, which must not lower the rate.
        late = Math.min(now() - dueAt(), 1_000 / rate);
      }
      take(now() - late);
    } finally {
      leave(before);
    }
  };
  return {
    events,
    /** How many polls for calls may be open while no call waits for its turn. */
    get polls() {
      return rate < requestsPerSecond ? 1 : POLLS;
    },
    /** Makes a call in its turn. @throws the signal's reason if it aborts before, or what the call throws */
    async send<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
      await turn(signal);
      return call();
    },
    /** Sends no call before the next second, when the API starts a new count. Call it when the API has throttled. */
    hold() {
      heldUntil = now() + msToNextSecond();
      callsInARow = 0;
    },
    /** Continues at a tenth of the rate, or at the full rate again. */
    slowDown(isSlow: boolean) {
      rate = isSlow ? requestsPerSecond * SLOWED_RATE : requestsPerSecond;
      if (!isSlow) freeAt = Math.min(freeAt, now() + 1_000 / rate);
      events.emit('change');
    },
  };
}

/** What the promise resolves to. @throws the signal's reason if it aborts first */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
