import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import {
  REDIS_ACTION_FAILURE_TYPES,
  type RedisActionFailureDetails,
  type RedisActionFailureType,
  type UncertainDetails,
} from '../src/contract/action/failures.js';
import { ACTION_INPUT } from '../src/contract/action/input.js';
import type { RedisActionResult } from '../src/contract/action/outcome.js';
import { LISTED_TASK } from '../src/contract/action/state.js';
import { TIME } from '../src/contract/api-fields.js';
import {
  REDIS_INSTANCE_FAILURE_TYPES,
  type RedisInstanceFailureDetails,
  type RedisInstanceFailureType,
} from '../src/contract/instance/failures.js';
import { INSTANCE_GOALS, INSTANCE_INPUT } from '../src/contract/instance/input.js';
import { DEAL, INSTANCE } from '../src/contract/instance/instances.js';
import type { RedisInstanceResult } from '../src/contract/instance/outcome.js';
import { POLL_ERROR } from '../src/contract/poll-error.js';
import { REGION } from '../src/contract/region.js';
import { EXTENSION } from '../src/contract/task/extension.js';
import { REDIS_TASK_FAILURE_TYPES, type RedisTaskFailureDetails } from '../src/contract/task/failures.js';
import { INPUT, TASK_NUMBER } from '../src/contract/task/input.js';
import { OBSERVATION, STATUS_AND_TEXTS, type TaskFacts } from '../src/contract/task/observation.js';
import type { RedisTaskResult } from '../src/contract/task/outcome.js';
import type { RedisTaskWaitState, RedisTaskWaitWatch } from '../src/contract/task/view.js';

/** One schema for each field of `T`: the compiler refuses one too few, one too many and one of another type. */
type FieldsOf<T> = { readonly [K in keyof T]-?: v.GenericSchema<OrUndefined<T[K]> | undefined, unknown> };
type OrUndefined<T> = T extends object ? { readonly [K in keyof T]: T[K] | undefined } : T;

const COUNT = v.pipe(v.number(), v.integer(), v.minValue(0));
const describe = <T extends v.GenericSchema>(schema: T, text: string) => v.pipe(schema, v.description(text));

const FACTS = {
  taskId: TASK_NUMBER,
  region: REGION,
  ...STATUS_AND_TEXTS.entries,
  status: describe(STATUS_AND_TEXTS.entries.status, "The API's text of the last observation; null if never seen"),
  startTime: describe(STATUS_AND_TEXTS.entries.startTime, "The API's text, unchanged: its zone is not documented"),
  polls: describe(COUNT, 'How many polls returned a task'),
  waitedMs: COUNT,
} satisfies FieldsOf<TaskFacts>;

const RESULT = v.object({
  ...FACTS,
  status: describe(v.string(), "The API's text, unchanged: succeed"),
  detectionDelayMaxMs: describe(
    v.nullable(COUNT),
    'The most by which the end was seen late; null when the first poll saw it',
  ),
} satisfies FieldsOf<RedisTaskResult>);

const DETAILS = { ...FACTS, lastError: v.optional(POLL_ERROR) } satisfies FieldsOf<RedisTaskFailureDetails>;
const FAILED = v.object(DETAILS);
const RESUMABLE = v.object({ ...DETAILS, resumeInput: describe(INPUT, 'An input that waits on') });
const INVALID = v.object({
  ...DETAILS,
  taskId: v.nullable(TASK_NUMBER),
  region: v.nullable(REGION),
  invalid: v.object({ field: v.string(), rule: v.string() }),
});

const WATCH = v.object({
  workflowId: describe(v.string(), 'The watch of the shared waits of this queue and region'),
  since: describe(v.nullable(TIME), 'Since when it looks after this wait; null while the wait paces itself'),
  reason: v.optional(describe(v.string(), 'Why the wait paces itself')),
} satisfies FieldsOf<RedisTaskWaitWatch>);

const STATE = v.object({
  taskId: TASK_NUMBER,
  region: REGION,
  status: STATUS_AND_TEXTS.entries.status,
  polls: COUNT,
  waitedMs: COUNT,
  nextPollAt: describe(v.nullable(TIME), 'Null while a poll is under way, and after the end'),
  deadline: TIME,
  lastError: v.optional(POLL_ERROR),
  observation: v.optional(OBSERVATION),
  watch: v.optional(WATCH),
} satisfies FieldsOf<RedisTaskWaitState>);

const FAILURES = {
  RedisTaskFailed: FAILED,
  RedisTaskErrored: FAILED,
  RedisTaskTimedOut: RESUMABLE,
  RedisTaskUnauthorized: RESUMABLE,
  RedisTaskRejected: RESUMABLE,
  RedisTaskInvalidInput: INVALID,
} satisfies Record<(typeof REDIS_TASK_FAILURE_TYPES)[number], v.GenericSchema>;

const ANSWERED = describe(COUNT, 'How many polls were answered');

const INSTANCE_RESULT = v.object({
  instances: v.array(INSTANCE),
  polls: ANSWERED,
  waitedMs: COUNT,
} satisfies FieldsOf<RedisInstanceResult>);

const INSTANCE_DETAILS = {
  region: REGION,
  until: v.picklist(INSTANCE_GOALS),
  dealName: v.nullable(v.string()),
  instances: describe(v.array(INSTANCE), 'Each instance as last seen'),
  deal: describe(v.nullable(DEAL), 'The order as last seen'),
  requestId: describe(v.nullable(v.string()), 'Of the last answer'),
  polls: ANSWERED,
  waitedMs: COUNT,
  lastError: v.optional(POLL_ERROR),
} satisfies FieldsOf<RedisInstanceFailureDetails>;
const INSTANCE_RESUMABLE = v.object({
  ...INSTANCE_DETAILS,
  resumeInput: describe(INSTANCE_INPUT, 'An input that waits on'),
});

