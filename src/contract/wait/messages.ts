import { formatDuration } from '../duration.js';
import type { PollError } from '../poll-error.js';
import { plain, quote, requestNote } from '../text.js';
import type { WaitState } from './state.js';

/** Long enough for any `TaskMessage` seen, short enough to read. */
export const API_TEXT_MAX = 1_000;

/** Answers a query that would otherwise spoil the wait: see `StaleReplayGuard`. */
export const WAIT_IS_LOADING = 'A worker is loading this wait. Ask again.';

/** A line of the log about polls that keep failing. @param subject - what they ask for */
export function failingWarning(
  subject: string,
  { lastError, failingSince }: Pick<WaitState<unknown>, 'lastError' | 'failingSince'>,
  now: number,
): string {
  const error = lastError ? ` The last error: ${quotedError(lastError)}` : '';
  return `All polls of ${subject} have failed for ${formatDuration(now - (failingSince ?? now))}.${error} The wait goes on.`;
}

/** A line of the log about a wait in the last tenth of its time. @param subject - what it waits for */
export function runningOutWarning(subject: string, { deadline }: WaitState<unknown>, now: number): string {
  return `The wait for ${subject} times out in ${formatDuration(Math.max(0, deadline - now))}. Extend it to wait longer.`;
}

/** An error of a poll in a sentence. */
export function quotedError({ code, message, requestId }: PollError): string {
  return `${plain(code, 100)} ${quote(message, API_TEXT_MAX)}${requestNote(requestId)}.`;
}
