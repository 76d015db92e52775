import { readInput } from '../../src/contract/input.js';
import { modelFleet } from '../fleet/model.js';
import type { Fleet } from '../fleet.js';
import { table } from '../schedules/tables.js';
import type { PageResults } from './results.js';

/** How many partitions a task queue has unless the server is told otherwise. */
export const SERVER_PARTITIONS = 4;

export function fleetTables(results: PageResults): Record<string, string> {
  const fleets = results.fleet.figures;
  return {
    fleet: table(
      [
        'waits',
        'calls a second',
        'pacing',
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
        each.pacing,
        `${each.floorS.toFixed(1)} s`,
        `${each.gapMeanS.toFixed(1)} s`,
        `${each.gapMedianS.toFixed(1)} s`,
        `${each.gapP95S.toFixed(1)} s`,
        each.unfairness.toFixed(1),
        String(each.mostInASecond),
        inPercent(each.throttledShare, 1),
        inPercent(each.budgetUsed),
      ]),
    ),
    'fleet-model': table(
      [
        'waits',
        'calls a second',
        'pacing',
        'mean: measured / model',
        'differs by',
        '95 % within: measured / model',
        'differs by',
      ],
      fleets.map((each) => {
        const model = modelOf(each, results);
        return [
          each.waits.toLocaleString('en'),
          String(each.rps),
          each.pacing,
          ...compared(each.gapMeanS, model.gapMeanS),
          ...compared(each.gapP95S, model.gapP95S),
        ];
      }),
    ),
  };
}

/** The same fleet in the model. */
export function modelOf(
  { waits, rps, pacing, floorS }: Fleet,
  { fleet, pacings }: Pick<PageResults, 'fleet' | 'pacings'>,
) {
  return modelFleet({
    ...{ waits, rps },
    intervalS: fleet.parameters.intervalMs / 1_000,
    jitter: readInput({ taskId: 1, region: 'ap-guangzhou' }).schedule.jitter,
    overheadS: overheadOf(pacing, pacings.figures),
    partitions: SERVER_PARTITIONS,
    fromS: 1 + floorS,
    seconds: Math.max(fleet.parameters.seconds, fleet.parameters.pollsPerWait * floorS),
  });
}

/** By how much a poll is late when there is no queue, as measured. */
export function overheadOf(pacing: string, costs: PageResults['pacings']['figures']): number {
  const cost = costs.find(({ way }) => way === pacing);
  return (cost?.lateMedianMs ?? NaN) / 1_000;
}

function compared(measured: number, modelled: number): [both: string, difference: string] {
  const difference = (modelled - measured) / measured;
  return [`${measured.toFixed(1)} / ${modelled.toFixed(1)} s`, `${difference > 0 ? '+' : ''}${inPercent(difference)}`];
}

export function inPercent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}
