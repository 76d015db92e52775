import { code, isoTime, shownTime } from '../markdown.js';
import type { PollError } from '../poll-error.js';
import { describeError } from '../wait/view.js';
import type { Started } from './answer.js';
import type { RedisActionFailureType } from './failures.js';
import type { ActionPlan } from './input.js';
import { lookAt } from './messages.js';
import type { ActionState } from './state.js';
import type { SubmitClass } from './submit-class.js';

/**
 * What a change is doing.
 *
 * - `reading`: the tasks of its instances are read, before the submit
 * - `submitting`: a submit is under way
 * - `looking`: what an uncertain submit may have started is looked for
 * - `pausing`: it goes on at `nextStepAt`
 * - `waiting`: the API has accepted it, and what was started is waited for
 * - `ended`
 */
export type RedisActionStage = 'reading' | 'submitting' | 'looking' | 'pausing' | 'waiting' | 'ended';

/** What the query `getState` of a change answers. Times are ISO-8601 UTC. */
export interface RedisActionState {
  readonly action: string;
  readonly region: string;
  /** Those that the API has told, or else those of the parameters. */
  readonly instanceIds: readonly string[];
  readonly stage: RedisActionStage;
  /** Null unless it pauses. */
  readonly nextStepAt: string | null;
  readonly submits: number;
  /** When the last submit was made; null before the first. */
  readonly submittedAt: string | null;
  /** What became of the last submit: `accepted`, `busy`, `throttled`, `unauthorized`, `refused` or `uncertain`; null before. */
  readonly lastSubmit: SubmitClass | null;
  /** What was started, once that is known. */
  readonly taskIds: readonly number[];
  readonly dealName: string | null;
  readonly deadline: string;
  /** As of the last workflow task: a query does not move workflow time. */
  readonly waitedMs: number;
  /** The last error of a submit, or of a look at the tasks. */
  readonly lastError?: PollError;
}

/** Where a change is. */
export interface ActionProgress {
  readonly stage: RedisActionStage;
  /** When a pause ends. */
  readonly dueAt: number | null;
  readonly started: Started | undefined;
}

export function actionViewOf(
  { action, region, instanceIds }: ActionPlan,
  { submits, lastSubmitAt, lastClass, deadline, startedAt, lastError }: ActionState,
  { stage, dueAt, started }: ActionProgress,
  now: number,
): RedisActionState {
  return {
    action,
    region,
    instanceIds: started?.instanceIds.length ? started.instanceIds : instanceIds,
    stage,
    nextStepAt: dueAt === null ? null : isoTime(dueAt),
    submits,
    submittedAt: lastSubmitAt === null ? null : isoTime(lastSubmitAt),
    lastSubmit: lastClass,
    taskIds: started?.taskIds ?? [],
    dealName: started?.dealName ?? null,
    deadline: isoTime(deadline),
    waitedMs: Math.max(0, now - startedAt),
    ...(lastError && { lastError }),
  };
}

/** The current details in Temporal UI while a change goes on, in Markdown. */
export function actionMarkdownOf(plan: ActionPlan, state: ActionState, progress: ActionProgress): string {
  return [
    ...actionFacts(plan, state),
    ...startedFacts(plan, progress.started),
    `- Now: ${doing(state, progress)}`,
    `- Deadline: ${shownTime(state.deadline)}`,
    '',
    progress.started ? ACTIONS.afterSubmit : ACTIONS.before,
  ].join('\n');
}

function doing({ lastClass, uncertainSince }: ActionState, { stage, dueAt }: ActionProgress): string {
  const at = dueAt === null ? '' : ` at ${shownTime(dueAt)}`;
  switch (stage) {
    case 'reading':
      return 'it reads the tasks of the instances, before the submit';
    case 'submitting':
      return 'a submit is under way';
    case 'looking':
      return 'it looks for what a submit may have started';
    case 'pausing':
      if (uncertainSince !== null) return `it looks again${at} for what a submit may have started`;
      return lastClass === 'busy'
        ? `another flow holds the instance; it is submitted again${at}`
        : `the API could not be asked; it goes on${at}`;
    case 'waiting':
      return 'it waits for what was started: each wait has a page of its own, under Relationships';
    case 'ended':
      return 'it is over';
  }
}

