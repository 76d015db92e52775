import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatorCall } from '../src/testing/index.js';
import { definePart } from './support/part.js';
import { startStage } from './support/start-stage.js';
import { median, quantile, rounded } from './support/statistics.js';
import { gapsByWait, startWaits, taskIdsFrom } from './support/waits.js';

export interface FleetParameters {
  readonly waits: readonly number[];
  readonly rates: readonly number[];
  readonly workers: number;
  /** Between two polls of one wait, before it has to queue. */
  readonly intervalMs: number;
  /** How long each fleet is measured: at least so long, and at least for so many polls of each wait. */
  readonly seconds: number;
  readonly pollsPerWait: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** A fleet of waits that wants more calls than the account has. Gaps are between two polls of one wait. */
export interface Fleet {
  readonly waits: number;
  readonly rps: number;
  readonly calls: number;
  /** No schedule can poll more often: waits by calls a second, or the interval if that is longer. */
  readonly floorS: number;
  readonly gapMeanS: number;
  readonly gapMedianS: number;
  readonly gapP95S: number;
  readonly gapWorstS: number;
  readonly mostInASecond: number;
  readonly throttledShare: number;
  readonly budgetUsed: number;
  /** The worst gap of all by the median gap. */
  readonly unfairness: number;
}

export const fleet = definePart({
  about: 'many waits on one budget of calls',

  parametersFor: ({ quick, waits, rates, seconds, settings }): FleetParameters => ({
    waits: waits ?? (quick ? [20, 60] : [20, 100, 300, 1_000, 3_000]),
    rates: rates ?? (quick ? [15] : [15, 20]),
    workers: quick ? 1 : 2,
    intervalMs: 1_000,
    seconds: seconds ?? (quick ? 5 : 30),
    pollsPerWait: 3,
    settings,
  }),

  async measure(parameters, say): Promise<Fleet[]> {
    const fleets: Fleet[] = [];
    for (const waits of parameters.waits) {
      for (const rps of parameters.rates) {
        say(`${waits} waits at ${rps} calls a second`);
        fleets.push(await measureFleet(waits, rps, parameters));
      }
    }
    return fleets;
  },
});

async function measureFleet(waits: number, rps: number, parameters: FleetParameters): Promise<Fleet> {
  const { workers, intervalMs, seconds, pollsPerWait, settings } = parameters;
  const stage = await startStage({
    simulator: { keepCalls: 1_000_000 },
    settings: { REDIS_TASK_API_RPS: String(rps), ...settings },
  });
  try {
    await Promise.all(Array.from({ length: workers }, () => stage.readyWorker()));
    const polling = { initialInterval: intervalMs, maximumInterval: intervalMs };
    const taskIds = taskIdsFrom(1, waits);
    await startWaits(stage.client, stage.simulator, { taskIds, taskQueue: 'redis-task', polling });
    const floorS = Math.max(waits / rps, intervalMs / 1_000);
    // Past the first poll of each.
    await sleep(1_000 * (1 + floorS));
    const fromMs = Date.now();
    await sleep(1_000 * Math.max(seconds, pollsPerWait * floorS));
    const toMs = Date.now();
    const { maxPerSecond: mostInASecond } = stage.simulator.stats();
    const calls = stage.simulator.calls.filter(({ at }) => at < toMs);
    return { waits, rps, floorS: rounded(floorS), ...describeCalls(calls, fromMs, toMs, rps), mostInASecond };
  } finally {
    await stage.close();
  }
}

function describeCalls(calls: readonly SimulatorCall[], fromMs: number, toMs: number, rps: number) {
  const inTime = calls.filter(({ at }) => at >= fromMs);
  const gaps = gapsByWait(inTime).flat();
  // A wait that is not polled at all any more has a gap, too.
  const lastPolls = new Map(calls.map(({ taskId, at }) => [taskId, at]));
  const openGaps = [...lastPolls.values()].map((at) => (toMs - at) / 1_000);
  const worst = Math.max(...gaps, ...openGaps);
  const throttled = inTime.filter(({ outcome }) => outcome.startsWith('RequestLimitExceeded')).length;
  return {
    calls: inTime.length,
    gapMeanS: rounded((lastPolls.size * (toMs - fromMs)) / 1_000 / inTime.length),
    gapMedianS: rounded(median(gaps)),
    gapP95S: rounded(quantile(gaps, 0.95)),
    gapWorstS: rounded(worst),
    throttledShare: rounded(throttled / inTime.length, 4),
    budgetUsed: rounded((inTime.length * 1_000) / (rps * (toMs - fromMs)), 3),
    unfairness: rounded(worst / median(gaps)),
  };
}
