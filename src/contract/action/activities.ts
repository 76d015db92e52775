// What the activities of a change are asked, and what they answer.
import * as v from 'valibot';
import { read } from '../fields.js';
import { INVALID_INPUT } from '../invalid-input.js';
import { POLL_ERROR } from '../poll-error.js';
import { COUNT } from '../wait/state.js';
import { ACTION_INPUT, type ActionPlan } from './input.js';
import { type Listed, LISTED, STARTED, type Submitted } from './state.js';

/** A change, as the activities are asked for it. */
export type ActionQuestion = Pick<ActionPlan, 'action' | 'region' | 'params'>;

/** Reads what an activity is asked: anyone can call it. @throws InvalidInputFailure */
export function readActionQuestion(asked: unknown): ActionPlan {
  return read(ACTION_INPUT, asked, 'input', INVALID_INPUT);
}

const BASELINE = v.object({ tasks: v.array(COUNT) });

export function readBaseline(told: unknown): readonly number[] | undefined {
  return v.parse(v.fallback(v.optional(BASELINE), undefined), told)?.tasks;
}

export function readListed(told: unknown): Listed | undefined {
  return v.parse(v.fallback(v.optional(LISTED), undefined), told);
}

const SUBMITTED = v.variant('class', [
  v.object({
    class: v.literal('accepted'),
    started: STARTED,
    requestId: v.nullable(v.string()),
    response: v.record(v.string(), v.unknown()),
  }),
  v.object({
    class: v.picklist(['busy', 'throttled', 'unauthorized', 'refused', 'uncertain']),
    error: POLL_ERROR,
  }),
]);

/** Reads what a submit answered. Undefined if it is not ours: then it is not known what became of it. */
export function readSubmitted(told: unknown): Submitted | undefined {
  return v.parse(v.fallback(v.optional(SUBMITTED), undefined), told);
}
