import { seeded } from '../../test/support/seeded.js';
import { type Cost, costOf, evenly, type Law, logNormal } from './law.js';
import { latenessAt, optima } from './optimum.js';
import { ours, peers, type Waiter } from './waiters.js';

/** The lengths of tasks in the table, each spread evenly by 10 %. */
export const LENGTHS_S = [9, 30, 60, 180, 600, 1800] as const;
/** The lengths in the comparison with Terraform's waiter, each spread evenly by 20 %. */
export const COMPARED_S = [9, 30, 60, 120] as const;
/** The medians of the log-normal laws. */
export const MEDIANS_S = [30, 120, 600] as const;
/** A typical task takes from 0.6 to 1.65 of the median. */
export const SIGMA = 0.5;

const TERRAFORM = 'Terraform provider';
/** A waiter that draws its intervals is played until it has drawn so many. */
const DRAWS = 8_000;

/** What one waiter costs, by the length of tasks in seconds. */
export type CostByLength = Readonly<Record<number, Cost>>;

export interface ScheduleFigures {
  /** Tasks of one length, spread evenly by 10 %. */
  readonly byLength: Readonly<Record<string, CostByLength>>;
  /** Calls times lateness as a share of Terraform's waiter, the mean over tasks of 9 to 120 s, spread evenly by 20 %. */
  readonly besideTerraform: Readonly<Record<string, number>>;
  /** Tasks of log-normal lengths, by their median; `expectedDuration` relates to the median. */
  readonly logNormal: Readonly<Record<string, CostByLength>>;
  /** By the median: the schedules that are best for the law, from few calls to many. */
  readonly optima: Readonly<Record<number, readonly Cost[]>>;
  /** By the median: with as many calls as a wait that expects the median, how late the best schedule is, in seconds. */
  readonly bestLateS: Readonly<Record<number, number>>;
}

/** Computes what each schedule costs. The same in every run. */
export function measureSchedules(): ScheduleFigures {
  const laws = by(MEDIANS_S, (medianS) => logNormal(medianS, SIGMA));
  const costs = ofEachWaiter((waiterFor) => by(MEDIANS_S, (each) => meanCost(waiterFor(each), laws[each])));
  const best = by(MEDIANS_S, (each) => optima(laws[each]));
  const right = costs['this package, `expectedDuration` right'];
  return {
    byLength: ofEachWaiter((waiterFor) => by(LENGTHS_S, (each) => meanCost(waiterFor(each), evenly(each, 0.1)))),
    besideTerraform: compareWithTerraform(),
    logNormal: costs,
    optima: best,
    bestLateS: by(MEDIANS_S, (each) => latenessAt(right[each].calls, best[each])),
  };
}

function compareWithTerraform(): Record<string, number> {
  const shares = COMPARED_S.map((each) => sharesOfTerraform(each, 0.2));
  return by(WAITERS, (name) => mean(shares.map(({ [name]: { calls, lateS } }) => calls * lateS)));
}

/** Calls and lateness as shares of those of Terraform's waiter, over tasks of one length with an even spread. */
export function sharesOfTerraform(lengthS: number, spread: number): Record<WaiterName, Cost> {
  const costs = ofEachWaiter((waiterFor) => meanCost(waiterFor(lengthS), evenly(lengthS, spread)));
  const { calls, lateS } = costs[TERRAFORM];
  return by(WAITERS, (name) => ({ calls: costs[name].calls / calls, lateS: costs[name].lateS / lateS }));
}

type WaiterName = keyof typeof ours | keyof typeof peers;

const WAITERS = [...Object.keys(ours), ...Object.keys(peers)] as WaiterName[];

/** @param figureOf - gets the waiter for tasks of a length */
function ofEachWaiter<T>(figureOf: (waiterFor: (lengthS: number) => Waiter) => T): Record<WaiterName, T> {
  return by(WAITERS, (name) =>
    figureOf((lengthS) =>
      name in ours ? ours[name as keyof typeof ours](lengthS) : peers[name as keyof typeof peers],
    ),
  );
}

function by<Key extends string | number, T>(keys: readonly Key[], valueOf: (key: Key) => T): Record<Key, T> {
  return Object.fromEntries(keys.map((key) => [key, valueOf(key)])) as Record<Key, T>;
}

/** The mean over what a waiter may draw. */
function meanCost(waiter: Waiter, law: Law): Cost {
  const random = seeded(1);
  let draws = 0;
  const draw = () => {
    draws += 1;
    return random();
  };
  const costs: Cost[] = [];
  do costs.push(costOf(pollsUntil(law.endS, waiter(draw)), law));
  while (draws > 0 && draws < DRAWS);
  return { calls: mean(costs.map(({ calls }) => calls)), lateS: mean(costs.map(({ lateS }) => lateS)) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

function pollsUntil(endS: number, waiter: Iterable<number>): number[] {
  const polls: number[] = [];
  for (const at of waiter) {
    polls.push(at);
    if (at >= endS) break;
  }
  return polls;
}
