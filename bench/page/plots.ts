import type { Fleet } from '../fleet.js';
import type { SharedFigures } from '../shared.js';
import { type Axis, type Line, plotLines } from './line-plot.js';
import type { PageResults } from './results.js';

/** The pictures of docs/maintainers/performance.md, by their file names in docs/images. */
export function plotsOf({ fleet, shared }: PageResults): Record<string, string> {
  return {
    'fleet.svg': plotFleet(fleet.figures),
    'pacings.svg': plotPacings(
      shared.figures,
      fleet.figures.filter(({ rps }) => rps === shared.parameters.rates.rps),
    ),
  };
}

/** A poll comes at any time between the end of a task and one gap later: after half a gap in the mean. */
function plotPacings({ beside, crowds }: SharedFigures, fleets: readonly Fleet[]): string {
  const measured = [{ waits: beside.waits, late: beside.shared.late }, ...crowds];
  const lines: Line[] = [
    {
      name: 'timers: half of the mean time between polls',
      points: fleets.map((each) => [each.waits, each.gapMeanS / 2]),
      colour: 0,
      dash: 0,
    },
    {
      name: 'timers: nobody can do better',
      points: fleets.map((each) => [each.waits, each.floorS / 2]),
      colour: 2,
      dash: 0,
    },
    { name: 'shared: median', points: measured.map(({ waits, late }) => [waits, late.p50]), colour: 1, dash: 0 },
    { name: 'shared: 99 %', points: measured.map(({ waits, late }) => [waits, late.p99]), colour: 1, dash: 1 },
  ];
  return plotLogarithmic(
    'How late waits end that share one budget of calls',
    "seconds from a task's end to its wait's",
    lines,
  );
}

function plotFleet(fleets: readonly Fleet[]): string {
  const rates = [...new Set(fleets.map(({ rps }) => rps))];
  const measured = rates.map((rps, dash): Line => {
    const points = fleets.filter((each) => each.rps === rps).map((each) => [each.waits, each.gapMeanS] as const);
    return { name: `measured, ${rps} calls a second`, points, colour: 0, dash };
  });
  const floors = rates.map((rps, dash): Line => {
    const points = fleets.filter((each) => each.rps === rps).map((each) => [each.waits, each.floorS] as const);
    return { name: `nobody can do better, ${rps} calls a second`, points, colour: 2, dash };
  });
  return plotLogarithmic('Polls of waits that share one budget of calls', 'seconds between polls of a wait, mean', [
    ...measured,
    ...floors,
  ]);
}

function plotLogarithmic(title: string, label: string, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const x = logarithmicAxis(
    'waits at once',
    points.map(([waits]) => waits),
  );
  const y = logarithmicAxis(
    label,
    points.map(([, seconds]) => seconds),
  );
  return plotLines(title, x, y, lines);
}

function logarithmicAxis(label: string, values: readonly number[]): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const all = [0.1, 1, 10, 100, 1_000, 10_000].flatMap((each) => [each, 2 * each, 5 * each]);
  const from = all.findLast((each) => each <= least) ?? 1;
  const to = all.find((each) => each >= most) ?? most;
  return { label, from, to, ticks: all.filter((each) => each >= from && each <= to), isLogarithmic: true };
}
