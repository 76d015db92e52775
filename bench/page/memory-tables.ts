import { cachedWaits } from '../../src/worker/cached-waits.js';
import type { OpenWaits } from '../memory/open-waits.js';
import { table } from '../schedules/tables.js';
import type { Pacing } from '../support/waits.js';
import { inPercent } from './fleet-tables.js';
import type { PageResults } from './results.js';

const CONTAINERS_MIB = [256, 512, 1_024, 2_048];

export function memoryTables({ memory }: PageResults): Record<string, string> {
  const { open } = memory.figures;
  return {
    memory: table(
      [
        'open waits',
        'pacing',
        'idle, MB',
        `after ${memory.parameters.open.seconds} s, MB`,
        'highest, MB',
        'started a second',
        'loaded anew',
        'CPU a call',
        'restart: first poll',
        'restart: full pace',
        'restart: highest, MB',
      ],
      open.map((each) => [
        each.waits.toLocaleString('en'),
        each.pacing,
        shown(each.idleMb),
        shown(each.residentMb),
        shown(each.highestMb),
        String(each.startsPerSecond),
        ...pollingCells(each.polling),
        inSeconds(each.recovery.firstPollS),
        inSeconds(each.recovery.fullPaceS),
        shown(each.recovery.highestMb),
      ]),
    ),
    containers: containerTable(),
  };
}

/** The share of workflow tasks that found no wait in memory, and what a call takes with that. */
function pollingCells({ missedShare, cpuMsPerCall }: OpenWaits['polling']): string[] {
  return [inPercent(missedShare), cpuMsPerCall === null ? 'not measured' : `${cpuMsPerCall.toFixed(1)} ms`];
}

function containerTable(): string {
  return table(
    ["the container's memory", 'waits kept in the cache'],
    CONTAINERS_MIB.map((mib) => [`${mib.toLocaleString('en')} MiB`, cachedWaits(mib * 2 ** 20).toLocaleString('en')]),
  );
}

/** The measurement with the most waits. */
export function largestOf(pacing: Pacing, open: readonly OpenWaits[]): OpenWaits | undefined {
  return open.filter((each) => each.pacing === pacing).toSorted((one, other) => other.waits - one.waits)[0];
}

function shown(mb: number | null): string {
  return mb?.toLocaleString('en') ?? 'not measured';
}

function inSeconds(seconds: number | null): string {
  return seconds === null ? 'not in time' : `${seconds.toFixed(1)} s`;
}
