// What Temporal UI shows of any wait.
import { formatDuration } from '../duration.js';
import { code, shownText, shownTime, words } from '../markdown.js';
import type { PollError } from '../poll-error.js';
import { API_TEXT_MAX } from './messages.js';
import { nextPollAt } from './polls.js';
import { isWatched, type WaitState } from './state.js';

/** The summary of a poll in the Timeline. @param subject - what it asks for */
export function pollText(subject: string, { polls, failingSince }: WaitState<unknown>, isLast: boolean): string {
  const poll = `${isLast ? 'last poll at the deadline' : `poll ${polls + 1}`} of ${subject}`;
  return failingSince === null ? poll : `${poll} · polls have failed since ${shownTime(failingSince)}`;
}

/**
 * The summary of the timer of a pause.
 *
 * @param standing - how what is waited for stands, in plain words
 * @param dueAt - when it ends
 */
export function pauseText(standing: string, state: WaitState<unknown>, dueAt: number, now: number): string {
  const { failingSince, lastError } = state;
  const failed = failingSince !== null && lastError ? ` · last poll failed: ${words(lastError.code, 40)}` : '';
  return `${standing}${failed} · next poll in ${formatDuration(dueAt - now)}, at ${shownTime(dueAt)}`;
}

/** The summary of the timer that runs through the whole wait. */
export function deadlineSummary({ startedAt, deadline }: Pick<WaitState<unknown>, 'startedAt' | 'deadline'>): string {
  return `deadline at ${shownTime(deadline)} · maxWait ${formatDuration(deadline - startedAt)}`;
}

/** The summary of the timer that limits the last poll. */
export const LAST_POLL_SUMMARY = 'limit of the last poll';

/** The current details of a run that another one continues. */
export const CONTINUED = 'The wait goes on in a newer run: open Latest Execution, above.';

/** When a wait polls next, and when it ends at the latest. */
export function timeFacts(state: WaitState<unknown>, apiQueue: string): string[] {
  const dueAt = nextPollAt(state);
  const underWay = `a poll is under way on queue ${code(apiQueue)}`;
  return [
    `- Next poll: ${dueAt === null ? underWay : shownTime(dueAt)}${isWatched(state) ? ', sooner when the watch says so' : ''}`,
    `- Deadline: ${shownTime(state.deadline)}`,
  ];
}

/** What became of the polls of a wait so far. */
export function progressFacts({ startedAt, failingSince, lastError, polls }: WaitState<unknown>): string[] {
  return [
    `- Waiting since: ${shownTime(startedAt)}`,
    `- Polls: ${polls}`,
    ...(lastError ? [`- Last error: ${describeError(lastError)}`] : []),
    ...(failingSince === null ? [] : [`- Polls have failed since: ${shownTime(failingSince)}`]),
  ];
}

/** An error of a poll in Markdown. */
export function describeError({ code: name, message, requestId, at }: PollError): string {
  const request = requestId ? `, RequestId ${code(requestId)}` : '';
  return `${code(name)} ${code(message, API_TEXT_MAX)} at ${shownText(at)}${request}`;
}
