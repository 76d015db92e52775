import type { RedisTaskDuration } from '../../contract/duration.js';
import type { PlayedEnd } from './played-wait.js';
import { readDuration } from './read-ending.js';

/**
 * Somebody cancels the wait: not the pipeline, but a person, or another program.
 *
 * @inline
 */
export interface CancelledEnding {
  readonly fails?: undefined;
  /** How long after its start. What it waits for goes on, and ends in no wait. */
  readonly cancelledAfter: RedisTaskDuration;
}

/** When a wait is cancelled, in milliseconds after its start; undefined for other endings. @throws TypeError */
export function readCancelledAfter(of: string, ending: object): number | undefined {
  if (!isCancelledEnding(ending)) return undefined;
  return readDuration('cancelledAfter', of, ending.cancelledAfter);
}

export function isCancelledEnding(ending: object): ending is CancelledEnding {
  return 'cancelledAfter' in ending && ending.cancelledAfter !== undefined;
}

/** The end of a wait that is cancelled, unless it has ended before. */
export function cancelledAfter<E extends PlayedEnd<unknown, unknown>>(
  ms: number | undefined,
  startedAt: number,
  end: E,
): E {
  const at = startedAt + (ms ?? Infinity);
  return at < end.endsAt ? { ...end, endsAt: at, isCancelled: true } : end;
}
