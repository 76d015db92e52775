/**
 * `npm run explore`: random waits on a real Temporal server, steered at random, through faults, backlog and killed
 * workers; each is judged by what its task really did. A wait that ended wrongly is told as a story.
 *
 *   npm run explore -- [--seed 1] [--waits 200] [--seconds 60] [--rps 15] [--workers 2]
 *                      [--kill-every 20] [--kill-server] [--only 17]
 *
 * The same seed makes the same waits. Exits with 0 when nothing was wrong.
 */
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { judge } from '../test/explore/oracle.js';
import { observe, recordOf } from '../test/explore/real/observe.js';
import { type PlannedWait, planRun, type Trouble } from '../test/explore/real/plan.js';
import { playWait } from '../test/explore/real/play.js';
import { Stage } from '../test/explore/real/stage.js';
import { storyOf } from '../test/explore/story.js';
import { waitScripts } from '../test/explore/wait-script.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    waits: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    rps: { type: 'string', default: '15' },
    workers: { type: 'string', default: '2' },
    'kill-every': { type: 'string', default: '20' },
    'kill-server': { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
const [seed, waits, seconds, rps, workers, killEverySeconds] = [
  values.seed,
  values.waits,
  values.seconds,
  values.rps,
  values.workers,
  values['kill-every'],
].map(Number) as [number, number, number, number, number, number];

const say = (text: string) => process.stdout.write(`${text}\n`);
say(`seed ${seed}: ${waits} waits in ${seconds} s, ${rps} calls a second, ${workers} workers`);

const longestMs = Math.min(120_000, 500 * seconds);
const plan = planRun({
  seed,
  waits,
  seconds,
  killEverySeconds,
  killServer: values['kill-server'],
  scripts: waitScripts(longestMs),
});
const only = values.only === undefined ? plan.waits : plan.waits.filter(({ index }) => index === Number(values.only));
const stage = await Stage.set({ rps, workers });
let wrong = 0;
try {
  const beganAt = Date.now();
  const played = Promise.all(
    only.map((wait) => playWait(stage.client, stage.simulator, wait, beganAt, 4 * longestMs + 120_000)),
  );
  const troubled = Promise.all(plan.troubles.map((trouble) => bring(trouble, beganAt)));
  const all = await played;
  await troubled;
  const observed = await inTurn(all, (each) => observe(stage.client, stage.simulator, each));
  const longestQueueMs = Math.max(0, ...observed.map(({ recorded }) => recorded.longestQueueMs));
  const endings = new Map<string, number>();
  for (const each of observed) {
    const record = recordOf(each, stage.absences, longestQueueMs);
    const as = record.ending?.as ?? 'none';
    endings.set(as, (endings.get(as) ?? 0) + 1);
    const verdict = judge(record, { clockMs: 100, busyMs: 4_000 });
    if (verdict.length === 0) continue;
    wrong += 1;
    tell(each.played.planned, verdict, storyOf(record));
  }
  const stats = stage.simulator.stats();
  const spanS = (Math.max(...stage.simulator.calls.map(({ at }) => at)) - beganAt) / 1_000;
  say(`endings: ${[...endings].map(([as, count]) => `${as} ${count}`).join(', ')}`);
  say(
    `calls: ${stats.calls} (${(stats.calls / spanS).toFixed(1)} a second), ${stats.throttled} throttled, at most ${stats.maxPerSecond} in a second; longest time in the queue ${longestQueueMs} ms`,
  );
  say(
    wrong === 0
      ? 'Nothing was wrong.'
      : `${wrong} of ${only.length} waits were wrong; the workers' log is ${stage.logFile}`,
  );
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  await stage.close(wrong > 0);
}

async function bring({ atMs, does }: Trouble, beganAt: number): Promise<void> {
  await sleep(Math.max(0, beganAt + atMs - Date.now()));
  switch (does.kind) {
    case 'killWorker':
      return stage.killWorker(does.signal);
    case 'killServer':
      return stage.killServer();
    case 'fault':
      stage.simulator.fault(does.fault, does.scope);
  }
}

function tell({ index, taskId }: PlannedWait, verdict: readonly string[], story: string): void {
  say(
    `\n── wait ${index}, task ${taskId} ── again alone: npm run explore -- --seed ${seed} --waits ${waits} --seconds ${seconds} --only ${index}`,
  );
  for (const sentence of verdict) say(`✗ ${sentence}`);
  say(story);
}

async function inTurn<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}
