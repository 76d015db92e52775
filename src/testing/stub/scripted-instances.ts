import { randomUUID } from 'node:crypto';
import type { RedisTaskDuration } from '../../contract/duration.js';
import type { InstancePlan } from '../../contract/instance/input.js';
import type { InstancesAnswer, RedisDeal, RedisInstance } from '../../contract/instance/instances.js';
import type { PollAnswer } from '../../contract/wait/polls.js';
import { type CancelledEnding, isCancelledEnding, readCancelledAfter } from './cancelled-ending.js';
import { refusedPoll } from './poll-answer.js';
import { checkFails, checkFields, readDuration } from './read-ending.js';
import { isRefusalEnding, pollRefusedAs, type RefusalEnding } from './refusal-ending.js';

/**
 * How a wait for scripted instances ends. What they go through begins with the first poll, so that several waits in a row
 * see one and the same change.
 *
 * - nothing, or `after` alone: each instance is as it is waited for
 * - `fails: 'RedisInstanceFailed'`: the order fails, with `message` as its text; without an order, an instance is isolated,
 *   or gone
 * - `fails: 'RedisTaskTimedOut'`: nothing ever changes
 * - `fails: 'RedisTaskUnauthorized'` or `'RedisTaskRejected'`: the API refuses every poll, with `code` and `message`
 * - `cancelledAfter`: somebody cancels the wait
 *
 * @example
 * ```ts
 * const endings: RedisInstanceEnding[] = [
 *   { after: '5m' },
 *   { after: '3m', fails: 'RedisInstanceFailed', message: 'Not enough stock in the zone.' },
 * ];
 * ```
 */
export type RedisInstanceEnding =
  | {
      readonly fails?: 'RedisInstanceFailed';
      /** How long it takes. @default 0, it has ended when the first poll comes */
      readonly after?: RedisTaskDuration;
      /** Those of an order, for a wait that names none. @default ['crs-09u2u96z'] */
      readonly instanceIds?: readonly string[];
      /** `Description` of the order. @default '' */
      readonly message?: string;
    }
  | { readonly fails: 'RedisTaskTimedOut'; readonly instanceIds?: readonly string[] }
  | RefusalEnding
  | CancelledEnding;

/** Endings by instance id, or by the name of an order. */
export type RedisInstanceEndings = Readonly<Record<string, RedisInstanceEnding>>;

const SIZE = { memSizeMb: 1_024, shards: 1, replicas: 1, typeId: 6 };
const DELIVERING: Pick<RedisDeal, 'status' | 'description'> = { status: 3, description: '' };

/** `Status` before and after what is waited for, and when it fails; null: not listed. */
const STATUSES = {
  running: { before: 1, done: 2, failed: -2 },
  isolated: { before: 2, done: -2, failed: null },
  gone: { before: -2, done: null, failed: null },
} as const;

const FIELDS = ['after', 'fails', 'message', 'instanceIds', 'code', 'cancelledAfter'];

interface Scripted {
  readonly ending: Exclude<RedisInstanceEnding, CancelledEnding>;
  readonly afterMs: number;
  readonly cancelledAfterMs: number | undefined;
  firstPollAt: number | undefined;
}

/** The scripted instances of a test. */
export class ScriptedInstances {
  private readonly scripts = new Map<string, Scripted>();

  /** Adds instances or orders, or replaces those with the same names. @throws TypeError when an ending makes no sense */
  script(endings: RedisInstanceEndings): void {
    for (const [name, given] of Object.entries(endings)) {
      checkFields(name, given, FIELDS);
      const cancelledAfterMs = readCancelledAfter(name, given);
      const ending = isCancelledEnding(given) ? ({ fails: 'RedisTaskTimedOut' } as const) : given;
      const known = ['RedisInstanceFailed', 'RedisTaskTimedOut', 'RedisTaskUnauthorized', 'RedisTaskRejected'];
      checkFails('a wait for instances', name, ending.fails, known);
      const { after = 0 } = { after: undefined, ...ending };
      const afterMs = readDuration('after', name, after);
      this.scripts.set(name, { ending, afterMs, cancelledAfterMs, firstPollAt: undefined });
    }
  }

  /** When a wait is cancelled, in milliseconds after its start. */
  cancelledAfterMs(plan: InstancePlan): number | undefined {
    return this.scriptFor(plan)?.cancelledAfterMs;
  }

  /** What a poll sees. */
  poll(plan: InstancePlan, now: number): PollAnswer<InstancesAnswer> {
    const scripted = this.scriptFor(plan);
    if (!scripted) {
      const [name = ''] = namesOf(plan);
      const message = `The test knows no instance or order ${name}: add it with scriptInstances({ '${name}': {} }).`;
      return refusedPoll('rejected', { code: 'InvalidParameterValue', message }, now);
    }
    const { ending, afterMs } = scripted;
    if (isRefusalEnding(ending)) return pollRefusedAs(ending, now);
    const isOver = ending.fails !== 'RedisTaskTimedOut' && now >= (scripted.firstPollAt ??= now) + afterMs;
    return { observation: seenInstances(plan, ending, isOver, now) };
  }

  private scriptFor(plan: InstancePlan): Scripted | undefined {
    return namesOf(plan)
      .map((name) => this.scripts.get(name))
      .find((each) => each !== undefined);
  }
}

/** The name of the order goes before those of its instances. */
function namesOf({ dealName, instanceIds }: InstancePlan): string[] {
  return [...(dealName === null ? [] : [dealName]), ...instanceIds];
}

function seenInstances(
  { until, expect, instanceIds, dealName }: InstancePlan,
  ending: Exclude<RedisInstanceEnding, RefusalEnding | CancelledEnding>,
  isOver: boolean,
  now: number,
): InstancesAnswer {
  const { message = '' } = { message: undefined, ...ending };
  const hasFailed = isOver && ending.fails === 'RedisInstanceFailed';
  const asked = instanceIds.length > 0 ? instanceIds : [...(ending.instanceIds ?? ['crs-09u2u96z'])];
  const order = hasFailed ? { status: 5, description: message } : isOver ? { status: 4, description: '' } : DELIVERING;
  // An order that fails leaves its instances as they were.
  const stage = hasFailed && dealName === null ? 'failed' : isOver && !hasFailed ? 'done' : 'before';
  const status = STATUSES[until][stage];
  const size = stage === 'done' ? { ...SIZE, ...(expect as Partial<typeof SIZE>) } : SIZE;
  const instances = status === null ? [] : asked.map((instanceId): RedisInstance => ({ instanceId, status, ...size }));
  return {
    asked,
    instances,
    deal: dealName === null ? null : { ...order, instanceIds: asked, goodsNum: asked.length },
    dealError: null,
    requestId: randomUUID(),
    at: new Date(now).toISOString(),
  };
}
