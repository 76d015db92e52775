/**
 * How a fleet of workers keeps the API's budget: many waits at once, several worker processes, and an API that refuses
 * the 21st call of a clock second.
 *
 *   node --import tsx bench/budget.ts [--waits 300] [--workers 2] [--rps 15] [--seconds 60]
 */
import { parseArgs } from 'node:util';
import type { SimulatorCall } from '../src/testing/index.js';
import { exitOnSignals } from '../test/support/processes.js';
import { Stage } from '../test/support/stage.js';

const { values: flags } = parseArgs({
  options: {
    waits: { type: 'string', default: '300' },
    workers: { type: 'string', default: '2' },
    rps: { type: 'string', default: '15' },
    seconds: { type: 'string', default: '60' },
  },
});
const [waits, workers, rps, seconds] = [flags.waits, flags.workers, flags.rps, flags.seconds].map(Number) as [
  number,
  number,
  number,
  number,
];

exitOnSignals();
const stage = await Stage.start({ settings: { REDIS_TASK_API_RPS: String(rps) } });
const { simulator, client } = stage;
const taskIds = Array.from({ length: waits }, (_, index) => index + 1);
for (const taskId of taskIds) simulator.addTask(taskId, { timeline: [{ status: 'running' }] });
for (let count = 0; count < workers; count += 1) stage.startWorker();

const handles = await Promise.all(
  taskIds.map((taskId) =>
    client.workflow.start('awaitRedisTask', {
      taskQueue: 'redis-task',
      workflowId: `budget-${taskId}`,
      args: [{ taskId, region: 'ap-guangzhou' }],
    }),
  ),
);
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const calls = [...simulator.calls];
const stats = simulator.stats();
for (const taskId of taskIds) simulator.setTask(taskId, { status: 'succeed' });
// One that has just ended takes no signal any more.
await Promise.allSettled(handles.map((handle) => handle.signal('pollNow')));
const ended = await Promise.allSettled(handles.map((handle) => handle.result()));

const spanS = ((calls.at(-1)?.at ?? 0) - (calls[0]?.at ?? 0)) / 1000;
const longestGapS = Math.max(
  ...taskIds.map((taskId) => longestGap(calls.filter((call) => call.taskId === String(taskId)))),
);
const rows: [string, string][] = [
  ['waits at once / worker processes / calls a second allowed', `${waits} / ${workers} / ${rps}`],
  ['calls', String(calls.length)],
  ['throttled', `${stats.throttled} (${((100 * stats.throttled) / calls.length).toFixed(2)} %)`],
  ['most calls in a clock second', String(stats.maxPerSecond)],
  [
    'budget used',
    `${((100 * calls.length) / (rps * spanS)).toFixed(0)} % of ${rps} a second, over ${spanS.toFixed(0)} s`,
  ],
  ['longest gap between two polls of one wait', `${longestGapS.toFixed(1)} s`],
  ['waits that ended as succeeded', `${ended.filter(({ status }) => status === 'fulfilled').length} of ${waits}`],
];
for (const [name, value] of [['', ''], ['---', '---'], ...rows]) process.stdout.write(`| ${name} | ${value} |\n`);

await stage.close();

function longestGap(polls: readonly SimulatorCall[]): number {
  const gaps = polls.slice(1).map(({ at }, index) => at - (polls[index]?.at ?? at));
  return Math.max(0, ...gaps) / 1000;
}
