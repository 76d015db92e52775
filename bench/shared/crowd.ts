import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../../test/support/stage.js';
import type { Say } from '../support/part.js';
import { cpuMsOf, residentMbOf } from '../support/process-usage.js';
import { startStage } from '../support/start-stage.js';
import { rounded } from '../support/statistics.js';
import { type Calls, type Lateness, type Pacing, type Rates, Side } from './side.js';

export interface CrowdParameters {
  readonly waits: number;
  /** How long to look at processes while nothing changes, with waits of both pacings at the same time; not at all if 0. */
  readonly quietSeconds: number;
  readonly endsPerSecond: number;
  readonly endSeconds: number;
}

/** CPU seconds a minute. */
interface Cpu {
  readonly worker: number | null;
  readonly server: number | null;
}

/** Thousands of shared waits. */
export interface Crowd {
  readonly waits: number;
  readonly startsPerSecond: number;
  readonly firstPollsS: number;
  readonly idle: Cpu;
  /** While all are open and nothing changes. */
  readonly quiet: Readonly<Record<Pacing, Cpu & { readonly calls: Calls }>> | null;
  readonly late: Lateness;
  /** While tasks ended. */
  readonly ending: Cpu & { readonly calls: Calls };
  readonly falseAlarms: number;
  readonly sweeps: number;
  readonly inconsistentSweeps: number;
  readonly steadyMb: number | null;
  readonly highestMb: number | null;
}

const SAMPLE_MS = 1_000;
/** From the first polls to the quiet time; waits make polls of their own five minutes after their first. */
const SETTLE_MS = 5_000;

/** Starts the waits, looks at them while nothing changes, and ends some of their tasks. */
export async function measureCrowd(parameters: CrowdParameters, rates: Rates, say: Say): Promise<Crowd> {
  const { waits, endsPerSecond, endSeconds } = parameters;
  const stage = await startStage();
  try {
    const side = await Side.start(stage, 'shared', rates);
    await sleep(3_000);
    const idle = await cpuDuring(stage, side, () => sleep(10_000));
    const memory = watchMemory(side);
    say(`${waits} shared waits: starting`);
    const beganAt = Date.now();
    await side.startWaits(waits);
    const startsPerSecond = waits / ((Date.now() - beganAt) / 1_000);
    const firstPolls = side.firstPollsMade().then(() => (Date.now() - beganAt) / 1_000);
    const quiet = parameters.quietSeconds > 0 ? await measureQuiet(stage, side, parameters, rates, say) : null;
    const firstPollsS = await firstPolls;
    await sleep(5_000);
    const steadyMb = memory.now();

    say(`${waits} shared waits: ${endsPerSecond} tasks end a second`);
    const endingAt = Date.now();
    const ending = await cpuDuring(stage, side, () => side.endTasks(endsPerSecond * endSeconds, endSeconds));
    const calls = side.calls(endingAt);
    const late = await side.lateness();
    return {
      waits,
      startsPerSecond: rounded(startsPerSecond, 1),
      firstPollsS: rounded(firstPollsS, 0),
      idle,
      quiet,
      late,
      ending: { ...ending, calls },
      falseAlarms: await side.sum('redis_task_watch_false_alarms_total'),
      sweeps: await side.sum('redis_task_watch_sweeps_total'),
      inconsistentSweeps: await side.sum('redis_task_watch_sweeps_total\\{.*"inconsistent".*\\}'),
      steadyMb,
      highestMb: memory.highest(),
    };
  } finally {
    await stage.close();
  }
}

/** The same minute for both pacings, each with a server of its own: whose CPU time it is can be told then. */
async function measureQuiet(
  stage: Stage,
  shared: Side,
  { waits, quietSeconds }: CrowdParameters,
  rates: Rates,
  say: Say,
) {
  const timersStage = await startStage();
  try {
    const timers = await Side.start(timersStage, 'timers', rates);
    say(`${waits} waits by timers: starting`);
    await timers.startWaits(waits);
    say(`${waits} waits of each pacing: first polls of the shared ones`);
    await shared.firstPollsMade();
    await sleep(SETTLE_MS);
    say(`${waits} waits of each pacing: ${quietSeconds} s in which nothing changes`);
    const fromMs = Date.now();
    const [cpuOfShared, cpuOfTimers] = await Promise.all([
      cpuDuring(stage, shared, () => sleep(quietSeconds * 1_000)),
      cpuDuring(timersStage, timers, () => sleep(quietSeconds * 1_000)),
    ]);
    return {
      shared: { ...cpuOfShared, calls: shared.calls(fromMs) },
      timers: { ...cpuOfTimers, calls: timers.calls(fromMs) },
    };
  } finally {
    await timersStage.close();
  }
}

async function cpuDuring(stage: Stage, { workers: [worker] }: Side, happens: () => Promise<unknown>): Promise<Cpu> {
  const pids = [worker?.process.pid, stage.serverPid];
  const before = pids.map(cpuMsOf);
  const fromMs = Date.now();
  await happens();
  const minutes = (Date.now() - fromMs) / 60_000;
  const [ofWorker = null, ofServer = null] = pids.map((pid, index) => {
    const [from, to] = [before[index] ?? null, cpuMsOf(pid)];
    return from === null || to === null ? null : rounded((to - from) / 1_000 / minutes);
  });
  return { worker: ofWorker, server: ofServer };
}

function watchMemory({ workers: [worker] }: Side) {
  let highest: number | null = null;
  const now = () => {
    const mb = residentMbOf(worker?.process.pid);
    return mb === null ? null : rounded(mb, 0);
  };
  const sampler = setInterval(() => {
    const mb = now();
    if (mb !== null) highest = Math.max(highest ?? 0, mb);
  }, SAMPLE_MS).unref();
  return {
    now,
    highest: () => {
      clearInterval(sampler);
      return highest;
    },
  };
}
