import { formatDuration } from './duration.js';
import type { WaitPlan } from './input.js';
import type { PollError } from './poll-error.js';
import type { RedisTaskObservation } from './task.js';
import { plain } from './text.js';
import { nextPollAt, type WaitState } from './wait.js';

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
}

export function viewOf(plan: WaitPlan, state: WaitState, now: number): RedisTaskWaitState {
  const dueAt = nextPollAt(state);
  return {
    taskId: plan.taskId,
    region: plan.region,
    status: state.observation?.status ?? null,
    polls: state.polls,
    waitedMs: now - state.startedAt,
    nextPollAt: dueAt === null ? null : isoTime(dueAt),
    deadline: isoTime(state.deadline),
    ...(state.lastError && { lastError: state.lastError }),
    ...(state.observation && { observation: state.observation }),
  };
}

/** The static summary of a wait, which only its starter can set. */
export function waitSummary(plan: WaitPlan): string {
  return `Redis task ${plan.taskId} in ${plan.region}`;
}

/** What the Timeline of Temporal UI shows on a call. */
export function pollSummary(plan: WaitPlan, state: WaitState, isLast: boolean): string {
  return `${isLast ? 'last poll at the deadline' : `poll ${state.polls + 1}`} of task ${plan.taskId}`;
}

/** What the Timeline of Temporal UI shows on the timer of a pause. */
export function pauseSummary(state: WaitState, pauseMs: number): string {
  const status = state.observation ? plain(state.observation.status, 30) : 'not seen yet';
  return `${status} · next poll in ${formatDuration(pauseMs)}`;
}

/** What the Timeline of Temporal UI shows on the timer that runs through the whole wait. */
export function deadlineSummary({ startedAt, deadline }: WaitState): string {
  return `deadline · maxWait ${formatDuration(deadline - startedAt)}`;
}

/** What the Timeline of Temporal UI shows on the timer that limits the last poll. */
export const LAST_POLL_SUMMARY = 'limit of the last poll';

/** The current details in Temporal UI, in Markdown, while the wait goes on. */
export function markdownOf(plan: WaitPlan, state: WaitState, apiQueue: string): string {
  const dueAt = nextPollAt(state);
  const next = dueAt === null ? `a poll is under way on queue ${code(apiQueue)}` : isoTime(dueAt);
  return [...facts(plan, state), `- Next poll: ${next}`, `- Deadline: ${isoTime(state.deadline)}`].join('\n');
}

/** The current details of a wait that is over. */
export function finalMarkdownOf(plan: WaitPlan, state: WaitState, ending: string): string {
  return [...facts(plan, state), '', ending].join('\n');
}

function facts(plan: WaitPlan, { observation, lastError, polls }: WaitState): string[] {
  return [
    `**Redis task ${plan.taskId}** in ${plan.region}`,
    '',
    `- Status: ${observation ? code(observation.status) : 'not seen yet'}`,
    ...(observation?.instanceId ? [`- Instance: ${code(observation.instanceId)}`] : []),
    ...(observation?.taskType ? [`- Type: ${code(observation.taskType)}`] : []),
    ...(observation?.message ? [`- Message: ${code(observation.message)}`] : []),
    `- Polls: ${polls}`,
    ...(lastError ? [`- Last error: ${code(lastError.code)} ${code(lastError.message)} at ${lastError.at}`] : []),
  ];
}

/** The API has no call that cancels a task, so a cancelled wait must say what it leaves behind. */
export const DETACHED = 'The wait was cancelled. The task itself goes on: the API has no call that cancels it.';

/** A text from outside as inline code, so that it cannot be read as Markdown. */
function code(text: string): string {
  return `\`${plain(text, 300).replaceAll('`', "'")}\``;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
