/**
 * What it costs a test to let a pipeline wait for an hour, with the stub of the test kit.
 *
 *   node scripts/with-project.mjs --import tsx bench/stub.ts [--rounds 30] [--write]
 *
 * `--write` brings docs/maintainers/performance.md up to date.
 */
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { RedisTaskResult } from 'temporal-tencent-redis';
// What is published: the loader that runs this file makes functions slower than they are.
import { RedisApiSimulator, stubAwaitRedisTask } from 'temporal-tencent-redis/testing';
import { findTestServer } from '../test/support/test-server.js';
import { table, withTables } from './schedules/tables.js';
import { median } from './support/statistics.js';

const PAGE = new URL('../docs/maintainers/performance.md', import.meta.url);
const HOUR_MS = 3_600_000;
const QUEUE = 'pipelines';

const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '30' }, write: { type: 'boolean', default: false } },
});
const logger = new DefaultLogger('ERROR');
Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR' } } });

const startedAt = performance.now();
const executable = { type: 'existing-path', path: await findTestServer() } as const;
const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
const simulator = await RedisApiSimulator.start();
const waits = await stubAwaitRedisTask(env, {}, { simulator });
const workflowsPath = fileURLToPath(new URL('../test/stub/workflows.ts', import.meta.url));
const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
const pipelines = await Worker.create({ connection: env.nativeConnection, taskQueue: QUEUE, workflowBundle });
const run = pipelines.run();
const startMs = performance.now() - startedAt;

let polls = 0;
const scripted = await rounds((taskId) => waits.script({ [taskId]: { after: '1h' } }));
const simulated = await rounds((taskId) =>
  simulator.addTask(taskId, { timeline: [{ status: 'running', forMs: HOUR_MS }, { status: 'succeed' }] }),
);

pipelines.shutdown();
await run;
await waits.stop();
await simulator.close();
await env.teardown();

const rows = [
  ['a wait of one hour, for a scripted task', ...inWords(scripted)],
  ['a wait of one hour, for a task of the simulator', ...inWords(simulated)],
  ['once: the server, and the bundles of stub and pipeline', `${Math.round(startMs)} ms`, ''],
];
const figures = { stub: table([`${polls} polls in an hour`, 'median', 'slowest'], rows) };
if (flags.write) await writeFile(PAGE, withTables(await readFile(PAGE, 'utf8'), figures));
else process.stdout.write(figures.stub);

/** How long each pipeline takes, in milliseconds. @param create - adds the task that it waits for */
async function rounds(create: (taskId: number) => void): Promise<number[]> {
  const times: number[] = [];
  for (let round = 1; round <= Number(flags.rounds); round += 1) {
    const taskId = waits.inputs.length + 1;
    create(taskId);
    const began = performance.now();
    const result = await env.client.workflow.execute<(input: object) => Promise<RedisTaskResult>>('childParent', {
      taskQueue: QUEUE,
      workflowId: randomUUID(),
      args: [{ taskId, region: 'ap-guangzhou' }],
    });
    times.push(performance.now() - began);
    if (result.waitedMs < HOUR_MS) throw new Error(`The wait took ${result.waitedMs} ms only`);
    polls = result.polls;
  }
  return times;
}

function inWords(times: readonly number[]): [median: string, slowest: string] {
  return [`${Math.round(median(times))} ms`, `${Math.round(Math.max(...times))} ms`];
}
