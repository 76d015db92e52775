// Where a change stands, and what to do next: all decisions of `runRedisAction`, none of its effects.
import * as v from 'valibot';
import { MINUTE, SECOND } from '../duration.js';
import { POLL_ERROR, type PollError } from '../poll-error.js';
import { COUNT } from '../wait-state.js';
import type { PollAnswer } from '../wait.js';
import { canRepeat, factsOf } from './actions.js';
import type { Started } from './answer.js';
import type { ActionPlan } from './input.js';
import type { SubmitClass } from './submit-class.js';

/** How long to look at least for what a submit without an answer may have started: the list may be behind. */
export const LOOK_FOR_MS = MINUTE;
/** How long between two looks. */
export const LOOK_EVERY_MS = 5 * SECOND;

/** The pause before the next submit: doubled each time, up to the longest. */
const PAUSES = {
  busy: { firstMs: 10 * SECOND, longestMs: MINUTE },
  throttled: { firstMs: 2 * SECOND, longestMs: 10 * SECOND },
} as const;

/** A task that the list shows. */
export const LISTED_TASK = v.object({
  taskId: COUNT,
  /** A code such as `002`; on the international site perhaps a name. */
  taskType: v.nullable(v.string()),
  instanceId: v.nullable(v.string()),
});
export type ListedTask = Readonly<v.InferOutput<typeof LISTED_TASK>>;

export const STARTED = v.object({
  taskIds: v.array(COUNT),
  dealName: v.nullable(v.string()),
  instanceIds: v.array(v.string()),
});

const ACTION_STATE = v.object({
  v: v.literal(1),
  startedAt: COUNT,
  deadline: COUNT,
  /** The tasks that the instances had before the first submit; null until they were read. */
  baseline: v.nullable(v.array(COUNT)),
  /** How many submits were made: each may have been sent. */
  submits: COUNT,
  lastSubmitAt: v.nullable(COUNT),
  /** Submits in a row that were busy, or throttled. */
  inARow: COUNT,
  lastClass: v.nullable(v.picklist(['accepted', 'busy', 'throttled', 'unauthorized', 'refused', 'uncertain'])),
  lastError: v.nullable(POLL_ERROR),
  /** When the first submit was made of which it is not known whether it started anything; null if there is none. */
  uncertainSince: v.nullable(COUNT),
  /** New tasks that may be of an uncertain submit. */
  candidates: v.array(LISTED_TASK),
});

/** Where a change stands until the API has accepted it. Plain JSON: one run of the workflow hands it to the next. */
export type ActionState = Readonly<v.InferOutput<typeof ACTION_STATE>>;

/** The schema of a state as it was handed over. Fields of a newer version are kept. */
export const CARRIED_ACTION_STATE: v.GenericSchema<unknown, ActionState> = v.looseObject(ACTION_STATE.entries);

export function beginAction({ maxWaitMs }: ActionPlan, now: number): ActionState {
  return {
    v: 1,
    startedAt: now,
    deadline: now + maxWaitMs,
    baseline: null,
    submits: 0,
    lastSubmitAt: null,
    inARow: 0,
    lastClass: null,
    lastError: null,
    uncertainSince: null,
    candidates: [],
  };
}

/** What a submit brought. */
export type Submitted =
  | {
      readonly class: 'accepted';
      readonly started: Started;
      readonly requestId: string | null;
      readonly response: ActionResponse;
    }
  | { readonly class: Exclude<SubmitClass, 'accepted'>; readonly error: PollError };

/** The API's answer, ids as they came. */
export type ActionResponse = Readonly<Record<string, unknown>>;

/** A submit is made: from here on it may be sent. */
export function submitBegan(state: ActionState, now: number): ActionState {
  return { ...state, submits: state.submits + 1, lastSubmitAt: now };
}

/** A submit has ended. */
export function submitEnded(state: ActionState, submitted: Submitted): ActionState {
  const { class: submitClass } = submitted;
  const { lastClass, inARow, uncertainSince, lastSubmitAt } = state;
  return {
    ...state,
    lastClass: submitClass,
    inARow: submitClass === lastClass ? inARow + 1 : 1,
    lastError: submitted.class === 'accepted' ? state.lastError : submitted.error,
    uncertainSince: uncertainSince ?? (submitClass === 'uncertain' ? lastSubmitAt : null),
  };
}

/** What to do next. */
export type NextStep =
  /** Read the tasks that there are already. */
  | { readonly do: 'begin' }
  | { readonly do: 'submit' }
  | { readonly do: 'pause'; readonly ms: number }
  /** Look for what an uncertain submit may have started. */
  | { readonly do: 'look' }
  | { readonly do: 'goOn'; readonly started: Started }
  | { readonly do: 'fail'; readonly type: ActionEnd };

/** How a change can end before the API has accepted it. */
export type ActionEnd = 'RedisActionRefused' | 'RedisActionUncertain' | 'RedisTaskUnauthorized' | 'RedisTaskTimedOut';

/** What follows a submit that has ended. */
export function afterSubmit(plan: ActionPlan, state: ActionState, submitted: Submitted, now: number): NextStep {
  switch (submitted.class) {
    case 'accepted':
      return { do: 'goOn', started: submitted.started };
    case 'refused':
      return fail(state, 'RedisActionRefused');
    case 'unauthorized':
      return fail(state, 'RedisTaskUnauthorized');
    case 'busy':
    case 'throttled':
      return pause(state, submitted.class, now);
    case 'uncertain':
      // Without a baseline no task can be told from others.
      return plan.instanceIds.length > 0 ? { do: 'look' } : { do: 'fail', type: 'RedisActionUncertain' };
  }
}

