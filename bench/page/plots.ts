import type { Fleet } from '../fleet.js';
import type { OpenWaits } from '../memory/open-waits.js';
import { PACINGS } from '../support/waits.js';
import { type Axis, type Line, plotLines } from './line-plot.js';
import type { PageResults } from './results.js';

const FLOOR_COLOUR = 2;

/** The pictures of docs/performance.md, by their file names in docs/images. */
export function plotsOf({ memory, fleet }: PageResults): Record<string, string> {
  return { 'memory.svg': plotMemory(memory.figures.open), 'fleet.svg': plotFleet(fleet.figures) };
}

function plotMemory(open: readonly OpenWaits[]): string {
  const counts = [...new Set(open.map(({ waits }) => waits))];
  const lines = open.map(({ waits, pacing, idleMb, samples }): Line => {
    const points = [[0, idleMb ?? 0] as const, ...samples];
    const name = `${waits.toLocaleString('en')} waits, ${pacing}`;
    return { name, points, colour: PACINGS.indexOf(pacing), dash: counts.indexOf(waits) };
  });
  const points = lines.flatMap((line) => line.points);
  const x = linearAxis('seconds since the first wait was started', Math.max(...points.map(([seconds]) => seconds)));
  const y = linearAxis('MB resident', Math.max(...points.map(([, mb]) => mb)));
  return plotLines('Memory of a worker process', x, y, lines);
}

function plotFleet(fleets: readonly Fleet[]): string {
  const rates = [...new Set(fleets.map(({ rps }) => rps))];
  const measured = rates.flatMap((rps, dash) =>
    PACINGS.map((pacing, colour): Line => {
      const own = fleets.filter((each) => each.rps === rps && each.pacing === pacing);
      return {
        name: `${pacing}, ${rps} calls a second`,
        points: own.map((each) => [each.waits, each.gapMeanS]),
        colour,
        dash,
      };
    }),
  );
  const floors = rates.map((rps, dash): Line => {
    const points = fleets.filter((each) => each.rps === rps).map((each) => [each.waits, each.floorS] as const);
    return { name: `nobody can do better, ${rps} calls a second`, points, colour: FLOOR_COLOUR, dash };
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

function linearAxis(label: string, most: number): Axis {
  const magnitude = 10 ** Math.floor(Math.log10(most));
  const step = [0.1, 0.2, 0.5, 1, 2].map((each) => each * magnitude).find((each) => most / each <= 6) ?? magnitude;
  const to = step * Math.ceil(most / step);
  return { label, from: 0, to, ticks: Array.from({ length: Math.round(to / step) + 1 }, (_, index) => index * step) };
}

function logarithmicAxis(label: string, values: readonly number[]): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const all = [1, 10, 100, 1_000, 10_000].flatMap((each) => [each, 2 * each, 5 * each]);
  const from = all.findLast((each) => each <= least) ?? 1;
  const to = all.find((each) => each >= most) ?? most;
  return { label, from, to, ticks: all.filter((each) => each >= from && each <= to), isLogarithmic: true };
}
