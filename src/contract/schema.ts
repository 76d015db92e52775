import { DURATION_TEXT } from './duration.js';
import {
  REDIS_TASK_FAILURE_TYPES,
  type RedisTaskFailure,
  type RedisTaskFailureDetails,
  type RedisTaskFailureType,
} from './failures.js';
import {
  DEFAULT_COEFFICIENT,
  DEFAULT_JITTER,
  DEFAULT_MAX_WAIT,
  INPUT_BOUNDS,
  type INPUT_FIELDS,
  type POLLING_FIELDS,
  REGION_MAX_LENGTH,
  REGION_PATTERN,
} from './input.js';
import type { RedisTaskResult } from './outcome.js';
import type { PollError } from './poll-error.js';
import type { Bounds } from './rules.js';
import type { RedisTaskObservation } from './task.js';
import type { RedisTaskWaitState } from './view.js';

/** A JSON Schema of draft 2020-12. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** One schema for each field of `T`: the compiler refuses one that is missing, and one that `T` does not have. */
type Fields<T> = { readonly [K in keyof T]-?: JsonSchema };
type OptionalKey<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T];
type DetailsOf<Type extends RedisTaskFailureType, Failure = RedisTaskFailure> = Failure extends {
  readonly type: infer Types;
  readonly details: infer Details;
}
  ? Type extends Types
    ? Details
    : never
  : never;

const TEXT = { type: 'string' };
const TEXT_OR_NULL = { type: ['string', 'null'] };
const COUNT = { type: 'integer', minimum: 0 };
const TIME = { type: 'string', format: 'date-time', description: 'ISO-8601 UTC' };
const TIME_OR_NULL = { ...TIME, type: ['string', 'null'] };
const REGION = { type: 'string', pattern: REGION_PATTERN.source, maxLength: REGION_MAX_LENGTH };
const TASK_ID = { type: 'integer', ...numberIn(INPUT_BOUNDS.taskId) };

const INPUT = closed<(typeof INPUT_FIELDS)[number]>(['taskId', 'region'], {
  taskId: {
    description: 'TaskId or FlowId of the change. Long ids as a string of digits: a JSON number may be rounded.',
    oneOf: [TASK_ID, { type: 'string', pattern: digitsOf(INPUT_BOUNDS.taskId) }],
  },
  region: { ...REGION, description: 'Region of the instance', examples: ['ap-guangzhou'] },
  maxWait: { ...durationIn(INPUT_BOUNDS.maxWait), description: 'How long to wait in all', default: DEFAULT_MAX_WAIT },
  polling: closed<(typeof POLLING_FIELDS)[number]>([], {
    initialInterval: {
      ...durationIn(INPUT_BOUNDS.initialInterval),
      description: 'The first interval; not longer than maximumInterval',
    },
    backoffCoefficient: {
      type: 'number',
      ...numberIn(INPUT_BOUNDS.backoffCoefficient),
      description: 'What each interval is multiplied by to get the next one',
      default: DEFAULT_COEFFICIENT,
    },
    maximumInterval: {
      ...durationIn(INPUT_BOUNDS.maximumInterval),
      description: 'The longest interval; not shorter than initialInterval',
    },
    jitter: {
      type: 'number',
      ...numberIn(INPUT_BOUNDS.jitter),
      description: 'The share by which each interval varies',
      default: DEFAULT_JITTER,
    },
    expectedDuration: {
      ...durationIn(INPUT_BOUNDS.expectedDuration),
      description: 'What this kind of task usually takes: polled at once, then only after the larger part of it',
    },
  }),
});

const POLL_ERROR = open<PollError>([], {
  code: TEXT,
  message: TEXT,
  requestId: TEXT_OR_NULL,
  at: TIME,
});

const OBSERVATION = open<RedisTaskObservation>([], {
  status: { ...TEXT, description: "The API's text, unchanged" },
  taskType: TEXT_OR_NULL,
  instanceId: TEXT_OR_NULL,
  startTime: TEXT_OR_NULL,
  message: TEXT_OR_NULL,
  requestId: TEXT_OR_NULL,
  at: TIME,
});

const RESULT = open<RedisTaskResult>([], {
  taskId: TASK_ID,
  region: REGION,
  status: { ...TEXT, description: "The API's text, unchanged: succeed" },
  taskType: TEXT_OR_NULL,
  instanceId: TEXT_OR_NULL,
  startTime: { ...TEXT_OR_NULL, description: "The API's text, unchanged: its zone is not documented" },
  message: TEXT_OR_NULL,
  requestId: TEXT_OR_NULL,
  polls: { ...COUNT, description: 'How many polls returned a task' },
  waitedMs: COUNT,
  detectionDelayMaxMs: {
    ...COUNT,
    type: ['integer', 'null'],
    description: 'The most by which the end was seen late; null when the first poll saw it',
  },
});

