// What to do next with a change: all decisions of `runRedisAction`, none of its effects.
import { MINUTE, SECOND } from '../duration.js';
import type { PollAnswer } from '../wait/polls.js';
import { canRepeat, factsOf } from './actions.js';
import type { Started } from './answer.js';
import type { ActionPlan } from './input.js';
import { clearTasks, type Look, newTasks, ownTasks } from './own-task.js';
import type { ActionState, Listed, Submitted } from './state.js';

/** How long to look at least for what a submit without an answer may have started: the list may be behind. */
export const LOOK_FOR_MS = MINUTE;
/** How long between two looks. */
export const LOOK_EVERY_MS = 5 * SECOND;

/** The pause before the next submit: doubled each time, up to the longest. */
const PAUSES = {
  busy: { firstMs: 10 * SECOND, longestMs: MINUTE },
  throttled: { firstMs: 2 * SECOND, longestMs: 10 * SECOND },
} as const;

/** A shorter one would leave an answer no time before the deadline. */
const SHORTEST_PAUSE_MS = 2 * SECOND;

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

/** A pause that would reach to the deadline is half of what is left: the last submit comes shortly before it. */
function pause(state: ActionState, reason: keyof typeof PAUSES, now: number): NextStep {
  const { firstMs, longestMs } = PAUSES[reason];
  const ms = Math.min(longestMs, firstMs * 2 ** Math.min(Math.max(0, state.inARow - 1), 10));
  const leftMs = state.deadline - now;
  if (leftMs <= 2 * SHORTEST_PAUSE_MS) return fail(state, 'RedisTaskTimedOut');
  return { do: 'pause', ms: ms < leftMs ? ms : Math.round(leftMs / 2) };
}

/**
 * What follows a pause. What an uncertain submit has started may hold the instance itself: look before another submit. Until
 * there is one, read the tasks again: others may have started some meanwhile.
 */
export function afterPause({ uncertainSince }: ActionState): NextStep {
  return { do: uncertainSince === null ? 'begin' : 'look' };
}

/**
 * What follows a look at the list: null if it could not be read.
 *
 * Only one new task of the action's own type, which did not begin before the submit, is taken for what was started.
 */
export function afterLook(
  plan: ActionPlan,
  state: ActionState,
  listed: Listed | null,
  look: Look,
): { readonly state: ActionState; readonly next: NextStep } {
  const { now } = look;
  const looked = listed === null ? state : { ...state, candidates: newTasks(state, listed) };
  const own = listed === null ? undefined : ownTasks(plan, state, listed, look);
  const found = own && clearTasks(plan, own);
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
  // Several of its type, or one that has not begun: which is its own is a guess.
  const mayRepeat = canRepeat(plan.action) && own?.length === 0 && now < state.deadline;
  return { state: looked, next: mayRepeat ? { do: 'submit' } : { do: 'fail', type: 'RedisActionUncertain' } };
}

/**
 * What follows a look for the tasks that there are before the first submit.
 *
 * @param answer - undefined if none has come by the deadline
 */
export function afterBaseline(
  state: ActionState,
  answer: PollAnswer<readonly number[]> | undefined,
  now: number,
): { readonly state: ActionState; readonly next: NextStep } {
  if (!answer) return { state, next: fail(state, 'RedisTaskTimedOut') };
  if (!answer.error) {
    const isLate = now >= state.deadline;
    const next: NextStep = isLate ? fail(state, 'RedisTaskTimedOut') : { do: 'submit' };
    return { state: { ...state, baseline: [...answer.observation] }, next };
  }
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
export function taskOfDeal(plan: ActionPlan, state: ActionState, listed: Listed, look: Look): number[] | undefined {
  const own = ownTasks(plan, state, listed, look);
  return own && clearTasks(plan, own);
}

/** Whether to look for the task of an order: without it, an instance that runs may be one that has not changed yet. */
export function isTaskOfDealWanted({ action, instanceIds, expect, waitFor }: ActionPlan): boolean {
  const { isDeal, goal, taskTypes } = factsOf(action);
  const isVague = isDeal && goal === 'running' && Object.keys(expect).length === 0;
  return waitFor === 'end' && isVague && taskTypes.length > 0 && instanceIds.length > 0 && action !== 'CloneInstances';
}
