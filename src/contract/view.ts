import { formatDuration } from './duration.js';
import type { RedisTaskFailureType } from './failures.js';
import { queueOfWaits, watchWorkflowId } from './ids.js';
import type { WaitPlan } from './input.js';
import { ADVICE, API_TEXT_MAX } from './messages.js';
import type { PollError } from './poll-error.js';
import type { RedisTaskObservation } from './task.js';
import { plain } from './text.js';
import { isWatched, waitedMs, type WaitState } from './wait-state.js';
import { nextPollAt } from './wait.js';

/** What the query `getState` answers, and the update `extendWait` returns. Times are ISO-8601 UTC. */
export interface RedisTaskWaitState {
  readonly taskId: number;
  readonly region: string;
  /** The API's text of the last observation; null until a poll has seen the task. */
  readonly status: string | null;
  readonly polls: number;
  /** As of the wait's last workflow task: a query does not move workflow time. */
  readonly waitedMs: number;
  /** Null while a poll is under way, and after the end. */
  readonly nextPollAt: string | null;
  readonly deadline: string;
  readonly lastError?: PollError;
  /** The task as last seen. */
  readonly observation?: RedisTaskObservation;
  /** Of a shared wait. */
  readonly watch?: RedisTaskWaitWatch;
}

/** How a shared wait stands with its watch. */
export interface RedisTaskWaitWatch {
  readonly workflowId: string;
  /** Since when it has been watched; null while it paces itself. */
  readonly since: string | null;
  /** Why it paces itself. */
  readonly reason?: string;
}

/** @param taskQueue - of the wait */
export function viewOf(plan: WaitPlan, state: WaitState, taskQueue: string, now: number): RedisTaskWaitState {
  const dueAt = nextPollAt(state);
  const { since = null, reason = null } = state.watch ?? {};
  return {
    taskId: plan.taskId,
    region: plan.region,
    status: state.observation?.status ?? null,
    polls: state.polls,
    waitedMs: waitedMs(state, now),
    nextPollAt: dueAt === null ? null : isoTime(dueAt),
    deadline: isoTime(state.deadline),
    ...(state.lastError && { lastError: state.lastError }),
    ...(state.observation && { observation: state.observation }),
    ...(state.watch && {
      watch: {
        workflowId: watchWorkflowId(taskQueue, plan.region),
        since: since === null ? null : isoTime(since),
        ...(reason !== null && { reason }),
      },
    }),
  };
}

/** The summary of a poll in the Timeline of Temporal UI. */
export function pollSummary(plan: WaitPlan, state: WaitState, isLast: boolean): string {
  return pollText(`task ${plan.taskId}`, state, isLast);
}

/** The same of a poll of anything. */
export function pollText(subject: string, { polls, failingSince }: WaitState<unknown>, isLast: boolean): string {
  const poll = `${isLast ? 'last poll at the deadline' : `poll ${polls + 1}`} of ${subject}`;
  return failingSince === null ? poll : `${poll} · polls have failed since ${shownTime(failingSince)}`;
}

/**
 * The summary of the timer of a pause. It is shown as Markdown, so only plain words are left as they are.
 *
 * @param dueAt - when it ends
 */
export function pauseSummary(state: WaitState, dueAt: number, now: number): string {
  return pauseText(shownStatus(state), state, dueAt, now);
}

/** The same of a wait for anything. @param standing - how that stands, in plain words */
export function pauseText(standing: string, state: WaitState<unknown>, dueAt: number, now: number): string {
  const { failingSince, lastError } = state;
  const failed = failingSince !== null && lastError ? ` · last poll failed: ${words(lastError.code, 40)}` : '';
  return `${standing}${failed} · next poll in ${formatDuration(dueAt - now)}, at ${shownTime(dueAt)}`;
}

/** The summary of the timer that runs through the whole wait. */
export function deadlineSummary({ startedAt, deadline }: Pick<WaitState, 'startedAt' | 'deadline'>): string {
  return `deadline at ${shownTime(deadline)} · maxWait ${formatDuration(deadline - startedAt)}`;
}

/** The summary of the timer that limits the last poll. */
export const LAST_POLL_SUMMARY = 'limit of the last poll';

function shownStatus({ observation }: WaitState): string {
  return observation ? words(observation.status, 30) : 'not seen yet';
}

/** A text from outside in a summary: words as they are, since the Timeline shows the marks of code. */
function words(text: string, max: number): string {
  const line = plain(text, max);
  return /^[a-z ]+$/i.test(line) ? line : code(line, max);
}

/** How a wait can end. */
export type WaitEnding = RedisTaskFailureType | 'succeeded' | 'cancelled';

