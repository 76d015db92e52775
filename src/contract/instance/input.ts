import * as v from 'valibot';
import { numberBetween, objectWith, read } from '../fields.js';
import { INVALID_INPUT } from '../invalid-input.js';
import { namedRegion, REGION } from '../region.js';
import { maxWait, POLLING, pollingToResume } from '../wait/polling.js';

/** The most instances that one wait, and one call of the API, asks for. */
export const INSTANCES_MAX = 50;

const ID_RULE = `must be a list of 1 to ${INSTANCES_MAX} instance ids such as "crs-09u2u96z"`;
const INSTANCE_ID = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/), v.examples(['crs-09u2u96z']));

/** Whether a text has the form of an instance id. */
export function isInstanceId(value: unknown): value is string {
  return v.is(INSTANCE_ID, value);
}

export const INSTANCE_IDS = v.message(
  v.pipe(
    v.array(INSTANCE_ID),
    v.minLength(1),
    v.maxLength(INSTANCES_MAX),
    v.description('The instances; left out, those of the deal'),
    v.transform((ids: string[]): string[] => [...new Set(ids)]),
  ),
  ID_RULE,
);

export const DEAL_NAME = v.message(
  v.pipe(
    v.string(),
    v.regex(/^[\w.-]{1,128}$/),
    v.description('DealName, or DealId, that a change of an instance answered with'),
    v.examples(['20250825297021530591847']),
  ),
  'must be the DealName, or the DealId, of an order: letters, digits, "-", "_" and ".", at most 128 characters',
);

const MOST = 100_000_000;

export const EXPECTATION = objectWith(
  {
    /** Memory of each shard in MB, as `MemSize` of `UpgradeInstance` and `RedisShardSize` of `DescribeInstances`. */
    memSizeMb: v.optional(numberBetween(1, MOST, 'Memory of each shard in MB')),
    /** Number of shards: `RedisShardNum`. */
    shards: v.optional(numberBetween(1, MOST, 'Number of shards')),
    /** Replicas of each shard: `RedisReplicasNum`. */
    replicas: v.optional(numberBetween(0, MOST, 'Replicas of each shard')),
    /** Product type: `TypeId` of `CreateInstances`, `Type` of `DescribeInstances`. */
    typeId: v.optional(numberBetween(0, MOST, 'Product type')),
  },
  'expect.',
);

/**
 * What an instance must have before it counts as running. Leave a field out to accept any value.
 *
 * @interface
 *
 * @example
 * ```ts
 * const expect: RedisInstanceExpectation = { memSizeMb: 4_096, shards: 3, replicas: 1, typeId: 8 };
 * ```
 */
export type RedisInstanceExpectation = Readonly<v.InferInput<typeof EXPECTATION>>;

/** What an instance is waited for to be. */
export const INSTANCE_GOALS = ['running', 'isolated', 'gone'] as const;

/** What instances are waited for to be: `running`, `isolated` or `gone`. */
export type RedisInstanceGoal = (typeof INSTANCE_GOALS)[number];

/** The schema of the input: what is accepted, what it means, and what `schema/` says of it. */
export const INSTANCE_INPUT = v.pipe(
  objectWith({
    /** The instances, 1 to 50. Left out, those of the deal. */
    instanceIds: v.optional(INSTANCE_IDS),
    /**
     * `DealName`, or `DealId`, that a change answered with. It tells the instances if `instanceIds` does not, and lets the
     * wait fail as soon as the order has failed.
     */
    dealName: v.optional(DEAL_NAME),
    /** The region of the instances, such as `ap-guangzhou`. */
    region: REGION,
    /** What each of them must be: `running`, `isolated` or `gone`. */
    until: v.message(v.picklist(INSTANCE_GOALS), 'must be "running", "isolated" or "gone"'),
    /** With `running`: what each of them must have. */
    expect: v.optional(EXPECTATION),
    /** How long to wait in all, 1 s to 30 days. @default "2h" */
    maxWait: v.optional(maxWait('How long to wait in all'), '2h'),
    /** How to space the polls, which timers pace whatever its `pacing`. */
    polling: v.optional(POLLING, {}),
  }),
  v.forward(
    v.check(
      ({ instanceIds, dealName }) => instanceIds !== undefined || dealName !== undefined,
      `${ID_RULE}, unless dealName is given`,
    ),
    ['instanceIds'],
  ),
  v.forward(
    v.check(
      ({ until, expect }) => until === 'running' || expect === undefined,
      'has a meaning only with until "running": leave it out',
    ),
    ['expect'],
  ),
  v.transform(({ maxWait, polling, instanceIds = [], dealName = null, expect = {}, ...rest }) => ({
    ...rest,
    instanceIds,
    dealName,
    expect,
    maxWaitMs: maxWait,
    // No list tells of instances: there is nothing to share.
    schedule: { ...polling, pacing: 'timers' as const },
  })),
);

/**
 * The input of `awaitRedisInstance`: one JSON object. Unknown fields are refused.
 *
 * @interface
 *
 * @example
 * ```ts
 * const input: AwaitRedisInstanceInput = {
 *   instanceIds: ['crs-09u2u96z'],
 *   dealName: '20250825297021530591847',
 *   region: 'ap-guangzhou',
 *   until: 'running',
 *   expect: { memSizeMb: 4_096 },
 *   maxWait: '1h',
 *   polling: { expectedDuration: '5m' },
 * };
 * ```
 */
export type AwaitRedisInstanceInput = Readonly<v.InferInput<typeof INSTANCE_INPUT>>;

/** An input that kept the rules, with its defaults filled in. */
export type InstancePlan = Readonly<v.InferOutput<typeof INSTANCE_INPUT>>;

/** Reads an input. @throws InvalidInputFailure that names a field that breaks a rule */
export function readInstanceInput(input: unknown): InstancePlan {
  return read(INSTANCE_INPUT, input, 'input', INVALID_INPUT, namedRegion(input));
}

/** The input of the same wait once more. */
export function instanceInputToResume(
  { instanceIds, dealName, region, until, expect, maxWaitMs, schedule }: InstancePlan,
  waitedMs: number,
): AwaitRedisInstanceInput {
  return {
    ...(instanceIds.length > 0 && { instanceIds }),
    ...(dealName !== null && { dealName }),
    region,
    until,
    ...(until === 'running' && { expect }),
    maxWait: maxWaitMs,
    polling: pollingToResume(schedule, waitedMs),
  };
}
