// What the API says of instances and of the deal that makes or changes them.
import * as v from 'valibot';
import { TEXT, TIME } from '../api-fields.js';
import { read } from '../fields.js';
import { INVALID_INPUT } from '../invalid-input.js';
import { REGION } from '../region.js';

const NUMBER = v.fallback(v.nullable(v.number()), null);

export const INSTANCE = v.object({
  instanceId: v.string(),
  /** `Status`: 0 to be initialized, 1 in a flow, 2 running, -2 isolated, -3 to be deleted; null if the API lists none. */
  status: NUMBER,
  /** Memory of each shard in MB. */
  memSizeMb: NUMBER,
  shards: NUMBER,
  /** Replicas of each shard. */
  replicas: NUMBER,
  /** Product type. */
  typeId: NUMBER,
});

/**
 * An instance as `DescribeInstances` shows it. What the API does not tell is null.
 *
 * @interface
 */
export type RedisInstance = Readonly<v.InferOutput<typeof INSTANCE>>;

export const DEAL = v.object({
  /** 1 unpaid, 2 paid, 3 delivering, 4 delivered, 5 to 11 delivers nothing, 12 paying. */
  status: NUMBER,
  /** A display text of the API. */
  description: TEXT,
  instanceIds: v.fallback(v.array(v.string()), []),
  /** How many instances were ordered. */
  goodsNum: NUMBER,
});

/**
 * An order as `DescribeInstanceDealDetail` shows it. What the API does not tell is null.
 *
 * @interface
 */
export type RedisDeal = Readonly<v.InferOutput<typeof DEAL>>;

/** What one poll brings. */
const ANSWER = {
  /** Null: not asked for, not listed yet, or not readable. */
  deal: v.fallback(v.nullable(DEAL), null),
  /** The code of the error by which a deal that was asked for could not be read. */
  dealError: TEXT,
  requestId: TEXT,
  at: TIME,
};

const INSTANCES_ANSWER = v.object({
  /** The instances that were asked for: those of the deal if none were. */
  asked: v.array(v.string()),
  /** Those of them that the API lists. */
  instances: v.array(INSTANCE),
  ...ANSWER,
});
export type InstancesAnswer = Readonly<v.InferOutput<typeof INSTANCES_ANSWER>>;

/** Reads what the activity answered: undefined if it is not ours. */
export function readInstancesAnswer(told: unknown, now: string): InstancesAnswer | undefined {
  const answer = v.object({ ...INSTANCES_ANSWER.entries, at: v.fallback(TIME, now) });
  return v.parse(v.fallback(v.optional(answer), undefined), told);
}

const INSTANCES_QUESTION = v.object({
  region: REGION,
  /** Empty: those of the deal. */
  instanceIds: v.array(v.string()),
  dealName: v.exactOptional(v.string()),
});

/**
 * What to look at: instances, the deal that makes or changes them, or both.
 *
 * @interface
 */
export type InstancesQuestion = Readonly<v.InferOutput<typeof INSTANCES_QUESTION>>;

/** Reads what an activity is asked: anyone can call it, and the region becomes a host name. @throws InvalidInputFailure */
export function readInstancesQuestion(asked: unknown): InstancesQuestion {
  return read(INSTANCES_QUESTION, asked, 'input', INVALID_INPUT);
}

/** What all polls together have shown. */
export const INSTANCES_SEEN = v.object({
  ...ANSWER,
  instances: v.array(
    v.object({
      ...INSTANCE.entries,
      /** Since when the API has not listed it, poll after poll; null while it does. */
      missingSince: v.nullable(v.number()),
    }),
  ),
});
export type InstancesSeen = Readonly<v.InferOutput<typeof INSTANCES_SEEN>>;
export type SeenInstance = InstancesSeen['instances'][number];

const UNSEEN = { memSizeMb: null, shards: null, replicas: null, typeId: null };

/** What is known after one more poll. */
export function seenAfter(before: InstancesSeen | null, answer: InstancesAnswer, now: number): InstancesSeen {
  const { asked, instances, deal, dealError, requestId, at } = answer;
  const known = new Map(before?.instances.map((each) => [each.instanceId, each]));
  const listed = new Map(instances.map((each) => [each.instanceId, each]));
  return {
    instances: asked.map((instanceId): SeenInstance => {
      const found = listed.get(instanceId);
      if (found) return { ...found, missingSince: null };
      const last = known.get(instanceId);
      return { ...UNSEEN, ...last, instanceId, status: null, missingSince: last?.missingSince ?? now };
    }),
    deal: deal ?? before?.deal ?? null,
    dealError,
    requestId,
    at,
  };
}
