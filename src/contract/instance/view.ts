import { code, codeOf, isoTime } from '../markdown.js';
import type { PollError } from '../poll-error.js';
import { API_TEXT_MAX } from '../wait/messages.js';
import { nextPollAt } from '../wait/polls.js';
import { waitedMs } from '../wait/state.js';
import { pauseText, pollText, progressFacts, timeFacts } from '../wait/view.js';
import type { RedisInstanceFailureType } from './failures.js';
import { instanceInputToResume, type InstancePlan, type RedisInstanceGoal } from './input.js';
import type { RedisDeal, RedisInstance } from './instances.js';
import { describeDeal, describeInstance, INSTANCE_ADVICE, instanceSubject } from './messages.js';
import { instancesOf, type InstanceWaitState } from './outcome.js';
import { standingOf } from './standing.js';

/** What the query `getState` of a wait for instances answers. Times are ISO-8601 UTC. */
export interface RedisInstanceWaitState {
  readonly region: string;
  readonly until: RedisInstanceGoal;
  readonly dealName: string | null;
  /** Each instance as last seen. */
  readonly instances: readonly RedisInstance[];
  /** The order as last seen. */
  readonly deal: RedisDeal | null;
  readonly polls: number;
  /** As of the wait's last workflow task: a query does not move workflow time. */
  readonly waitedMs: number;
  /** Null while a poll is under way, and after the end. */
  readonly nextPollAt: string | null;
  readonly deadline: string;
  readonly lastError?: PollError;
}

export function instanceViewOf(plan: InstancePlan, state: InstanceWaitState, now: number): RedisInstanceWaitState {
  const { region, until, dealName } = plan;
  const dueAt = nextPollAt(state);
  return {
    region,
    until,
    dealName,
    instances: instancesOf(state),
    deal: state.observation?.deal ?? null,
    polls: state.polls,
    waitedMs: waitedMs(state, now),
    nextPollAt: dueAt === null ? null : isoTime(dueAt),
    deadline: isoTime(state.deadline),
    ...(state.lastError && { lastError: state.lastError }),
  };
}

/** The summary of a poll in the Timeline of Temporal UI. */
export function instancePollSummary(plan: InstancePlan, state: InstanceWaitState, isLast: boolean): string {
  return pollText(instanceSubject(plan), state, isLast);
}

/** The summary of the timer of a pause. */
export function instancePauseSummary(plan: InstancePlan, state: InstanceWaitState, dueAt: number, now: number): string {
  return pauseText(shownStanding(plan, state, now), state, dueAt, now);
}

function shownStanding(plan: InstancePlan, { observation }: InstanceWaitState, now: number): string {
  if (!observation || observation.instances.length === 0) return 'not seen yet';
  const done = observation.instances.filter((each) => standingOf(each, plan, now) === 'done').length;
  return `${done} of ${observation.instances.length} ${plan.until}`;
}

/** How a wait for instances can end. */
export type InstanceWaitEnding = RedisInstanceFailureType | 'succeeded' | 'cancelled';

/** Said of a cancelled wait, because the API has no call that cancels a change. */
export const CHANGE_GOES_ON = 'The wait was cancelled. The change itself goes on: the API has no call that cancels it.';

/** @param resumeInput - as code */
const ENDINGS: Readonly<Record<InstanceWaitEnding, (resumeInput: string) => string>> = {
  succeeded: () => 'Each instance is as it was waited for.',
  cancelled: () => CHANGE_GOES_ON,
  RedisInstanceFailed: (input) => `**It will not come.** ${INSTANCE_ADVICE.RedisInstanceFailed(input)}`,
  RedisTaskTimedOut: (input) => `**maxWait ran out.** ${INSTANCE_ADVICE.RedisTaskTimedOut(input)}`,
  RedisTaskUnauthorized: (input) =>
    `**The API refused the worker's credentials.** ${INSTANCE_ADVICE.RedisTaskUnauthorized(input)}`,
  RedisTaskRejected: (input) => `**The API refused the request for good.** ${INSTANCE_ADVICE.RedisTaskRejected(input)}`,
  RedisTaskInvalidInput: () => 'The input breaks a rule. Nothing was asked of the API.',
};

const ACTIONS =
  'More Actions: the signal `pollNow` polls at once. Request Cancellation ends the wait, not the change of the instance.';

/** The current details in Temporal UI while the wait goes on, in Markdown. */
export function instanceMarkdownOf(plan: InstancePlan, state: InstanceWaitState, apiQueue: string): string {
  return [...listFacts(plan, state), ...timeFacts(state, apiQueue), '', ACTIONS].join('\n');
}

/** The current details of a wait that is over. */
export function finalInstanceMarkdownOf(
  plan: InstancePlan,
  state: InstanceWaitState,
  ending: InstanceWaitEnding,
  now: number,
): string {
  const resumeInput = codeOf(instanceInputToResume(plan, waitedMs(state, now)));
  return [...listFacts(plan, state), '', ENDINGS[ending](resumeInput)].join('\n');
}

function listFacts(plan: InstancePlan, state: InstanceWaitState): string[] {
  const { region, until, dealName, expect } = plan;
  const { deal = null, dealError = null, instances = [], requestId = null } = state.observation ?? {};
  const wanted = Object.keys(expect).length > 0 ? ` with ${code(JSON.stringify(expect))}` : '';
  const shownDeal = deal ? `, ${code(describeDeal(deal), API_TEXT_MAX)}` : ', not seen yet';
  return [
    `**Redis instances until ${until}** in ${region}${wanted}`,
    '',
    ...(dealName === null ? [] : [`- Deal: ${code(dealName)}${shownDeal}`]),
    ...(dealError === null ? [] : [`- The deal could not be read: ${code(dealError)}`]),
    ...(instances.length === 0 ? ['- Instances: not seen yet'] : []),
    ...instances.map((each) => `- ${code(each.instanceId)}: ${code(describeInstance(each))}`),
    ...(requestId === null ? [] : [`- RequestId: ${code(requestId)}`]),
    ...progressFacts(state),
  ];
}
