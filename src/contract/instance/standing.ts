// When an instance is as it is waited for, and when it never will be.
import { MINUTE } from '../duration.js';
import type { InstancePlan, RedisInstanceExpectation } from './input.js';
import type { InstancesSeen, RedisDeal, RedisInstance, SeenInstance } from './instances.js';

/** A fresh instance may not be listed yet, and a list may be behind. */
const LISTED_AFTER_MS = MINUTE;

const RUNNING = 2;
const ISOLATED = -2;
const TO_BE_DELETED = -3;

/** Of a deal that delivers nothing any more: failed, refunded, closed, expired, invalid, or payment refused. */
const DEAL_FAILED = { from: 5, to: 11 };
const DELIVERED = 4;

/** How an instance stands towards what is waited for. */
export type Standing = 'pending' | 'done' | 'failed';

/**
 * How one instance stands. Only what it is now counts, not what it was before: an instance that is locked by a flow may
 * still be called running.
 */
export function standingOf(
  instance: SeenInstance,
  { until, expect }: Pick<InstancePlan, 'until' | 'expect'>,
  now: number,
): Standing {
  const { status, missingSince } = instance;
  if (missingSince !== null) {
    if (now - missingSince < LISTED_AFTER_MS) return 'pending';
    return until === 'gone' ? 'done' : 'failed';
  }
  if (until === 'running' && status === RUNNING) return isAsExpected(instance, expect) ? 'done' : 'pending';
  if (status === TO_BE_DELETED) return until === 'running' ? 'failed' : 'done';
  if (status !== ISOLATED || until === 'gone') return 'pending';
  return until === 'isolated' ? 'done' : 'failed';
}

/** Whether an instance is isolated or about to be deleted: it does nothing until it is started again, if it can be. */
export function isWithdrawn({ status }: Pick<RedisInstance, 'status'>): boolean {
  return status === ISOLATED || status === TO_BE_DELETED;
}

function isAsExpected(instance: RedisInstance, expect: RedisInstanceExpectation): boolean {
  const names = Object.keys(expect) as (keyof RedisInstanceExpectation)[];
  return names.every((name) => expect[name] === undefined || instance[name] === expect[name]);
}

/** How all that a wait has seen stands: an order that has failed decides before the instances do. */
export function standingOfAll(plan: InstancePlan, seen: InstancesSeen, now: number): Standing {
  if (seen.deal && hasFailed(seen.deal)) return 'failed';
  const standings = seen.instances.map((each) => standingOf(each, plan, now));
  if (standings.includes('failed')) return 'failed';
  return areAllKnown(plan, seen) && standings.every((each) => each === 'done') ? 'done' : 'pending';
}

/** Whether an order delivers nothing any more. */
export function hasFailed({ status }: RedisDeal): boolean {
  return status !== null && status >= DEAL_FAILED.from && status <= DEAL_FAILED.to;
}

/** Whether an order may still change. */
export function isDealOpen(deal: RedisDeal | null): boolean {
  return deal?.status !== DELIVERED;
}

/** An order may tell its instances one by one. */
function areAllKnown({ instanceIds }: InstancePlan, { instances, deal }: InstancesSeen): boolean {
  if (instanceIds.length > 0) return true;
  if (instances.length === 0 || !deal) return false;
  return !isDealOpen(deal) || instances.length >= (deal.goodsNum ?? 1);
}
