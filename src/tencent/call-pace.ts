import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';

/** Spaces the calls of this process, so that a burst of the task queue does not become a burst at the API. */
export type CallPace = ReturnType<typeof createCallPace>;

/** The clock of a pace. `sleep` rejects when its signal aborts. */
export interface Clock {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
}

const SYSTEM_CLOCK: Clock = { now: Date.now, sleep: (ms, signal) => setTimeout(ms, undefined, { signal }) };

const SLOWED_RATE = 0.1;

/** One poll for each of a task queue's four partitions: with two, a rate of 3 a second came out as 2.3 (bench/fleet.ts). */
const AHEAD = 4;

/**
 * A pace of so many calls a second, evenly spaced.
 *
 * After a second without calls, and after a hold, it starts at half the rate and reaches the full rate within a second's
 * worth of calls: the server gives a new backlog to all workers at once, and each knows only of itself.
 */
export function createCallPace(requestsPerSecond: number, { now, sleep }: Clock = SYSTEM_CLOCK) {
  /** Emits `change` when `sending` or `ahead` changes. */
  const events = new EventEmitter();
  let rate = requestsPerSecond;
  let freeAt = 0;
  let heldUntil = 0;
  let callsInARow = 0;
  let sending = 0;

  const take = (): number => {
    const spacingMs = 1_000 / rate;
    const at = Math.max(now(), freeAt, heldUntil);
    if (at > freeAt + 1_000) callsInARow = 0;
    const slowStart = Math.max(0, 1 - callsInARow / rate);
    // At most a second more: calls further apart than that make no burst.
    freeAt = at + spacingMs + Math.min(spacingMs, 1_000) * slowStart;
    callsInARow += 1;
    return at;
  };
  const turn = async (signal: AbortSignal | undefined): Promise<void> => {
    for (let at = take(); ; at = take()) {
      if (at > now()) await sleep(at - now(), signal).catch(() => signal?.throwIfAborted());
      // A hold that began meanwhile delays waiting calls too.
      if (at >= heldUntil) return;
    }
  };
  return {
    events,
    /** How many calls are under way. */
    get sending() {
      return sending;
    },
    /** How many calls may wait for their turn. */
    get ahead() {
      return rate < requestsPerSecond ? 1 : AHEAD;
    },
    /** Makes a call in its turn. @throws the signal's reason if it aborts before, or what the call throws */
    async send<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
      await turn(signal);
      sending += 1;
      events.emit('change');
      try {
        return await call();
      } finally {
        sending -= 1;
        events.emit('change');
      }
    },
    /** Sends no call before the next second, when the API starts a new count. Call it when the API has throttled. */
    hold() {
      heldUntil = Math.max(heldUntil, (Math.floor(now() / 1_000) + 1) * 1_000);
      freeAt = Math.max(freeAt, heldUntil);
      callsInARow = 0;
    },
    /** Continues at a tenth of the rate, or at the full rate again. */
    slowDown(isSlow: boolean) {
      rate = isSlow ? requestsPerSecond * SLOWED_RATE : requestsPerSecond;
      events.emit('change');
    },
  };
}
