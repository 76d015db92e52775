import { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';

/** Spaces the calls of this process, so that a burst of the task queue does not become a burst at the API. */
export interface CallPace {
  /** How many calls are under way: they have had their turn, and have not ended. */
  readonly sending: number;
  /** How many calls may be waiting for their turn: as many as have it soon. */
  readonly ahead: number;
  /** Emits `change` when {@link sending} or {@link ahead} changes. */
  readonly events: EventEmitter;
  /**
   * Makes a call when its turn comes.
   *
   * @throws the signal's reason when it aborts before that, or what the call throws
   */
  send<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** The API has throttled a call: no other leaves before the next second, when it counts afresh. */
  hold(): void;
  /** Goes on at a tenth of the rate, or at the whole again. */
  slowDown(isSlow: boolean): void;
}

/** Time as a pace sees it. `sleep` rejects when its signal aborts. */
export interface Clock {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
}

const SYSTEM_CLOCK: Clock = {
  now: Date.now,
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
};

const SLOWED_RATE = 0.1;

/**
 * As many as it takes to have a poll at each of the four partitions of a task queue: with two, a rate of 3 calls a second
 * came out as 2.3 (bench/budget.ts).
 */
const AHEAD = 4;

/**
 * A pace of so many calls a second, each its share of a second after the one before.
 *
 * After a second of silence, and after a hold, it starts at half the rate and reaches the whole within as many calls as
 * it allows a second: the server lets a new backlog out in a burst to all workers at once, and each of them knows only
 * of itself.
 */
export function createCallPace(requestsPerSecond: number, { now, sleep }: Clock = SYSTEM_CLOCK): CallPace {
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
    // At most a second more: where calls are further apart than that, there is no burst to soften.
    freeAt = at + spacingMs + Math.min(spacingMs, 1_000) * slowStart;
    callsInARow += 1;
    return at;
  };
  const turn = async (signal: AbortSignal | undefined): Promise<void> => {
    for (let at = take(); ; at = take()) {
      if (at > now()) await sleep(at - now(), signal).catch(() => signal?.throwIfAborted());
      // A hold that began meanwhile concerns those too that already had their time.
      if (at >= heldUntil) return;
    }
  };
  const count = (change: 1 | -1) => {
    sending += change;
    events.emit('change');
  };
  return {
    events,
    get sending() {
      return sending;
    },
    get ahead() {
      return rate < requestsPerSecond ? 1 : AHEAD;
    },
    async send(call, signal) {
      await turn(signal);
      count(1);
      try {
        return await call();
      } finally {
        count(-1);
      }
    },
    hold() {
      heldUntil = Math.max(heldUntil, (Math.floor(now() / 1_000) + 1) * 1_000);
      freeAt = Math.max(freeAt, heldUntil);
      callsInARow = 0;
    },
    slowDown(isSlow) {
      rate = isSlow ? requestsPerSecond * SLOWED_RATE : requestsPerSecond;
      events.emit('change');
    },
  };
}
