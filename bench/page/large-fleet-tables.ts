import { divideLargeFleet, LARGE_FLEET, LARGE_FLEET_CALLS_PER_SECOND } from '../fleet/hundred-thousand.js';
import type { PollCost } from '../pacings.js';
import { table } from '../schedules/tables.js';
import { PACINGS } from '../support/waits.js';
import { inPercent, overheadOf, SERVER_PARTITIONS } from './fleet-tables.js';
import { largestOf } from './memory-tables.js';
import type { PageResults } from './results.js';

/** The default of `REDIS_TASK_API_RPS`, and the most that the API takes. */
const RATES = [15, 20];
const PARTITIONS = [SERVER_PARTITIONS, 1];
const SHARDS = [512, 4_096];

export function largeFleetTables(results: PageResults): Record<string, string> {
  return { accounts: accountsTable(results), 'large-fleet': loadTable(results) };
}

function accountsTable({ pacings }: PageResults): string {
  const overheadS = overheadOf('compact', pacings.figures);
  const rows = RATES.flatMap((rps) =>
    divideLargeFleet(rps, overheadS, PARTITIONS).map(({ accounts, waitsEach, load, queued }) => [
      String(rps),
      String(accounts),
      waitsEach.toLocaleString('en'),
      inPercent(load),
      ...PARTITIONS.map((count) => {
        const { medianS = NaN, p95S = NaN } = queued[count] ?? {};
        return `${medianS.toFixed(1)} / ${p95S.toFixed(1)} s`;
      }),
    ]),
  );
  const inQueue = PARTITIONS.map(
    (count) => `in the queue, ${count === 1 ? '1 partition' : `${count} partitions`} (median / 95 % within)`,
  );
  return table(['calls a second of an account', 'accounts', 'waits each', 'of the budget wanted', ...inQueue], rows);
}

function loadTable({ pacings, memory }: PageResults): string {
  const costs = PACINGS.map((pacing) => pacings.figures.find(({ way }) => way === pacing)).filter(
    (each) => each !== undefined,
  );
  const open = PACINGS.map((pacing) => largestOf(pacing, memory.figures.open)).filter((each) => each !== undefined);
  const perSecond = (figure: (cost: PollCost) => number | null) =>
    costs.map((cost) => inThousands(LARGE_FLEET_CALLS_PER_SECOND * (figure(cost) ?? NaN)));
  const rows = [
    ['calls a second', ...perSecond(() => 1)],
    ['events a second', ...perSecond(({ events }) => events)],
    ['MB of history a second', ...costs.map(({ bytes }) => ((LARGE_FLEET_CALLS_PER_SECOND * bytes) / 1e6).toFixed(1))],
    ['actions a second', ...perSecond(({ actions }) => actions)],
    ['state writes a second', ...perSecond(({ transitions }) => transitions)],
    ...SHARDS.map((shards) => [
      `state writes a second of a shard, of ${shards.toLocaleString('en')}`,
      ...costs.map(({ transitions }) => ((LARGE_FLEET_CALLS_PER_SECOND * transitions) / shards).toFixed(1)),
    ]),
    [
      'cores of all workers together, busy all the time',
      ...costs.map(({ workerCpuMs }) => ((LARGE_FLEET_CALLS_PER_SECOND * (workerCpuMs ?? NaN)) / 1_000).toFixed(0)),
    ],
    [
      `GB of all workers together, one for each of ${leastAccounts()} accounts`,
      ...open.map(({ highestMb }) => (((highestMb ?? NaN) * leastAccounts()) / 1_000).toFixed(0)),
    ],
  ];
  return table([`${LARGE_FLEET.waits.toLocaleString('en')} waits`, ...costs.map(({ way }) => way)], rows);
}

function leastAccounts(): number {
  return Math.ceil(LARGE_FLEET_CALLS_PER_SECOND / Math.min(...RATES));
}

function inThousands(value: number): string {
  return Math.round(value).toLocaleString('en');
}
