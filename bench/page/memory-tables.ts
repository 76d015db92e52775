import type { OpenWaits } from '../memory/open-waits.js';
import { table } from '../schedules/tables.js';
import { type Pacing, PACINGS } from '../support/waits.js';
import type { PageResults } from './results.js';

const CONTAINERS_MIB = [512, 1_024, 2_048, 4_096];
/** The rest is for peaks. */
const FILLED = 0.8;
const MB_PER_MIB = 2 ** 20 / 1e6;

export function memoryTables({ memory }: PageResults): Record<string, string> {
  const { open, leftBehind } = memory.figures;
  return {
    memory: table(
      [
        'open waits',
        'pacing',
        'idle, MB',
        `after ${memory.parameters.open.seconds} s, MB`,
        'highest, MB',
        'started a second',
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
        inSeconds(each.recovery.firstPollS),
        inSeconds(each.recovery.fullPaceS),
        shown(each.recovery.highestMb),
      ]),
    ),
    'left-behind': table(
      ['left behind', 'waits', 'polls measured', 'bytes of heap a poll', 'bytes resident a poll'],
      leftBehind.map((each) => [
        each.pacing,
        String(each.waits),
        each.polls.toLocaleString('en'),
        each.heapBytesPerPoll.toLocaleString('en'),
        each.residentBytesPerPoll.toLocaleString('en'),
      ]),
    ),
    containers: containerTable(open),
  };
}

function containerTable(open: readonly OpenWaits[]): string {
  const largest = PACINGS.map((pacing) => largestOf(pacing, open)).filter((each) => each !== undefined);
  return table(
    ["the container's memory", ...largest.map(({ pacing }) => `open waits, ${pacing}`)],
    CONTAINERS_MIB.map((mib) => [
      `${mib.toLocaleString('en')} MiB`,
      ...largest.map((each) => {
        const count = (FILLED * mib * MB_PER_MIB - (each.idleMb ?? NaN)) / mbPerWait(each);
        return count > 0 ? `about ${(Math.floor(count / 50) * 50).toLocaleString('en')}` : '–';
      }),
    ]),
  );
}

/** The measurement with the most waits: the fewer there are, the more of the memory is not for them. */
export function largestOf(pacing: Pacing, open: readonly OpenWaits[]): OpenWaits | undefined {
  return open.filter((each) => each.pacing === pacing).toSorted((one, other) => other.waits - one.waits)[0];
}

export function mbPerWait({ highestMb, idleMb, waits }: OpenWaits): number {
  return highestMb === null || idleMb === null ? NaN : (highestMb - idleMb) / waits;
}

function shown(mb: number | null): string {
  return mb?.toLocaleString('en') ?? 'not measured';
}

function inSeconds(seconds: number | null): string {
  return seconds === null ? 'not in time' : `${seconds.toFixed(1)} s`;
}