const INSTANCE_FAILURES = {
  RedisInstanceFailed: v.object(INSTANCE_DETAILS),
  RedisTaskTimedOut: INSTANCE_RESUMABLE,
  RedisTaskUnauthorized: INSTANCE_RESUMABLE,
  RedisTaskRejected: INSTANCE_RESUMABLE,
  RedisTaskInvalidInput: INVALID,
} satisfies Record<RedisInstanceFailureType, v.GenericSchema>;

const STARTED = {
  action: v.string(),
  region: REGION,
  taskIds: describe(v.array(TASK_NUMBER), 'What was started; empty for an order, or if nothing had to be done'),
  dealName: v.nullable(v.string()),
  instanceIds: v.array(v.string()),
  submits: describe(COUNT, 'How many submits were made'),
  waitedMs: COUNT,
};

const ACTION_RESULT = v.object({
  ...STARTED,
  requestId: describe(v.nullable(v.string()), 'Of the answer; null if that was lost and the task was found'),
  tasks: v.array(RESULT),
  response: describe(
    v.nullable(v.record(v.string(), v.any())),
    "The API's answer, ids as they came; null if it was lost",
  ),
} satisfies Record<keyof RedisActionResult, v.GenericSchema>);

const ACTION_DETAILS = {
  ...STARTED,
  submittedAt: describe(v.nullable(TIME), 'When the last submit was made'),
  lastError: v.optional(POLL_ERROR),
} satisfies FieldsOf<RedisActionFailureDetails>;
const UNCERTAIN = v.object({
  ...ACTION_DETAILS,
  ...({
    baseline: describe(v.array(COUNT), 'The tasks that the instances had before the first submit'),
    candidates: describe(v.array(LISTED_TASK), 'Tasks that are new since then'),
    lookAt: v.string(),
  } satisfies FieldsOf<UncertainDetails>),
});
const ACTION_RESUMABLE = v.object({
  ...ACTION_DETAILS,
  resumeInput: describe(
    v.optional(v.union([INPUT, INSTANCE_INPUT])),
    'Waits on for what was started; never submits again',
  ),
});

const ACTION_FAILURES = {
  RedisTaskFailed: v.object({ ...DETAILS, ...ACTION_DETAILS }),
  RedisTaskErrored: v.object({ ...DETAILS, ...ACTION_DETAILS }),
  RedisTaskTimedOut: ACTION_RESUMABLE,
  RedisTaskUnauthorized: ACTION_RESUMABLE,
  RedisTaskRejected: ACTION_RESUMABLE,
  RedisTaskInvalidInput: INVALID,
  RedisInstanceFailed: v.object({ ...INSTANCE_DETAILS, ...ACTION_DETAILS }),
  RedisActionRefused: v.object(ACTION_DETAILS),
  RedisActionUncertain: UNCERTAIN,
} satisfies Record<RedisActionFailureType, v.GenericSchema>;

/**
 * The payloads of the contract as JSON Schemas, by the names of their files in `schema/`. Only the validation can refuse
 * what a schema cannot say: a duration as text that is out of bounds, two intervals that do not fit together.
 */
export const JSON_SCHEMAS: Readonly<Record<string, object>> = {
  'await-redis-task-input': root('Input of the workflow awaitRedisTask', convert(INPUT)),
  'await-redis-task-result': root('Result of the workflow awaitRedisTask', convert(RESULT)),
  'await-redis-task-failure-details': failureDetails('awaitRedisTask', REDIS_TASK_FAILURE_TYPES, FAILURES),
  'await-redis-task-state': root('Answer of the query getState, and of the update extendWait', convert(STATE)),
  'await-redis-task-extend-wait': root('Argument of the update extendWait', convert(EXTENSION)),
  'run-redis-action-input': root('Input of the workflow runRedisAction', convert(ACTION_INPUT)),
  'run-redis-action-result': root('Result of the workflow runRedisAction', convert(ACTION_RESULT)),
  'run-redis-action-failure-details': failureDetails('runRedisAction', REDIS_ACTION_FAILURE_TYPES, ACTION_FAILURES),
  'await-redis-instance-input': root('Input of the workflow awaitRedisInstance', convert(INSTANCE_INPUT)),
  'await-redis-instance-result': root('Result of the workflow awaitRedisInstance', convert(INSTANCE_RESULT)),
  'await-redis-instance-failure-details': failureDetails(
    'awaitRedisInstance',
    REDIS_INSTANCE_FAILURE_TYPES,
    INSTANCE_FAILURES,
  ),
};

/** @param types - in the order of the page */
function failureDetails<Type extends string>(
  workflow: string,
  types: readonly Type[],
  schemas: Readonly<Record<Type, v.GenericSchema>>,
): object {
  return root(`details[0] of a failure of the workflow ${workflow}`, {
    description: 'The type of the ApplicationFailure names the definition under $defs that holds.',
    anyOf: types.map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: Object.fromEntries(types.map((type) => [type, convert(schemas[type])])),
  });
}

function root(title: string, schema: object) {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...schema };
}

/** What only code can check is left out. */
function convert(schema: v.GenericSchema): object {
  const converted = toJsonSchema(schema, {
    target: 'draft-2020-12',
    errorMode: 'ignore',
    ignoreActions: ['check', 'raw_check', 'transform'],
  });
  delete converted.$schema;
  return converted;
}
