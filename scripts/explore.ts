/**
 * `npm run explore`: random waits on a real Temporal server, steered at random, through faults, backlog and killed
 * workers. Each is judged by what its task really did. A wait that went wrong is told as a story.
 *
 *   npm run explore -- [--seed 1] [--waits 200] [--seconds 60] [--rps 15] [--workers 2] [--faults 0.3]
 *                      [--kill-every 20] [--kill-server] [--only 17]
 *
 * `--faults` is the share of all calls that go wrong, `--kill-every 0` kills no worker. The same seed makes the same
 * waits. Exits with 0 when nothing was wrong.
 */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { judge } from '../test/explore/oracle.js';
import { figuresOf } from '../test/explore/real/figures.js';
import { findings } from '../test/explore/real/findings.js';
import { observe, recordOf } from '../test/explore/real/observe.js';
import { planRun, type Trouble } from '../test/explore/real/plan.js';
import { playWait } from '../test/explore/real/play.js';
import { ExplorerStage } from '../test/explore/real/stage.js';
import { storyOf } from '../test/explore/story.js';
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
    'kill-server': { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const numberOf = (flag: 'seed' | 'waits' | 'seconds' | 'rps' | 'workers' | 'faults' | 'kill-every') => {
  const value = Number(values[flag]);
  if (!(value >= 0)) throw new TypeError(`--${flag} must be a number, not ${values[flag]}`);
  return value;
};
const [seed, waits, seconds, rps] = [numberOf('seed'), numberOf('waits'), numberOf('seconds'), numberOf('rps')];
const [workers, faults] = [numberOf('workers'), numberOf('faults')];
const run = `${seconds} s, ${workers} workers, ${rps} calls a second, ${100 * faults} % faults, seed ${seed}`;
const say = (text: string) => process.stdout.write(`${text}\n`);
say(`${waits} waits: ${run}`);
exitOnSignals();

const longestMs = Math.min(120_000, 500 * seconds);
const plan = planRun({
  ...{ seed, waits, seconds, faults, scripts: waitScripts(longestMs) },
  ...{ killEverySeconds: numberOf('kill-every'), killServer: values['kill-server'] },
});
const only = values.only === undefined ? plan.waits : plan.waits.filter(({ index }) => index === Number(values.only));

const stage = await ExplorerStage.start({
  // The real API refuses the 21st call of a second.
  simulator: { requestsPerSecond: 20, keepCalls: 1_000_000 },
  settings: { REDIS_TASK_API_RPS: String(rps) },
});
let wrong = 0;
try {
  const fleet = Array.from({ length: workers }, () => stage.addWorker());
  await Promise.all(fleet.map((worker) => worker.prints('Waiting for Redis tasks')));
  const beganAt = Date.now();
  // Nobody moves a deadline further than this.
  const limitMs = 2.2 * longestMs + 120_000;
  const [played] = await Promise.all([
    Promise.all(only.map((wait) => playWait(stage.client, stage.simulator, wait, beganAt, limitMs))),
    Promise.all(plan.troubles.map((trouble) => bring(trouble, beganAt))),
  ]);
  const observed = await observe(stage, played);
  const longestQueueMs = Math.max(0, ...observed.map(({ recorded }) => recorded.longestQueueMs));
  const records = observed.map((each) => {
    const record = recordOf(each, stage.absences, longestQueueMs, stage.callEnds);
    const verdict = [
      ...judge(record, { clockMs: 100, busyMs: 4_000 }),
      ...findings(each, stage.callEnds, stage.absences),
    ];
    if (verdict.length > 0) {
      wrong += 1;
      const { index, taskId } = each.played.planned;
      say(`\n── wait ${index}, task ${taskId} ── again alone: the same flags, --seed ${seed} --only ${index}`);
      for (const sentence of verdict) say(`✗ ${sentence}`);
      say(storyOf(record));
    }
    return record;
  });
  say(`\n${figuresOf(stage, run, records, wrong)}\n`);
  if (wrong > 0 || stage.unexpectedExits > 0) say(`The workers' log is ${stage.logFile}`);
  process.exitCode = wrong + stage.unexpectedExits === 0 ? 0 : 1;
} finally {
  await stage.close({ keepLog: wrong + stage.unexpectedExits > 0 });
}
// A wait that is stuck is still asked for its result.
process.exit();

async function bring({ atMs, does }: Trouble, beganAt: number): Promise<void> {
  await sleep(Math.max(0, beganAt + atMs - Date.now()));
  switch (does.kind) {
    case 'killWorker':
      return stage.killWorker(does.signal);
    case 'killServer':
      return stage.restartServer();
    case 'fault':
      stage.simulator.fault(does.fault, does.scope);
  }
}
