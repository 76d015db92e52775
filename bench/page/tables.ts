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
    ...memoryTables(results),
    ...fleetTables(results),
    start: startTable(results),
    ...largeFleetTables(results),
  };
}

function machineTable({ start, pacings, memory, fleet }: PageResults): string {
  const rows = [start, pacings, memory, fleet].map(({ part, date, load, machine, command }) => [
    part,
    date.slice(0, 10),
    `${machine.cores} × ${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.platform}`,
    load.toFixed(1),
    `Node ${machine.node}, SDK ${machine.sdk}, server ${machine.server}`,
    `\`${command}\``,
  ]);
  return table(['part', 'date', 'machine', 'its load', 'versions', 'command'], rows);
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
