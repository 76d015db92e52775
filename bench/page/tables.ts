import { cachedWaits } from '../../src/worker/cached-waits.js';
import { table } from '../schedules/tables.js';
import { fleetTable } from './fleet-table.js';
import type { PageResults } from './results.js';
import { pacingsTable, sharedTable } from './shared-tables.js';

const CONTAINERS_MIB = [256, 512, 1_024, 2_048];

/** The tables of docs/maintainers/performance.md in Markdown, by the names of their places there. */
export function tablesOf(results: PageResults): Record<string, string> {
  return {
    machine: machineTable(results),
    fleet: fleetTable(results.fleet.figures),
    pacings: pacingsTable(results.shared),
    shared: sharedTable(results.shared),
    containers: containerTable(),
    start: startTable(results),
    call: callTable(results),
  };
}

function machineTable({ call, start, fleet, shared }: PageResults): string {
  const rows = [call, start, fleet, shared].map(({ part, date, load, machine, command }) => [
    part,
    date.slice(0, 10),
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.platform}`,
    load.toFixed(1),
    `Node ${machine.node}, SDK ${machine.sdk}, server ${machine.server}`,
    `\`${command}\``,
  ]);
  return table(['part', 'date', 'machine', 'its load', 'versions', 'command'], rows);
}

function callTable({ call }: PageResults): string {
  const sides = { ours: 'this package', sdk: "Tencent's SDK", bare: 'node:http, signed, no checks' } as const;
  return table(
    ['one signed call', 'CPU, µs (median)', 'fastest and slowest round', "in parts of the SDK's"],
    (['ours', 'sdk', 'bare'] as const).map((side) => {
      const { median, rounds } = call.figures[side];
      const [least, most] = [Math.min(...rounds), Math.max(...rounds)];
      const spread = `${least.toFixed(0)} … ${most.toFixed(0)}`;
      return [sides[side], median.toFixed(0), spread, (median / call.figures.sdk.median).toFixed(2)];
    }),
  );
}

function startTable({ start }: PageResults): string {
  const { upS, firstPollS, firstPollAfterUpS } = start.figures;
  const row = (name: string, { median, worst }: typeof upS) => [
    name,
    `${median.toFixed(2)} s`,
    `${worst.toFixed(2)} s`,
  ];
  return table(
    [`of ${start.parameters.rounds} starts`, 'median', 'worst'],
    [
      row('from the start of the process until it takes work', upS),
      row('from then to the first poll of a wait that is already there', firstPollAfterUpS),
      row('both', firstPollS),
    ],
  );
}

function containerTable(): string {
  return table(
    ["the container's memory", 'waits kept in the cache'],
    CONTAINERS_MIB.map((mib) => [`${mib.toLocaleString('en')} MiB`, cachedWaits(mib * 2 ** 20).toLocaleString('en')]),
  );
}
