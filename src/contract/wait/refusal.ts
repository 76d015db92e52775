import { MINUTE } from '../duration.js';
import type { PollErrorClass } from '../poll-error.js';
import { inVisibilityGrace } from './polls.js';
import type { WaitState } from './state.js';

/** How many polls in a row, and for how long, the API must refuse what it has described before. */
const REFUSALS_MIN = 3;
const REFUSED_FOR_MIN_MS = MINUTE;
/** The same of "no such task", which an API that is being repaired may say for a while. */
const UNKNOWN_FOR_MIN_MS = 10 * MINUTE;

/** The failure of a wait that the API refuses for good; undefined while it may still answer. */
export function refusalFailure(
  refusal: PollErrorClass,
  state: WaitState<unknown>,
  now: number,
): 'RedisTaskUnauthorized' | 'RedisTaskRejected' | undefined {
  switch (refusal) {
    case 'unauthorized':
      return isFinal(refusal, state, now) ? 'RedisTaskUnauthorized' : undefined;
    case 'rejected':
    case 'unknownTask':
      return isFinal(refusal, state, now) ? 'RedisTaskRejected' : undefined;
    case 'transient':
    case 'throttled':
      return undefined;
  }
}

/**
 * Once the task has been seen, the request is known to be good: a refusal may come from a gateway, or a key's rotation.
 * Until then only "no such task" is not final at once: a fresh task may not be visible yet.
 */
function isFinal(refusal: PollErrorClass, state: WaitState<unknown>, now: number): boolean {
  const { observation, refusals, refusedSince } = state;
  const isUnknown = refusal === 'unknownTask';
  if (observation === null) return !isUnknown || !inVisibilityGrace(state, now);
  const longEnoughMs = isUnknown ? UNKNOWN_FOR_MIN_MS : REFUSED_FOR_MIN_MS;
  return refusals >= REFUSALS_MIN && refusedSince !== null && now - refusedSince >= longEnoughMs;
}