const ACTIONS = {
  before:
    'Nothing has to be done. More Actions: Request Cancellation ends the change; what was submitted goes on. Do not reset it: that submits again.',
  afterSubmit:
    'Nothing has to be done. More Actions: Request Cancellation ends the wait; what was submitted goes on. Do not reset it to before its submit: that submits again.',
} as const;

/** The current details of a change that is over. */
export function finalActionMarkdownOf(
  plan: ActionPlan,
  state: ActionState,
  started: Started | undefined,
  ending: ActionEnding,
): string {
  const facts = [...actionFacts(plan, state), ...startedFacts(plan, started)];
  return [...facts, '', endingText(ending, plan, state, started)].join('\n');
}

/** How a change can end. */
export type ActionEnding = RedisActionFailureType | 'succeeded' | 'cancelled';

function actionFacts(plan: ActionPlan, state: ActionState): string[] {
  const { startedAt, submits, lastSubmitAt, lastClass, lastError, uncertainSince } = state;
  const wanted = Object.keys(plan.expect).length > 0 ? ` until ${code(JSON.stringify(plan.expect))}` : '';
  const outcome = lastClass === null ? '' : `: ${lastClass}`;
  return [
    `**${plan.action}** in ${plan.region}${wanted}`,
    '',
    ...plan.instanceIds.map((id) => `- Instance: ${code(id)}`),
    `- Since: ${shownTime(startedAt)}`,
    `- Submits: ${submits}${lastSubmitAt === null ? '' : `, the last at ${shownTime(lastSubmitAt)}${outcome}`}`,
    ...(lastError ? [`- Last error: ${describeError(lastError)}`] : []),
    ...(uncertainSince === null
      ? []
      : [`- The answer to the submit at ${shownTime(uncertainSince)} did not tell what became of it`]),
  ];
}

/** What was started, for a person. */
function startedFacts(plan: ActionPlan, started: Started | undefined): string[] {
  if (!started) return [];
  const { taskIds, dealName, instanceIds } = started;
  const isNew = (id: string) => !plan.instanceIds.includes(id);
  return [
    ...taskIds.map((id) => `- Task: ${id}`),
    ...(dealName === null ? [] : [`- Deal: ${code(dealName)}`]),
    ...instanceIds.filter(isNew).map((id) => `- New instance: ${code(id)}`),
  ];
}

function endingText(ending: ActionEnding, plan: ActionPlan, state: ActionState, started: Started | undefined): string {
  const again = 'then run it again, under another id.';
  switch (ending) {
    case 'succeeded':
      return 'The change has been made.';
    case 'cancelled':
      if (state.submits === 0) return 'Cancelled before it was submitted: nothing was started.';
      return 'Cancelled. What was submitted goes on: the API has no call that cancels it.';
    case 'RedisActionUncertain':
      return `**Whether the change was started is not known.** ${lookAt(plan, state)} Submit it again, under another id, only if it was not started.`;
    case 'RedisActionRefused':
      return `**Refused: nothing was started.** Fix what the last error names, ${again}`;
    case 'RedisTaskInvalidInput':
      return 'The input breaks a rule. Nothing was sent.';
    case 'RedisTaskFailed':
    case 'RedisTaskErrored':
    case 'RedisInstanceFailed':
      return `**What was started has failed.** Open the failure below: it has the API's text, and what to do.`;
    default: {
      if (started)
        return '**The wait has ended, what was started goes on.** Start the wait again with the input at the end of the message below.';
      return ending === 'RedisTaskTimedOut'
        ? `**maxWait ran out: nothing was started.** Let the other flow end, ${again}`
        : `**The key was refused: nothing was started.** Fix the key or its permissions, ${again}`;
    }
  }
}
