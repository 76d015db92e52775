import * as v from 'valibot';
import { objectWith, read } from '../fields.js';
import { EXPECTATION, INSTANCES_MAX, isInstanceId } from '../instance/input.js';
import { INVALID_INPUT } from '../invalid-input.js';
import { namedRegion, REGION } from '../region.js';
import { maxWait, POLLING } from '../wait/polling.js';
import { factsOf, instancesIn, REDIS_ACTIONS } from './actions.js';
import { findPlainPassword, findSecretProblem } from './secrets.js';

const PARAMS_MAX_BYTES = 64 * 1024;
/** What looks into them, JSON itself too, has only so much of a stack. No action has more than a handful. */
const PARAMS_MAX_DEPTH = 100;

const ACTION = v.message(
  v.pipe(v.picklist(REDIS_ACTIONS), v.description("The action's name in the API's documentation")),
  'must be an action that starts a task or an order, such as "UpgradeInstance", spelled as in the documentation of the API',
);

const PARAMS = v.pipe(
  v.custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    "must be a JSON object: the action's parameters, spelled as in the documentation of the API",
  ),
  v.check((params) => isShallow(params), `must be nested at most ${PARAMS_MAX_DEPTH} deep`),
  v.check((params) => byteLength(JSON.stringify(params)) <= PARAMS_MAX_BYTES, 'must have at most 64 kB as JSON'),
  v.check((params) => params['DryRun'] !== true, 'must not ask for a DryRun, which starts nothing'),
  v.check((params) => instancesIn(params).length <= INSTANCES_MAX, `must name at most ${INSTANCES_MAX} instances`),
  // They stand in summaries, which Temporal UI shows as Markdown.
  v.check(
    (params) => instancesIn(params).every(isInstanceId),
    'must name instances by their ids, such as "crs-09u2u96z"',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const problem = findSecretProblem(dataset.value) ?? findPlainPassword(dataset.value);
    if (problem !== undefined) addIssue({ message: problem });
  }),
);

/** The schema of the input: what is accepted, what it means, and what `schema/` says of it. */
export const ACTION_INPUT = v.pipe(
  objectWith({
    /** An action that starts a task or an order, such as `UpgradeInstance`. The worker must allow it. */
    action: ACTION,
    /** The region of the instances, such as `ap-guangzhou`. */
    region: REGION,
    /**
     * The action's parameters, sent as they are: at most 64 kB. A password is `{ "$secret": "name" }`, which the worker reads
     * from the file of that name.
     */
    params: PARAMS,
    /** `end`: until every task has ended, or each instance of an order is as ordered. `start`: until the API has accepted. @default "end" */
    waitFor: v.optional(v.message(v.picklist(['end', 'start']), 'must be "end" or "start"'), 'end'),
    /** What the instances of an order must have before the change counts as done. */
    expect: v.optional(EXPECTATION),
    /** How long all of it may take, a busy instance included: 1 s to 30 days. @default "2h" */
    maxWait: v.optional(maxWait('How long all of it may take'), '2h'),
    /** How to space the polls of what was started. */
    polling: v.optional(POLLING, {}),
  }),
  v.forward(
    v.check(
      ({ action, expect }) => expect === undefined || (factsOf(action).goal === 'running' && factsOf(action).isDeal),
      'has a meaning only for an action that answers with an order and leaves the instance running: leave it out',
    ),
    ['expect'],
  ),
  v.transform(({ maxWait, polling, expect = {}, ...rest }) => ({
    ...rest,
    expect,
    instanceIds: instancesIn(rest.params),
    maxWaitMs: maxWait,
    schedule: polling,
  })),
);

/**
 * The input of `runRedisAction`: one JSON object. Unknown fields are refused.
 *
 * @interface
 *
 * @example
 * ```ts
 * const input: RunRedisActionInput = {
 *   action: 'UpgradeInstance',
 *   region: 'ap-guangzhou',
 *   params: { InstanceId: 'crs-09u2u96z', MemSize: 4_096 },
 *   waitFor: 'end',
 *   expect: { memSizeMb: 4_096 },
 *   maxWait: '1h',
 *   polling: { expectedDuration: '5m' },
 * };
 * ```
 */
export type RunRedisActionInput = Readonly<v.InferInput<typeof ACTION_INPUT>>;

/** An input that kept the rules, with its defaults filled in. */
export type ActionPlan = Readonly<v.InferOutput<typeof ACTION_INPUT>>;

/** Reads an input. @throws InvalidInputFailure that names a field that breaks a rule */
export function readActionInput(input: unknown): ActionPlan {
  return read(ACTION_INPUT, input, 'input', INVALID_INPUT, namedRegion(input));
}

/** Level by level, which needs no stack. */
function isShallow(params: object): boolean {
  let level: unknown[] = [params];
  for (let depth = 0; depth <= PARAMS_MAX_DEPTH; depth += 1) {
    level = level.flatMap(
      (each) => (typeof each === 'object' && each !== null ? Object.values(each) : []) as unknown[],
    );
    if (level.length === 0) return true;
  }
  return false;
}

/** Of a text in UTF-8. No encoder is at hand in a workflow. */
function byteLength(text: string): number {
  return encodeURIComponent(text.toWellFormed()).replace(/%../g, '.').length;
}
