import { setTimeout as sleep } from 'node:timers/promises';
import { freeAddress, type WorkerProcess } from '../../test/support/processes.js';
import type { Stage } from '../../test/support/stage.js';
import type { Say } from '../support/part.js';
import { cpuMsOf, residentMbOf } from '../support/process-usage.js';
import { startStage } from '../support/start-stage.js';
import { rounded } from '../support/statistics.js';
import { type Pacing, startWaits, taskIdsFrom } from '../support/waits.js';

export interface OpenWaitsParameters {
  /** From the start of the last wait. */
  readonly seconds: number;
  readonly sampleSeconds: number;
  readonly rps: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** The worker process with so many waits open at once, which poll at the default schedule. */
export interface OpenWaits {
  readonly pacing: Pacing;
  readonly waits: number;
  readonly startsPerSecond: number;
  readonly idleMb: number | null;
  /** At the end, before the restart. */
  readonly residentMb: number | null;
  readonly highestMb: number | null;
  /** Seconds since the first wait was started, and megabytes. */
  readonly samples: readonly (readonly [seconds: number, residentMb: number])[];
  readonly polling: Polling;
  readonly recovery: Recovery;
}

/** From the start of the last wait to the end. */
export interface Polling {
  readonly calls: number;
  /** Of the workflow tasks, how many found no wait in memory and had to replay it. */
  readonly missedShare: number;
  /** Of the worker process, for each call. */
  readonly cpuMsPerCall: number | null;
}

/** A worker killed and replaced by one that has no wait in memory. Seconds since the start of the new process. */
export interface Recovery {
  readonly firstPollS: number | null;
  /** When calls came again at nine tenths of the rate before; null if that took too long. */
  readonly fullPaceS: number | null;
  readonly highestMb: number | null;
}

const LONGEST_RECOVERY_S = 120;
const PACE_WINDOW_S = 3;

export async function measureOpenWaits(
  pacing: Pacing,
  waits: number,
  { seconds, sampleSeconds, rps, settings }: OpenWaitsParameters,
  say: Say,
): Promise<OpenWaits> {
  const stage = await startStage({
    simulator: { keepCalls: 1_000_000 },
    settings: { REDIS_TASK_API_RPS: String(rps), ...settings },
  });
  try {
    const http = await freeAddress();
    const worker = await stage.readyWorker({ REDIS_TASK_HTTP: http });
    await sleep(1_000);
    const idleMb = inMb(worker);
    const beganAt = Date.now();
    const samples: [number, number][] = [];
    const sampler = setInterval(() => {
      const residentMb = inMb(worker);
      if (residentMb !== null) samples.push([rounded((Date.now() - beganAt) / 1_000, 1), residentMb]);
    }, sampleSeconds * 1_000);
    say(`${waits} waits, ${pacing}: starting`);
    await startWaits(stage.client, stage.simulator, {
      taskIds: taskIdsFrom(1, waits),
      taskQueue: 'redis-task',
      pacing,
    });
    const startedIn = (Date.now() - beganAt) / 1_000;
    say(`${waits} waits, ${pacing}: polling for ${seconds} s`);
    const before = await countersOf(stage, worker, http);
    await sleep(seconds * 1_000);
    clearInterval(sampler);
    const residentMb = inMb(worker);
    const after = await countersOf(stage, worker, http);
    say(`${waits} waits, ${pacing}: restart`);
    return {
      ...{ pacing, waits, idleMb, residentMb, samples },
      startsPerSecond: rounded(waits / startedIn, 0),
      highestMb: highest([residentMb, ...samples.map(([, mb]) => mb)]),
      polling: describePolling(before, after),
      recovery: await measureRecovery(stage, worker),
    };
  } finally {
    await stage.close();
  }
}

/** What has added up so far. */
interface Counters {
  readonly calls: number;
  readonly cpuMs: number | null;
  readonly hits: number;
  readonly misses: number;
}

async function countersOf(stage: Stage, worker: WorkerProcess, http: string): Promise<Counters> {
  const page = await (await fetch(`http://${http}/metrics`)).text();
  const sumOf = (metric: string) =>
    [...page.matchAll(new RegExp(`^temporal_${metric}\\{.*\\} (\\S+)$`, 'gm'))].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  return {
    calls: stage.simulator.calls.length,
    cpuMs: cpuMsOf(worker.pid),
    hits: sumOf('sticky_cache_hit_total'),
    misses: sumOf('sticky_cache_miss_total'),
  };
}

function describePolling(before: Counters, after: Counters): Polling {
  const grown = (counter: 'calls' | 'hits' | 'misses') => after[counter] - before[counter];
  const calls = grown('calls');
  return {
    calls,
    missedShare: rounded(grown('misses') / (grown('hits') + grown('misses'))),
    cpuMsPerCall:
      before.cpuMs === null || after.cpuMs === null ? null : rounded((after.cpuMs - before.cpuMs) / calls, 1),
  };
}

async function measureRecovery(stage: Stage, worker: WorkerProcess): Promise<Recovery> {
  const paceBefore = callsSince(stage, Date.now() - 10_000) / 10;
  await worker.kill();
  const restartedAt = Date.now();
  const restarted = stage.startWorker();
  const since = () => rounded((Date.now() - restartedAt) / 1_000, 1);
  let fullPaceS: number | null = null;
  let highestMb: number | null = null;
  while (fullPaceS === null && since() < LONGEST_RECOVERY_S) {
    await sleep(100);
    highestMb = highest([highestMb, inMb(restarted)]);
    const from = Math.max(restartedAt, Date.now() - PACE_WINDOW_S * 1_000);
    if (callsSince(stage, from) >= 0.9 * paceBefore * PACE_WINDOW_S) fullPaceS = since();
  }
  const first = stage.simulator.calls.find(({ at }) => at > restartedAt);
  return { firstPollS: first ? rounded((first.at - restartedAt) / 1_000) : null, fullPaceS, highestMb };
}

function callsSince(stage: Stage, at: number): number {
  return stage.simulator.calls.filter((call) => call.at >= at).length;
}

function inMb(worker: WorkerProcess): number | null {
  const residentMb = residentMbOf(worker.pid);
  return residentMb === null ? null : rounded(residentMb, 0);
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((each) => each !== null);
  return known.length > 0 ? Math.max(...known) : null;
}
