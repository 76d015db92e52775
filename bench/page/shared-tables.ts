import { table } from '../schedules/tables.js';
import type { Calls, Lateness } from '../shared/side.js';
import type { SharedFigures, SharedParameters } from '../shared.js';
import type { Result } from '../support/results.js';

type SharedResult = Result<SharedParameters, SharedFigures>;

/** Both pacings in the same minutes. */
export function pacingsTable({ parameters, figures }: SharedResult): string {
  const { beside, calms, crowds } = figures;
  const { timers, shared } = beside;
  const calmRows = calms.flatMap((calm, index) => {
    const { seconds, endSeconds } = parameters.calms[index] ?? {};
    return [
      row(`${calm.waits} waits, ${seconds} s without news: calls`, allOf(calm.timers.calls), allOf(calm.shared.calls)),
      row(
        `${calm.waits} waits, all of whose tasks end within ${endSeconds} s: worst from the end of a task to the end of its wait, s`,
        calm.timers.late.worst,
        calm.shared.late.worst,
      ),
    ];
  });
  const crowdRows = crowds.flatMap(({ waits, quiet }, index) => {
    if (!quiet) return [];
    const many = `${inFigures(waits)} waits, ${parameters.crowds[index]?.quietSeconds} s without news`;
    return [
      row(`${many}: calls`, allOf(quiet.timers.calls), allOf(quiet.shared.calls)),
      row(`${many}: CPU of the worker, s a minute`, quiet.timers.worker, quiet.shared.worker),
      row(`${many}: CPU of the server, s a minute`, quiet.timers.server, quiet.shared.server),
    ];
  });
  const ends = `${beside.waits} waits, all of whose tasks end within ${parameters.beside.endSeconds} s`;
  const late = (name: string, of: 'p50' | 'p95' | 'p99' | 'worst') =>
    row(`${ends}: ${name} from the end of a task to the end of its wait, s`, timers.late[of], shared.late[of]);
  return table(
    ['', '`timers`', '`shared`', '`timers` / `shared`'],
    [
      late('median', 'p50'),
      late('95 %', 'p95'),
      late('99 %', 'p99'),
      late('worst', 'worst'),
      row(`${ends}: calls`, allOf(timers.calls), allOf(shared.calls)),
      row(`${ends}: events of a wait, median`, timers.events.median, shared.events.median),
      ...calmRows,
      ...crowdRows,
    ],
  );
}

/** How late shared waits end when there are many of them, and when the worker that sweeps is killed. */
export function sharedTable({ parameters, figures }: SharedResult): string {
  const { crowds, killedWorker } = figures;
  const killed = parameters.killedWorker;
  return table(
    [
      '`shared`: from the end of a task to the end of its wait',
      ...['median', '95 %', '99 %', 'worst', 'waits that ended', "the worker's memory, MB: steady", 'highest'],
    ],
    [
      ...crowds.map(({ waits, late, steadyMb, highestMb }, index) => {
        const { endsPerSecond = 0, endSeconds = 0 } = parameters.crowds[index] ?? {};
        const name = `${inFigures(waits)} waits, ${endsPerSecond} tasks end a second`;
        return [name, ...inSeconds(late, endsPerSecond * endSeconds), inFigures(steadyMb), inFigures(highestMb)];
      }),
      ...killedWorker.map(({ successor, late }) => [
        `${killed.waits} waits, the worker that sweeps is killed; then ${successor}`,
        ...inSeconds(late, killed.waits),
        '-',
        '-',
      ]),
    ],
  );
}

function row(name: string, timers: number | null, shared: number | null): string[] {
  const ratio = timers === null || !shared ? '-' : (timers / shared).toFixed(1);
  return [name, inFigures(timers), inFigures(shared), ratio];
}

function inSeconds({ p50, p95, p99, worst, ended }: Lateness, of: number): string[] {
  return [...[p50, p95, p99, worst].map((seconds) => `${seconds.toFixed(1)} s`), `${ended} of ${of}`];
}

function allOf({ info, list }: Calls): number {
  return info + list;
}

function inFigures(value: number | null): string {
  return value === null ? '-' : value.toLocaleString('en', { maximumFractionDigits: 1 });
}
