import { formatDuration } from '../duration.js';
import { errorSentence } from '../poll-error.js';
import { plain } from '../text.js';
import { API_TEXT_MAX } from '../wait/messages.js';
import type { RedisActionFailureDetails } from './failures.js';
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