/** Said of a cancelled wait, because the API has no call that cancels a task. */
export const DETACHED = 'The wait was cancelled. The task itself goes on: the API has no call that cancels it.';

const ENDINGS: Readonly<Record<WaitEnding, string>> = {
  succeeded: 'The task has succeeded.',
  cancelled: DETACHED,
  RedisTaskFailed: `**The task failed.** ${ADVICE.RedisTaskFailed}`,
  RedisTaskErrored: `**The task broke off.** ${ADVICE.RedisTaskErrored}`,
  RedisTaskTimedOut: `**maxWait ran out.** ${ADVICE.RedisTaskTimedOut}`,
  RedisTaskUnauthorized: `**The API refused the worker's credentials.** ${ADVICE.RedisTaskUnauthorized}`,
  RedisTaskRejected: `**The API refused the request for good.** ${ADVICE.RedisTaskRejected}`,
  RedisTaskInvalidInput: 'The input breaks a rule. Nothing was asked of the API.',
};

/** The current details of a run that another one continues. */
export const CONTINUED = 'The wait goes on in a newer run: open Latest Execution, above.';

const ACTIONS =
  'More Actions: the signal `pollNow` polls at once, the update `extendWait` with `{ "maxWait": "4h" }` sets how long to wait in all. Request Cancellation ends the wait, not the task.';

/** The current details in Temporal UI while the wait goes on, in Markdown. */
export function markdownOf(plan: WaitPlan, state: WaitState, apiQueue: string): string {
  return [
    ...listFacts(plan, state),
    ...watchFact(plan, state, apiQueue),
    ...timeFacts(state, apiQueue),
    '',
    ACTIONS,
  ].join('\n');
}

/** When a wait polls next, and when it ends at the latest. */
export function timeFacts(state: WaitState<unknown>, apiQueue: string): string[] {
  const dueAt = nextPollAt(state);
  const underWay = `a poll is under way on queue ${code(apiQueue)}`;
  return [
    `- Next poll: ${dueAt === null ? underWay : shownTime(dueAt)}${isWatched(state) ? ', sooner when the watch says so' : ''}`,
    `- Deadline: ${shownTime(state.deadline)}`,
  ];
}

/** The current details of a wait that is over. What the API said is only in the facts, as code. */
export function finalMarkdownOf(plan: WaitPlan, state: WaitState, ending: WaitEnding): string {
  return [...listFacts(plan, state), '', ENDINGS[ending]].join('\n');
}

function listFacts(plan: WaitPlan, state: WaitState): string[] {
  const { observation } = state;
  const fact = (name: string, value?: string | null) => (value ? [`- ${name}: ${code(value, API_TEXT_MAX)}`] : []);
  const seen = observation && `${code(observation.status)}, seen at ${shownText(observation.at)}`;
  return [
    `**Redis task ${plan.taskId}** in ${plan.region}`,
    '',
    `- Status: ${seen ?? 'not seen yet'}`,
    ...fact('Instance', observation?.instanceId),
    ...fact('Type', observation?.taskType),
    ...fact('Message', observation?.message),
    ...fact('RequestId', observation?.requestId),
    ...progressFacts(state),
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

function watchFact({ region }: WaitPlan, { watch }: WaitState, apiQueue: string): string[] {
  if (!watch) return [];
  const id = code(watchWorkflowId(queueOfWaits(apiQueue), region));
  if (watch.since !== null) return [`- Watched since: ${shownTime(watch.since)}, by ${id}`];
  if (watch.reason === null) return [];
  const until = watch.joinAt === null ? '' : ` until: ${shownTime(watch.joinAt)}`;
  return [`- Paces itself${until}, because ${code(watch.reason, API_TEXT_MAX)}`];
}

export function describeError({ code: name, message, requestId, at }: PollError): string {
  const request = requestId ? `, RequestId ${code(requestId)}` : '';
  return `${code(name)} ${code(message, API_TEXT_MAX)} at ${shownText(at)}${request}`;
}

/**
 * A text from outside as inline code on one line, so that it cannot become a link, a picture or HTML. The marks are one
 * longer than any run of backticks in the text.
 */
export function code(text: string, max = 300): string {
  const line = plain(text, max);
  if (line === '') return '(empty)';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const marks = '`'.repeat(longest + 1);
  // Markdown drops this space.
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${marks}${space}${line}${space}${marks}`;
}

/** ISO-8601 UTC. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** A time for people: `2026-11-22 10:00:00 UTC`. */
export function shownTime(ms: number): string {
  const iso = isoTime(ms);
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** A time that came as text from a worker. */
function shownText(time: string): string {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? code(time) : shownTime(ms);
}
