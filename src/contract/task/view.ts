import { queueOfWaits, watchWorkflowId } from '../ids.js';
import { code, codeOf, isoTime, shownText, shownTime, words } from '../markdown.js';
import type { PollError } from '../poll-error.js';
import { API_TEXT_MAX } from '../wait/messages.js';
import { nextPollAt } from '../wait/polls.js';
import { waitedMs } from '../wait/state.js';
import { pauseText, pollText, progressFacts, timeFacts } from '../wait/view.js';
import type { RedisTaskFailureType } from './failures.js';
import { inputToResume, type WaitPlan } from './input.js';
import { ADVICE } from './messages.js';
import type { RedisTaskObservation } from './observation.js';
import type { TaskWaitState } from './state.js';

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
export function viewOf(plan: WaitPlan, state: TaskWaitState, taskQueue: string, now: number): RedisTaskWaitState {
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
export function pollSummary(plan: WaitPlan, state: TaskWaitState, isLast: boolean): string {
  return pollText(`task ${plan.taskId}`, state, isLast);
}

/**
 * The summary of the timer of a pause. It is shown as Markdown, so only plain words are left as they are.
 *
 * @param dueAt - when it ends
 */
export function pauseSummary(state: TaskWaitState, dueAt: number, now: number): string {
  return pauseText(shownStatus(state), state, dueAt, now);
}

function shownStatus({ observation }: TaskWaitState): string {
  return observation ? words(observation.status, 30) : 'not seen yet';
}

/** How a wait can end. */
export type WaitEnding = RedisTaskFailureType | 'succeeded' | 'cancelled';

/** Said of a cancelled wait, because the API has no call that cancels a task. */
export const DETACHED = 'The wait was cancelled. The task itself goes on: the API has no call that cancels it.';

/** @param resumeInput - as code */
const ENDINGS: Readonly<Record<WaitEnding, (resumeInput: string) => string>> = {
  succeeded: () => 'The task has succeeded.',
  cancelled: () => DETACHED,
  RedisTaskFailed: (input) => `**The task failed.** ${ADVICE.RedisTaskFailed(input)}`,
  RedisTaskErrored: (input) => `**The task broke off.** ${ADVICE.RedisTaskErrored(input)}`,
  RedisTaskTimedOut: (input) => `**maxWait ran out.** ${ADVICE.RedisTaskTimedOut(input)}`,
  RedisTaskUnauthorized: (input) =>
    `**The API refused the worker's credentials.** ${ADVICE.RedisTaskUnauthorized(input)}`,
  RedisTaskRejected: (input) => `**The API refused the request for good.** ${ADVICE.RedisTaskRejected(input)}`,
  RedisTaskInvalidInput: () => 'The input breaks a rule. Nothing was asked of the API.',
};

const ACTIONS =
  'More Actions: the signal `pollNow` polls at once, the update `extendWait` with `{ "maxWait": "4h" }` sets how long to wait in all. Request Cancellation ends the wait, not the task.';

/** The current details in Temporal UI while the wait goes on, in Markdown. */
export function markdownOf(plan: WaitPlan, state: TaskWaitState, apiQueue: string): string {
  return [
    ...listFacts(plan, state),
    ...watchFact(plan, state, apiQueue),
    ...timeFacts(state, apiQueue),
    '',
    ACTIONS,
  ].join('\n');
}

/** The current details of a wait that is over. What the API said is only in the facts, as code. */
export function finalMarkdownOf(plan: WaitPlan, state: TaskWaitState, ending: WaitEnding, now: number): string {
  const resumeInput = codeOf(inputToResume(plan, waitedMs(state, now)));
  return [...listFacts(plan, state), '', ENDINGS[ending](resumeInput)].join('\n');
}

function listFacts(plan: WaitPlan, state: TaskWaitState): string[] {
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

function watchFact({ region }: WaitPlan, { watch }: TaskWaitState, apiQueue: string): string[] {
  if (!watch) return [];
  const id = code(watchWorkflowId(queueOfWaits(apiQueue), region));
  if (watch.since !== null) return [`- Watched since: ${shownTime(watch.since)}, by ${id}`];
  if (watch.reason === null) return [];
  const until = watch.joinAt === null ? '' : ` until: ${shownTime(watch.joinAt)}`;
  return [`- Paces itself${until}, because ${code(watch.reason, API_TEXT_MAX)}`];
}
