import { formatDuration } from '../duration.js';
import { code, shownTime } from '../markdown.js';
import { errorSentence } from '../poll-error.js';
import { plain } from '../text.js';
import { API_TEXT_MAX } from '../wait/messages.js';
import { describeError } from '../wait/view.js';
import type { Started } from './answer.js';
import type { RedisActionFailureDetails, RedisActionFailureType } from './failures.js';
import type { ActionPlan } from './input.js';
import type { ActionEnd } from './next-step.js';
import type { ActionState } from './state.js';

/** A change in words: the parameters are not shown. */
export function actionSubject({ action, region, instanceIds }: ActionPlan): string {
  const [first, ...others] = instanceIds;
  const instances = others.length === 0 ? (first ?? '') : `${instanceIds.length} instances`;
  return `${action}${instances === '' ? '' : ` of ${plain(instances, 100)}`} in ${region}`;
}

/** The failure of a change that the API has not accepted, in sentences. */
export function endMessage(
  type: ActionEnd,
  plan: ActionPlan,
  state: ActionState,
  { submits, waitedMs, submittedAt }: RedisActionFailureDetails,
): string {
  const subject = actionSubject(plan);
  const told = state.lastError ? plain(errorSentence(state.lastError), API_TEXT_MAX) : 'no error was told';
  const error = told.replace(/\.$/, '');
  const what: Readonly<Record<ActionEnd, string>> = {
    RedisActionRefused: `${subject} was refused, and nothing was started: ${error}.`,
    RedisActionUncertain: `Whether ${subject} was started is not known: the submit at ${submittedAt ?? ''} brought ${error}. ${lookAt(plan, state)} Submit it again only if it was not started.`,
    RedisTaskUnauthorized: `The API refused the worker's credentials for ${subject}, and nothing was started: ${error}. Fix the key or its permissions (redis:${plan.action}, redis:DescribeTaskList), then run it again.`,
    RedisTaskTimedOut: `${subject} was not accepted within maxWait, and nothing was started: ${error}.`,
  };
  return `${what[type]} ${submits} ${submits === 1 ? 'submit' : 'submits'}, waited ${formatDuration(waitedMs)}.`;
}

/** What a person has to look at to learn what became of an uncertain change. */
export function lookAt({ action, instanceIds }: ActionPlan, { candidates }: ActionState): string {
  if (instanceIds.length === 0) {
    return `Look in the console for instances and orders that were made since then: ${action} has no instance whose tasks could tell.`;
  }
  const instances = plain(instanceIds.join(', '), 300);
  const ids = candidates.map(({ taskId }) => taskId).join(', ');
  const found = candidates.length > 0 ? `new since before the submit: ${plain(ids, 300)}` : 'none of them was new';
  return `Look at the tasks of ${instances} (${found}) and at the instance itself.`;
}

/** What the current details of a change tell of it, in Markdown. */
export function actionMarkdownOf(plan: ActionPlan, state: ActionState, doing: string): string {
  return [...actionFacts(plan, state), `- Now: ${doing}`, `- Deadline: ${shownTime(state.deadline)}`, '', ACTIONS].join(
    '\n',
  );
}

/** The current details of a change that is over. */
export function finalActionMarkdownOf(
  plan: ActionPlan,
  state: ActionState,
  started: Started | undefined,
  ending: ActionEnding,
): string {
  return [...actionFacts(plan, state), ...startedFacts(started), '', endingText(ending, state)].join('\n');
}

/** How a change can end. */
export type ActionEnding = RedisActionFailureType | 'succeeded' | 'cancelled';

const ACTIONS = 'More Actions: Request Cancellation ends the wait. What was submitted goes on.';

function actionFacts(plan: ActionPlan, { submits, lastSubmitAt, lastError, uncertainSince }: ActionState): string[] {
  return [
    `**${plan.action}** in ${plan.region}`,
    '',
    ...plan.instanceIds.map((id) => `- Instance: ${code(id)}`),
    `- Submits: ${submits}${lastSubmitAt === null ? '' : `, the last at ${shownTime(lastSubmitAt)}`}`,
    ...(lastError ? [`- Last error: ${describeError(lastError)}`] : []),
    ...(uncertainSince === null
      ? []
      : [`- The answer to the submit at ${shownTime(uncertainSince)} did not tell what became of it`]),
  ];
}

/** What was started, for a person. */
export function startedFacts(started: Started | undefined): string[] {
  if (!started) return [];
  const { taskIds, dealName, instanceIds } = started;
  return [
    ...taskIds.map((id) => `- Task: ${id}`),
    ...(dealName === null ? [] : [`- Deal: ${code(dealName)}`]),
    ...instanceIds.map((id) => `- New instance: ${code(id)}`),
  ];
}

function endingText(ending: ActionEnding, { submits, uncertainSince }: ActionState): string {
  switch (ending) {
    case 'succeeded':
      return 'The change has been made.';
    case 'cancelled':
      if (submits === 0) return 'Cancelled before it was submitted: nothing was started.';
      return 'Cancelled. What was submitted goes on: the API has no call that cancels it.';
    case 'RedisActionUncertain':
      return '**Whether the change was started is not known.** Look at the tasks of the instance, and submit it again only if it was not.';
    case 'RedisActionRefused':
      return '**Refused: nothing was started.**';
    case 'RedisTaskInvalidInput':
      return 'The input breaks a rule. Nothing was sent.';
    default:
      return uncertainSince === null
        ? `**${ending}**: open the failure below.`
        : `**${ending}**: open the failure below. An earlier submit was uncertain.`;
  }
}
