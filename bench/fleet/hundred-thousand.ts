import { modelFleet } from './model.js';

/** The fleet of the paper exercise. */
export const LARGE_FLEET = { waits: 100_000, intervalS: 60, jitter: 0.1 } as const;

export const LARGE_FLEET_CALLS_PER_SECOND = LARGE_FLEET.waits / LARGE_FLEET.intervalS;

/** Long enough to be past the start. */
const PLAYED = { fromS: 300, seconds: 300 };

/** What more accounts bring than the least that can carry the load. */
const HEADROOMS = [1, 1.1, 1.25, 1.5];

/** The large fleet, divided among accounts that are all alike. */
export interface Division {
  readonly accounts: number;
  readonly waitsEach: number;
  /** The calls that the waits want, by those that the account allows. */
  readonly load: number;
  readonly queued: Readonly<Record<number, { readonly medianS: number; readonly p95S: number }>>;
}

/** @param partitions - of the task queue, each number of them for comparison */
export function divideLargeFleet(rps: number, overheadS: number, partitions: readonly number[]): Division[] {
  return HEADROOMS.map((headroom) => {
    const accounts = Math.ceil((headroom * LARGE_FLEET_CALLS_PER_SECOND) / rps);
    const waitsEach = Math.ceil(LARGE_FLEET.waits / accounts);
    const queuedIn = (count: number) => {
      const fleet = { ...LARGE_FLEET, ...PLAYED, waits: waitsEach, rps, overheadS, partitions: count };
      const model = modelFleet(fleet);
      return { medianS: model.queuedMedianS, p95S: model.queuedP95S };
    };
    return {
      ...{ accounts, waitsEach },
      load: waitsEach / LARGE_FLEET.intervalS / rps,
      queued: Object.fromEntries(partitions.map((count) => [count, queuedIn(count)])),
    };
  });
}
