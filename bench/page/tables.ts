import { table } from '../schedules/tables.js';
import { fleetTables } from './fleet-tables.js';
import { largeFleetTables } from './large-fleet-tables.js';
import { memoryTables } from './memory-tables.js';
import { pollTable } from './poll-table.js';
import type { PageResults } from './results.js';

/** The tables of docs/performance.md in Markdown, by the names of their places there. */
export function tablesOf(results: PageResults): Record<string, string> {
  return {
    machine: machineTable(results),
    polls: pollTable(results.pacings.figures),
    call: callTable(results),
    ...memoryTables(results),
    ...fleetTables(results),
    start: startTable(results),
    ...largeFleetTables(results),
  };
}

function machineTable({ call, start, pacings, memory, fleet }: PageResults): string {
  const rows = [call, start, pacings, memory, fleet].map(({ part, date, load, machine, command }) => [
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
