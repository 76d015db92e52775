/**
 * `npm run chaos`: many waits on a real Temporal server, against an API that goes wrong in every way the simulator
 * knows, while workers and the server are killed. Then every wait is judged by the server's own record of it.
 *
 *   npm run chaos -- --waits 500 --seconds 120 [--seed 1] [--rps 15] [--workers 2] [--faults 0.3]
 *                    [--kill-every 10] [--no-kill-server] [--drain 90]
 *
 * Exits with 0 when nothing was lost, stuck, wrong or doubled.
 */
import { setMaxListeners } from 'node:events';
import process from 'node:process';
import { createDice } from './dice.js';
import { type ChaosFlags, readFlags } from './flags.js';
import { showProgress } from './progress.js';
import { countWaits } from './record.js';
import { anomaliesOf, isClean, tableOf } from './report.js';
import { runChaos } from './run.js';
import { setStage, type Stage } from './stage.js';

const interrupted = new AbortController();
// Every wait that is played listens to it.
setMaxListeners(0, interrupted.signal);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
const say = (text: string) => process.stdout.write(`${text}\n`);

const flags = readFlagsOrExit();
const stage = await setStage(flags, createDice(flags.seed + 2));
let clean = false;
try {
  clean = await play(stage, flags);
  process.exitCode = clean ? 0 : 1;
} catch (error) {
  if (!interrupted.signal.aborted) throw error;
  process.exitCode = 130;
} finally {
  await stage.close(!clean && !interrupted.signal.aborted);
}

async function play(on: Stage, how: ChaosFlags): Promise<boolean> {
  say(`Temporal ${on.server.address} · simulator of the API ${on.simulator.url} · workers' log ${on.logFile}`);
  const startedAt = Date.now();
  const progress = showProgress(process.stdout, () => progressLine(on, startedAt));
  const outcome = await runChaos(on, how, interrupted.signal).finally(() => progress.stop());
  say(`\n${tableOf(outcome)}\n`);
  for (const anomaly of anomaliesOf(outcome)) say(anomaly);
  return isClean(outcome);
}

async function progressLine({ client, simulator, fleet, server }: Stage, startedAt: number): Promise<string> {
  const { running, ended } = await countWaits(client);
  const { calls, throttled } = simulator.stats();
  const kills = fleet.kills.SIGKILL + fleet.kills.SIGTERM;
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  return `${seconds} s · waits: ${running} running, ${ended} ended · calls: ${calls}, ${throttled} throttled · killed: ${kills} workers, ${server.kills} servers`;
}

function readFlagsOrExit(): ChaosFlags {
  try {
    return readFlags(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
}