/** A failure that says that nothing was started is not true once a submit may have started something. */
function fail({ uncertainSince }: ActionState, type: ActionEnd): NextStep {
  return { do: 'fail', type: uncertainSince === null ? type : 'RedisActionUncertain' };
}

function pause(state: ActionState, reason: keyof typeof PAUSES, now: number): NextStep {
  const { firstMs, longestMs } = PAUSES[reason];
  const ms = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(0, state.inARow - 1), 10));
  return now + ms < state.deadline ? { do: 'pause', ms } : fail(state, 'RedisTaskTimedOut');
}

/** What follows a pause. What an uncertain submit has started may hold the instance itself: look before another submit. */
export function afterPause({ uncertainSince, baseline }: ActionState): NextStep {
  if (baseline === null) return { do: 'begin' };
  return { do: uncertainSince === null ? 'submit' : 'look' };
}

/** The tasks that the list shows and that neither the baseline nor the service itself explains. */
export function newTasks({ baseline }: ActionState, listed: readonly ListedTask[]): ListedTask[] {
  return listed.filter(
    ({ taskId, taskType }) => !(baseline ?? []).includes(taskId) && !AUTOMATIC.includes(taskType ?? ''),
  );
}

/** Codes of tasks that the service starts by itself. */
const AUTOMATIC = ['014', '017', '046'];

/**
 * What follows a look at the list: null if it could not be read.
 *
 * Only one new task of the action's own type is taken for what was started. Where the types are not known, or are told
 * otherwise than by code, none is: it may be another pipeline's.
 */
export function afterLook(
  plan: ActionPlan,
  state: ActionState,
  listed: readonly ListedTask[] | null,
  now: number,
): { readonly state: ActionState; readonly next: NextStep } {
  const candidates = listed === null ? state.candidates : newTasks(state, listed);
  const looked = { ...state, candidates };
  const own = candidates.filter((each) => isOwn(plan, each));
  const found = foundTasks(plan, own);
  if (found)
    return { state: looked, next: { do: 'goOn', started: { taskIds: found, dealName: null, instanceIds: [] } } };

  const lookedForMs = now - (state.lastSubmitAt ?? now);
  if (lookedForMs < LOOK_FOR_MS || listed === null) {
    const isOver = now + LOOK_EVERY_MS >= state.deadline && lookedForMs >= LOOK_FOR_MS;
    return {
      state: looked,
      next: isOver ? { do: 'fail', type: 'RedisActionUncertain' } : { do: 'pause', ms: LOOK_EVERY_MS },
    };
  }
  // Several of its type: which is its own is a guess.
  const mayRepeat = canRepeat(plan.action) && own.length === 0 && now < state.deadline;
  return { state: looked, next: mayRepeat ? { do: 'submit' } : { do: 'fail', type: 'RedisActionUncertain' } };
}

function isOwn({ action }: ActionPlan, { taskType }: ListedTask): boolean {
  return taskType !== null && factsOf(action).taskTypes.includes(taskType);
}

/** One task for each instance, of those that have a task. */
function foundTasks({ action, instanceIds }: ActionPlan, own: readonly ListedTask[]): number[] | undefined {
  const expected = action === 'ApplyParamsTemplate' ? instanceIds.length : 1;
  const instances = new Set(own.map(({ instanceId }) => instanceId));
  const isClear = own.length === expected && (expected === 1 || instances.size === expected);
  return isClear ? own.map(({ taskId }) => taskId) : undefined;
}

/** What follows a look for the tasks that there are before the first submit. */
export function afterBaseline(
  state: ActionState,
  answer: PollAnswer<readonly number[]>,
  now: number,
): { readonly state: ActionState; readonly next: NextStep } {
  if (!answer.error) return { state: { ...state, baseline: [...answer.observation] }, next: { do: 'submit' } };
  const failed = { ...state, lastError: answer.error };
  switch (answer.errorClass) {
    case 'unauthorized':
      return { state: failed, next: { do: 'fail', type: 'RedisTaskUnauthorized' } };
    case 'rejected':
    case 'unknownTask':
      return { state: failed, next: { do: 'fail', type: 'RedisActionRefused' } };
    case 'transient':
    case 'throttled':
      return { state: failed, next: pause(failed, 'busy', now) };
  }
}

/** The task of an order that was accepted, if the list shows it: an order tells too little of the change itself. */
export function taskOfDeal(plan: ActionPlan, state: ActionState, listed: readonly ListedTask[]): number[] | undefined {
  return foundTasks(
    plan,
    newTasks(state, listed).filter((each) => isOwn(plan, each)),
  );
}

/** Whether to look for the task of an order: without it, an instance that runs may be one that has not changed yet. */
export function isTaskOfDealWanted({ action, instanceIds, expect, waitFor }: ActionPlan): boolean {
  const { isDeal, goal, taskTypes } = factsOf(action);
  const isVague = isDeal && goal === 'running' && Object.keys(expect).length === 0;
  return waitFor === 'end' && isVague && taskTypes.length > 0 && instanceIds.length > 0 && action !== 'CloneInstances';
}
