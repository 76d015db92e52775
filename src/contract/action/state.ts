import * as v from 'valibot';
import { TIME } from '../api-fields.js';
import { POLL_ERROR, type PollError } from '../poll-error.js';
import { COUNT } from '../wait/state.js';
import type { Started } from './answer.js';
import type { ActionPlan } from './input.js';
import type { SubmitClass } from './submit-class.js';

/** A task that the list shows. */
export const LISTED_TASK = v.object({
  taskId: COUNT,
  /** A code such as `002`; on the international site perhaps a name. */
  taskType: v.nullable(v.string()),
  instanceId: v.nullable(v.string()),
  /** Such as `2018-11-01 17:25:14`, in a zone that the API does not document; of zeros until it has begun. */
  startTime: v.nullable(v.string()),
});
export type ListedTask = Readonly<v.InferOutput<typeof LISTED_TASK>>;

export const LISTED = v.object({
  tasks: v.array(LISTED_TASK),
  /** When the list was read, or a little later, by the API's clock, ISO-8601 UTC. */
  at: TIME,
});
/** What a look at the list has shown. */
export type Listed = Readonly<v.InferOutput<typeof LISTED>>;

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
