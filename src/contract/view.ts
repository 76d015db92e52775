import { formatDuration } from './duration.js';
import type { RedisTaskFailureType } from './failures.js';
import type { WaitPlan } from './input.js';
import type { PollError } from './poll-error.js';
import type { RedisTaskObservation } from './task.js';
import { plain } from './text.js';
import type { WaitState } from './wait-state.js';
import { nextPollAt } from './wait.js';

/** The longest message of the API that is shown: as long as in a failure. */
const MESSAGE_MAX = 1_000;

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

/** What the Timeline of Temporal UI shows on a call. */
export function pollSummary(plan: WaitPlan, state: WaitState, isLast: boolean): string {
  return `${isLast ? 'last poll at the deadline' : `poll ${state.polls + 1}`} of task ${plan.taskId}`;
}

/** What the Timeline of Temporal UI shows on the timer of a pause. It is read as Markdown, so only words stand as they are. */
export function pauseSummary(state: WaitState, pauseMs: number): string {
  const status = state.observation ? plain(state.observation.status, 30) : 'not seen yet';
  const shown = /^[a-z ]+$/i.test(status) ? status : code(status, 30);
  return `${shown} · next poll in ${formatDuration(pauseMs)}`;
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

/** How a wait can end. */
export type WaitEnding = RedisTaskFailureType | 'succeeded' | 'cancelled';

/**
 * The current details of a wait that is over. The sentence at their end is ours alone: what the API said stands in the
 * facts above it, as code.
 */
export function finalMarkdownOf(plan: WaitPlan, state: WaitState, ending: WaitEnding): string {
  return [...facts(plan, state), '', ENDINGS[ending]].join('\n');
}

function facts(plan: WaitPlan, { observation, lastError, polls }: WaitState): string[] {
  return [
    `**Redis task ${plan.taskId}** in ${plan.region}`,
    '',
    `- Status: ${observation ? code(observation.status) : 'not seen yet'}`,
    ...(observation?.instanceId ? [`- Instance: ${code(observation.instanceId)}`] : []),
    ...(observation?.taskType ? [`- Type: ${code(observation.taskType)}`] : []),
    ...(observation?.message ? [`- Message: ${code(observation.message, MESSAGE_MAX)}`] : []),
    ...(observation?.requestId ? [`- RequestId: ${code(observation.requestId)}`] : []),
    `- Polls: ${polls}`,
    ...(lastError ? [`- Last error: ${errorOf(lastError)}`] : []),
  ];
}

function errorOf({ code: name, message, requestId, at }: PollError): string {
  const request = requestId ? `, RequestId ${code(requestId)}` : '';
  return `${code(name)} ${code(message, MESSAGE_MAX)} at ${code(at)}${request}`;
}

/** The API has no call that cancels a task, so a cancelled wait must say what it leaves behind. */
export const DETACHED = 'The wait was cancelled. The task itself goes on: the API has no call that cancels it.';

const ENDINGS: Readonly<Record<WaitEnding, string>> = {
  succeeded: 'The task has succeeded.',
  cancelled: DETACHED,
  RedisTaskFailed:
    '**The task failed.** Repair what its message names, then submit the change again: this task does not go on.',
  RedisTaskErrored:
    '**The task broke off.** Look at the instance in the console before the change is submitted again: it may be half done.',
  RedisTaskTimedOut:
    '**`maxWait` ran out.** The task itself may go on: wait on with `details[0].resumeInput` of the failure.',
  RedisTaskUnauthorized:
    "**The API refused the worker's credentials.** The task itself may go on: repair the key or its permission (`redis:DescribeTaskInfo`), then wait again.",
  RedisTaskRejected:
    '**The API refused the request for good.** Check the task id, the region and the account of the worker.',
  RedisTaskInvalidInput: 'The input breaks a rule. Nothing was asked of the API.',
};

/**
 * A text from outside as inline code on one line, which no reader of Markdown takes for a link, a picture or HTML. The
 * marks are one longer than any run of backticks in the text, so the text itself stays as it is.
 */
function code(text: string, max = 300): string {
  const line = plain(text, max);
  if (line === '') return '(empty)';
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const marks = '`'.repeat(longest + 1);
  // A space on either side is not part of the code.
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${marks}${space}${line}${space}${marks}`;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