const FACTS: Fields<RedisTaskFailureDetails> = {
  taskId: TASK_ID,
  region: REGION,
  status: { ...TEXT_OR_NULL, description: "The API's text of the last observation; null when the task was never seen" },
  message: TEXT_OR_NULL,
  taskType: TEXT_OR_NULL,
  instanceId: TEXT_OR_NULL,
  startTime: TEXT_OR_NULL,
  requestId: TEXT_OR_NULL,
  polls: COUNT,
  waitedMs: COUNT,
  lastError: POLL_ERROR,
};

const RESUMABLE = { ...FACTS, resumeInput: { ...INPUT, description: 'An input that waits on' } };

const DETAILS: { readonly [Type in RedisTaskFailureType]: JsonSchema } = {
  RedisTaskFailed: open<DetailsOf<'RedisTaskFailed'>>(['lastError'], FACTS),
  RedisTaskErrored: open<DetailsOf<'RedisTaskErrored'>>(['lastError'], FACTS),
  RedisTaskTimedOut: open<DetailsOf<'RedisTaskTimedOut'>>(['lastError'], RESUMABLE),
  RedisTaskUnauthorized: open<DetailsOf<'RedisTaskUnauthorized'>>(['lastError'], RESUMABLE),
  RedisTaskRejected: open<DetailsOf<'RedisTaskRejected'>>(['lastError'], RESUMABLE),
  RedisTaskInvalidInput: open<DetailsOf<'RedisTaskInvalidInput'>>(['lastError'], {
    ...FACTS,
    taskId: { ...TASK_ID, type: ['integer', 'null'] },
    region: { ...REGION, type: ['string', 'null'] },
    invalid: open<DetailsOf<'RedisTaskInvalidInput'>['invalid']>([], { field: TEXT, rule: TEXT }),
  }),
};

const STATE = open<RedisTaskWaitState>(['lastError', 'observation'], {
  taskId: TASK_ID,
  region: REGION,
  status: TEXT_OR_NULL,
  polls: COUNT,
  waitedMs: COUNT,
  nextPollAt: { ...TIME_OR_NULL, description: 'ISO-8601 UTC; null while a poll is under way, and after the end' },
  deadline: TIME,
  lastError: POLL_ERROR,
  observation: OBSERVATION,
});

/**
 * The payloads of the contract as JSON Schemas, by the names of their files in `schema/`. What a schema cannot say (a
 * duration as text within its bounds, two intervals that fit together) only the validation refuses.
 */
export const JSON_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  'await-redis-task-input': root('Input of the workflow awaitRedisTask', INPUT),
  'await-redis-task-result': root('Result of the workflow awaitRedisTask', RESULT),
  'await-redis-task-failure-details': root('details[0] of a failure of the workflow awaitRedisTask', {
    description: 'The type of the ApplicationFailure names the definition under $defs that holds.',
    anyOf: REDIS_TASK_FAILURE_TYPES.map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: DETAILS,
  }),
  'await-redis-task-state': root('Answer of the query getState, and of the update extendWait', STATE),
  'await-redis-task-extend-wait': root(
    'Argument of the update extendWait',
    closed(['maxWait'], {
      maxWait: {
        ...durationIn(INPUT_BOUNDS.maxWait),
        description: 'The new total, counted from the start of the wait',
      },
    }),
  ),
};

function root(title: string, schema: JsonSchema): JsonSchema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, ...schema };
}

/** What comes in: an unknown field is refused. */
function closed<K extends string>(required: readonly K[], properties: Readonly<Record<K, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** What goes out: it may have more fields when a newer worker made it. */
function open<T>(optional: readonly OptionalKey<T>[], properties: Fields<T>): JsonSchema {
  const required = Object.keys(properties).filter((key) => !(optional as readonly string[]).includes(key));
  return { type: 'object', properties, required };
}

function numberIn({ min, max }: Bounds): JsonSchema {
  return { minimum: min, ...(Number.isFinite(max) && { maximum: max }) };
}

function durationIn(bounds: Bounds): JsonSchema {
  return {
    oneOf: [
      { type: 'number', ...numberIn(bounds), description: 'Milliseconds' },
      { type: 'string', pattern: DURATION_TEXT.source },
    ],
  };
}

/** A number above 0 as digits, of no more places than its bound has. */
function digitsOf({ max }: Bounds): string {
  return `^0*[1-9]\\d{0,${String(max).length - 1}}$`;
}
