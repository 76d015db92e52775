import { setTimeout } from 'node:timers/promises';
import { TencentApiError } from './errors.js';

/**
 * How long a call may wait for its slot: what is left of an activity's 15 s beside a full HTTP timeout. With the server
 * holding the queue to the same rate, it is reached only when others use up the account's budget second after second.
 */
const SLOT_WAIT_MAX_MS = 4_000;

/** Spaces the calls of this process, so that a burst of the task queue does not become a burst at the API. */
export interface CallPace {
  /**
   * Waits for a slot.
   *
   * @throws TencentApiError (throttled) when none comes within 4 s, or the signal's reason when it aborts
   */
  slot(signal?: AbortSignal): Promise<void>;
  /** The API has throttled a call: no other leaves before the next second, when it counts afresh. */
  hold(): void;
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

/**
 * A pace of so many calls a second, each its share of a second after the one before.
 *
 * After a second of silence, and after a hold, it starts at half the rate and reaches the whole within as many calls as
 * it allows a second: the server lets a new backlog out in a burst to all workers at once, and each of them knows only
 * of itself.
 */
export function createCallPace(requestsPerSecond: number, { now, sleep }: Clock = SYSTEM_CLOCK): CallPace {
  const spacingMs = 1_000 / requestsPerSecond;
  let freeAt = 0;
  let heldUntil = 0;
  let callsInARow = 0;

  const take = (): number => {
    const at = Math.max(now(), freeAt, heldUntil);
    if (at > freeAt + 1_000) callsInARow = 0;
    const slowStart = Math.max(0, 1 - callsInARow / requestsPerSecond);
    // At most a second more: where calls are further apart than that, there is no burst to soften.
    freeAt = at + spacingMs + Math.min(spacingMs, 1_000) * slowStart;
    callsInARow += 1;
    return at;
  };
  return {
    async slot(signal) {
      const giveUpAt = now() + SLOT_WAIT_MAX_MS;
      for (let at = take(); ; at = take()) {
        if (at > giveUpAt) throw noSlot(requestsPerSecond);
        if (at > now()) await sleep(at - now(), signal).catch(() => signal?.throwIfAborted());
        // A hold that began meanwhile concerns those too that already had their time.
        if (at >= heldUntil) return;
      }
    },
    hold() {
      heldUntil = Math.max(heldUntil, (Math.floor(now() / 1_000) + 1) * 1_000);
      freeAt = Math.max(freeAt, heldUntil);
      callsInARow = 0;
    },
  };
}

function noSlot(requestsPerSecond: number): TencentApiError {
  const message = `No slot within ${SLOT_WAIT_MAX_MS / 1_000} s at ${requestsPerSecond} calls a second: the account's request rate is used up`;
  return new TencentApiError('RequestLimitExceeded', message, 'throttled');
}
