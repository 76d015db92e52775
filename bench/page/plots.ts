import type { Fleet } from '../fleet.js';
import { type Axis, type Line, plotLines } from './line-plot.js';
import type { PageResults } from './results.js';

/** The pictures of docs/performance.md, by their file names in docs/images. */
export function plotsOf({ fleet }: PageResults): Record<string, string> {
  return { 'fleet.svg': plotFleet(fleet.figures) };
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
  const lines = [...measured, ...floors];
  const points = lines.flatMap((line) => line.points);
  const x = logarithmicAxis(
    'waits at once',
    points.map(([waits]) => waits),
  );
  const y = logarithmicAxis(
    'seconds between polls of a wait, mean',
    points.map(([, seconds]) => seconds),
  );
  return plotLines('Polls of waits that share one budget of calls', x, y, lines);
}

function logarithmicAxis(label: string, values: readonly number[]): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const all = [1, 10, 100, 1_000, 10_000].flatMap((each) => [each, 2 * each, 5 * each]);
  const from = all.findLast((each) => each <= least) ?? 1;
  const to = all.find((each) => each >= most) ?? most;
  return { label, from, to, ticks: all.filter((each) => each >= from && each <= to), isLogarithmic: true };
}
