/**
 * `npm run explore`: random waits and changes on a real Temporal server, steered at random, through faults, backlog and
 * killed workers. Each wait is judged by what its task really did, each change by what the API has executed. One that went
 * wrong is told as a story.
 *
 *   npm run explore -- [--seed 1] [--waits 200] [--changes 50] [--seconds 60] [--rps 15] [--workers 2] [--faults 0.3]
 *                      [--kill-every 20] [--kill-server] [--parents 0.5] [--shared 0.5] [--continue-after 30]
 *                      [--only 17 | --only change-17]
 *
 * `--faults` is the share of all calls that go wrong, `--kill-every 0` kills no worker. `--parents` is the share of waits
 * that are started by a parent, which is cancelled, terminated and reset; with 0 no wait is reset either. `--shared` is the
 * share of waits with `pacing: "shared"`: the list of tasks goes wrong too, and the watch is terminated as often as a worker
 * is killed. With changes, workers and the server are killed while one is submitted; `--kill-server` kills it every two
 * minutes, and at least once. The server suggests to continue as new after `--continue-after` events, so that longer waits do. The same seed makes the same waits.
 * Exits with 0 when nothing was wrong.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { planChanges } from '../test/explore/real/changes/plan.js';
import { ExploredChanges, settingsFor } from '../test/explore/real/changes/run.js';
import { planRun } from '../test/explore/real/plan.js';
import { playAndJudge } from '../test/explore/real/run.js';
import { ExplorerStage } from '../test/explore/real/stage.js';
import { createParentsWorker } from '../test/explore/real/starter.js';
import { waitScripts } from '../test/explore/wait-script.js';
import { exitOnSignals } from '../test/support/processes.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    waits: { type: 'string', default: '200' },
    changes: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '60' },
    rps: { type: 'string', default: '15' },
    workers: { type: 'string', default: '2' },
    faults: { type: 'string', default: '0' },
    'kill-every': { type: 'string', default: '20' },
    parents: { type: 'string', default: '0.5' },
    shared: { type: 'string', default: '0.5' },
    'continue-after': { type: 'string', default: '30' },
    'kill-server': { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const numberOf = (flag: Exclude<keyof typeof values, 'kill-server' | 'only'>) => {
  const value = Number(values[flag]);
  if (!(value >= 0)) throw new TypeError(`--${flag} must be a number, not ${values[flag]}`);
  return value;
};
const [seed, waits, seconds, rps] = [numberOf('seed'), numberOf('waits'), numberOf('seconds'), numberOf('rps')];
const [workers, faults] = [numberOf('workers'), numberOf('faults')];
const [parents, shared, changes] = [numberOf('parents'), numberOf('shared'), numberOf('changes')];
const about = `${seconds} s, ${workers} workers, ${rps} calls a second, ${100 * faults} % faults, ${100 * parents} % parents, ${100 * shared} % shared, seed ${seed}`;
process.stdout.write(`${waits} waits, ${changes} changes: ${about}\n`);
exitOnSignals();

const longestMs = Math.min(120_000, 500 * seconds);
const plan = planRun({
  ...{ seed, waits, seconds, faults, parents, shared, changes, scripts: waitScripts(longestMs) },
  ...{ killEverySeconds: numberOf('kill-every'), killServer: values['kill-server'] },
});
const isAsked = (name: string) => values.only === undefined || values.only === name;
const onlyWaits = plan.waits.filter(({ index }) => isAsked(String(index)));
const onlyChanges = planChanges(seed, changes, seconds).filter(({ key }) => isAsked(key));
const secrets = await mkdtemp(path.join(tmpdir(), 'redis-task-secrets-'));
await ExploredChanges.writeSecrets(secrets, onlyChanges);

// That parents fail with their waits is no news.
Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
const stage = await ExplorerStage.start({
  server: {
    extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${numberOf('continue-after')}`],
  },
  // The real API refuses the 21st call of a second.
  simulator: { requestsPerSecond: 20, keepCalls: 1_000_000 },
  settings: { REDIS_TASK_API_RPS: String(rps), ...settingsFor(secrets) },
});
let wrong = 0;
try {
  if (parents > 0) await stage.runWorker(createParentsWorker);
  const fleet = Array.from({ length: workers }, () => stage.addWorker());
  await Promise.all(fleet.map((worker) => worker.prints('Waiting for Redis tasks')));
  const again = (what: number | string) => `the same flags, --seed ${seed} --only ${what}`;
  const explored = new ExploredChanges(stage, onlyChanges);
  const happenings = [{ atMs: 0, happen: () => explored.play() }];
  wrong = await playAndJudge(stage, { ...plan, waits: onlyWaits }, { longestMs, about, again, happenings });
  if (onlyChanges.length > 0) wrong += await explored.judge(again);
  process.exitCode = wrong + stage.unexpectedExits === 0 ? 0 : 1;
} catch (error) {
  // At once: requests that meet the closed connection end this process with an error of their own.
  console.error(error);
  process.exitCode = 1;
  wrong = Infinity;
} finally {
  await stage.close({ keepLog: wrong + stage.unexpectedExits > 0 });
  await rm(secrets, { recursive: true });
}
// A wait that is stuck is still asked for its result.
process.exit();
