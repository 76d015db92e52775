import type { Fleet } from '../fleet.js';
import { table } from '../schedules/tables.js';

export function fleetTable(fleets: readonly Fleet[]): string {
  return table(
    [
      'waits',
      'calls a second',
      'no schedule can do better than',
      'between polls of a wait: mean',
      'median',
      '95 % within',
      'worst / median',
      'most in a clock second',
      'throttled',
      'of the budget used',
    ],
    fleets.map((each) => [
      each.waits.toLocaleString('en'),
      String(each.rps),
      `${each.floorS.toFixed(1)} s`,
      `${each.gapMeanS.toFixed(1)} s`,
      `${each.gapMedianS.toFixed(1)} s`,
      `${each.gapP95S.toFixed(1)} s`,
      each.unfairness.toFixed(1),
      String(each.mostInASecond),
      inPercent(each.throttledShare, 1),
      inPercent(each.budgetUsed, 0),
    ]),
  );
}

function inPercent(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits)} %`;
}
