// Which task of the list can be what a submit has started. The list may be late: a task that it did not show before the
// submit can still be an earlier one.
import { HOUR, SECOND } from '../duration.js';
import { factsOf } from './actions.js';
import type { ActionPlan } from './input.js';
import type { ActionState, Listed, ListedTask } from './state.js';

/** Codes of tasks that the service starts by itself. */
const AUTOMATIC = ['014', '017', '046'];

/** The API tells whole seconds, and two clocks are never the same. */
const CLOCKS_APART_MS = 3 * SECOND;

/** The tasks that the list shows and that neither the baseline nor the service itself explains. */
export function newTasks({ baseline }: Pick<ActionState, 'baseline'>, { tasks }: Listed): ListedTask[] {
  return tasks.filter(
    ({ taskId, taskType }) => !(baseline ?? []).includes(taskId) && !AUTOMATIC.includes(taskType ?? ''),
  );
}

/** When the list was asked for, and when its answer has come. */
export interface Look {
  readonly askedAt: number;
  readonly now: number;
}

/** What a task can be of a submit: its own, one of before, or one of which that is not known yet. */
type Origin = 'own' | 'earlier' | 'unclear';

/**
 * Where a task of the action's own type comes from.
 *
 * @param listedAt - when the list was read, by the API's clock
 * @param sinceMs - how long before that the submit was made, or longer
 */
function originOf({ startTime }: ListedTask, listedAt: string, sinceMs: number): Origin {
  const ageMs = ageOf(startTime, Date.parse(listedAt));
  if (ageMs === undefined) return 'unclear';
  return ageMs > sinceMs + CLOCKS_APART_MS ? 'earlier' : 'own';
}

/**
 * The new tasks of the action's own type that did not begin before the submit. Where the types are not known, or are told
 * otherwise than by code, there are none: a task may be another pipeline's.
 *
 * @returns undefined while it is not known of one when it began
 */
export function ownTasks(
  plan: ActionPlan,
  state: ActionState,
  listed: Listed,
  { askedAt, now }: Look,
): ListedTask[] | undefined {
  // The answer may have been under way for long. A clock that is wrong places the reading between the question and now.
  const readAt = Math.min(Math.max(Date.parse(listed.at), askedAt), now);
  const sinceMs = readAt - (state.uncertainSince ?? state.lastSubmitAt ?? now);
  const ofType = newTasks(state, listed).filter(({ taskType }) => hasTypeOf(plan, taskType));
  const origins = ofType.map((task) => originOf(task, listed.at, sinceMs));
  return origins.includes('unclear') ? undefined : ofType.filter((_task, index) => origins[index] === 'own');
}

/** One task for each instance, of those that have a task; undefined where it is a guess which they are. */
export function clearTasks({ action, instanceIds }: ActionPlan, own: readonly ListedTask[]): number[] | undefined {
  const expected = action === 'ApplyParamsTemplate' ? instanceIds.length : 1;
  const instances = new Set(own.map(({ instanceId }) => instanceId));
  const isClear = own.length === expected && (expected === 1 || instances.size === expected);
  return isClear ? own.map(({ taskId }) => taskId) : undefined;
}

function hasTypeOf({ action }: ActionPlan, taskType: string | null): boolean {
  return taskType !== null && factsOf(action).taskTypes.includes(taskType);
}

/**
 * How long ago a task began, less whole hours: the API's zone is not documented. Undefined if it has not begun.
 *
 * @param now - by the API's clock
 */
function ageOf(startTime: string | null, now: number): number | undefined {
  const [, minutes, seconds] = /^[1-9]\d{3}-\d\d-\d\d \d\d:(\d\d):(\d\d)$/.exec(startTime ?? '') ?? [];
  if (minutes === undefined || seconds === undefined) return undefined;
  const startedMs = (Number(minutes) * 60 + Number(seconds)) * SECOND;
  const ageMs = (((now - startedMs) % HOUR) + HOUR) % HOUR;
  // Its clock, or the rounding, is a little ahead.
  return ageMs > HOUR - CLOCKS_APART_MS ? 0 : ageMs;
}
