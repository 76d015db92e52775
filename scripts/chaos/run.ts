import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallWatch, watchCalls } from './call-watch.js';
import { playClient, type StartedWait } from './client-acts.js';
import { createDice } from './dice.js';
import { dealFates } from './fates.js';
import type { ChaosFlags } from './flags.js';
import { countRuns, countWaits, readRecord } from './record.js';
import type { ChaosOutcome } from './report.js';
import type { Stage } from './stage.js';
import { isGivenUp, judge, type JudgedWait } from './verdict.js';
import { startWeather, type Weather } from './weather.js';

/** A run: faults and kills while the clients work, then clear sky until everything has ended, then the judgement. */
export async function runChaos(stage: Stage, flags: ChaosFlags, stop: AbortSignal): Promise<ChaosOutcome> {
  const { simulator, server, fleet } = stage;
  const calls = watchCalls(simulator);
  const weather = startWeather(simulator, flags.faults, createDice(flags.seed + 1));
  const waits = await playThrough(stage, flags, weather, stop);
  const drainedMs = await untilAllEnded(stage, flags, stop);
  const judged = await judgeAll(stage, waits, calls);

  const overlaps = calls.overlaps();
  return {
    flags,
    cores: os.cpus().length,
    load: os.loadavg()[0] ?? 0,
    waits: judged,
    stats: simulator.stats(),
    faults: weather.counts(),
    kills: fleet.kills,
    deserters: fleet.deserters,
    serverKills: server.kills,
    serverAwayMs: server.awayMs,
    overlaps: overlaps.filter((overlap) => !isGivenUp(overlap)),
    givenUp: overlaps.filter(isGivenUp).length,
    drainedMs,
  };
}

/** Ends when the time is up and every wait has been started and dealt with. */
async function playThrough(
  stage: Stage,
  flags: ChaosFlags,
  weather: Weather,
  stop: AbortSignal,
): Promise<readonly StartedWait[]> {
  const fates = dealFates(flags.waits, flags.seconds, createDice(flags.seed));
  const runMs = 1_000 * flags.seconds;
  const timeIsUp = sleep(runMs, undefined, { signal: stop });
  const killings = Math.ceil(flags.seconds / flags.killEvery) - 1;
  const [waits] = await Promise.all([
    playClient({ ...stage, weather, stop }, fates),
    killWorkers(stage, killings, 1_000 * flags.killEvery, stop),
    flags.killServer && sleep(runMs / 2, undefined, { signal: stop }).then(() => stage.server.killAndRevive()),
    timeIsUp.then(() => weather.end()),
  ]);
  return waits;
}

async function killWorkers({ fleet }: Stage, times: number, everyMs: number, stop: AbortSignal): Promise<void> {
  for (let kill = 0; kill < times; kill += 1) {
    await sleep(everyMs, undefined, { signal: stop });
    fleet.killOne();
  }
}

/** How long it took; undefined when some are left. */
async function untilAllEnded({ client }: Stage, flags: ChaosFlags, stop: AbortSignal): Promise<number | undefined> {
  const since = Date.now();
  while (Date.now() - since < 1_000 * flags.drain) {
    const { running, ended } = await countWaits(client);
    if (running === 0 && ended >= flags.waits) return Date.now() - since;
    await sleep(250, undefined, { signal: stop });
  }
  return undefined;
}

async function judgeAll({ client }: Stage, waits: readonly StartedWait[], calls: CallWatch): Promise<JudgedWait[]> {
  const runs = await countRuns(client);
  const judged: JudgedWait[] = [];
  for (const wait of waits) {
    const record = await readRecord(client, wait.workflowId, runs.get(wait.workflowId) ?? 0);
    const verdict = judge(wait, record, calls.answersFor(wait.fate.taskId));
    judged.push({ wait, record, verdict });
  }
  return judged;
}
