/**
 * `npm run explore`: random waits on a real Temporal server, steered at random, through faults, backlog and killed
 * workers. Each is judged by what its task really did. A wait that went wrong is told as a story.
 *
 *   npm run explore -- [--seed 1] [--waits 200] [--seconds 60] [--rps 15] [--workers 2] [--faults 0.3]
 *                      [--kill-every 20] [--kill-server] [--parents 0.5] [--shared 0.5] [--continue-after 30] [--only 17]
 *
 * `--faults` is the share of all calls that go wrong, `--kill-every 0` kills no worker. `--parents` is the share of waits
 * that are started by a parent, which is cancelled, terminated and reset; with 0 no wait is reset either. `--shared` is the
 * share of waits with `pacing: "shared"`: the list of tasks goes wrong too, and the watch is terminated as often as a worker
 * is killed. The server suggests to continue as new after `--continue-after` events, so that longer waits do. The same seed makes the same waits.
 * Exits with 0 when nothing was wrong.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
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
const [parents, shared] = [numberOf('parents'), numberOf('shared')];
const about = `${seconds} s, ${workers} workers, ${rps} calls a second, ${100 * faults} % faults, ${100 * parents} % parents, ${100 * shared} % shared, seed ${seed}`;
process.stdout.write(`${waits} waits: ${about}\n`);
exitOnSignals();

const longestMs = Math.min(120_000, 500 * seconds);
const plan = planRun({
  ...{ seed, waits, seconds, faults, parents, shared, scripts: waitScripts(longestMs) },
  ...{ killEverySeconds: numberOf('kill-every'), killServer: values['kill-server'] },
});
const only = values.only === undefined ? plan.waits : plan.waits.filter(({ index }) => index === Number(values.only));

// That parents fail with their waits is no news.
Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });
const stage = await ExplorerStage.start({
  server: {
    extraArgs: ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${numberOf('continue-after')}`],
  },
  // The real API refuses the 21st call of a second.
  simulator: { requestsPerSecond: 20, keepCalls: 1_000_000 },
  settings: { REDIS_TASK_API_RPS: String(rps) },
});
let wrong = 0;
try {
  if (parents > 0) await stage.runWorker(createParentsWorker);
  const fleet = Array.from({ length: workers }, () => stage.addWorker());
  await Promise.all(fleet.map((worker) => worker.prints('Waiting for Redis tasks')));
  const again = (index: number) => `the same flags, --seed ${seed} --only ${index}`;
  wrong = await playAndJudge(stage, { ...plan, waits: only }, { longestMs, about, again });
  process.exitCode = wrong + stage.unexpectedExits === 0 ? 0 : 1;
} catch (error) {
  // At once: requests that meet the closed connection end this process with an error of their own.
  console.error(error);
  process.exitCode = 1;
  wrong = Infinity;
} finally {
  await stage.close({ keepLog: wrong + stage.unexpectedExits > 0 });
}
// A wait that is stuck is still asked for its result.
process.exit();
