/**
 * Measures what each way to wait costs, and prints the figures of docs/choosing.md: events in the histories, and API calls
 * when three callers wait for one task. Everything runs on a dev server, in one worker with the plugin.
 */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { RedisTaskClient } from 'temporal-tencent-redis/client';
import { createRedisTasksHandler } from 'temporal-tencent-redis/nexus/handler';
import { RedisTaskPlugin } from 'temporal-tencent-redis/plugin';
import { SIMULATOR_CREDENTIAL, type TaskStep } from 'temporal-tencent-redis/testing';
import { Stage } from '../../../test/support/stage.js';

const TASK_QUEUE = 'costs';
const REGION = 'ap-guangzhou';
const SHARERS = 3;

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
const stage = await Stage.start({ simulator: { requestsPerSecond: false } });
const { simulator, client } = stage;
const waits = new RedisTaskClient(client, { taskQueue: TASK_QUEUE });

let lastTaskId = 300;

try {
  const target = { worker: { namespace: 'default', taskQueue: TASK_QUEUE } };
  await client.connection.operatorService.createNexusEndpoint({ spec: { name: 'redis-tasks', target } });
  const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };
  await stage.runWorker((connection) =>
    Worker.create({
      connection,
      taskQueue: TASK_QUEUE,
      workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
      nexusServices: [createRedisTasksHandler({ taskQueue: TASK_QUEUE })],
      plugins: [new RedisTaskPlugin({ endpoint: simulator.url, credentials })],
    }),
  );
  await measure();
} finally {
  await stage.close();
}

async function measure(): Promise<void> {
  const empty = await eventsOf(await run('nothing', 0));
  console.log(
    `| way to wait | caller's events, 1 poll | 5 polls | wait's own events, 5 polls | API calls, ${SHARERS} callers × 5 polls |`,
  );
  console.log('|---|---|---|---|---|');
  for (const way of ['child', 'inline', 'nexus']) {
    const [one, five] = await Promise.all([run(way, taskOfPolls(1)), run(way, taskOfPolls(5))]);
    const taskId = taskOfFiveSeconds();
    await Promise.all(Array.from({ length: SHARERS }, () => run(way, taskId)));
    const own = way === 'inline' ? 'none' : await eventsOf(waitOf(way, five.workflowId, five.taskId));
    row(way, (await eventsOf(one)) - empty, (await eventsOf(five)) - empty, own, callsFor(taskId));
  }
  const [alone, shared] = [taskOfPolls(5), taskOfFiveSeconds()];
  await waits.await(inputFor(alone));
  await Promise.all(Array.from({ length: SHARERS }, () => waits.await(inputFor(shared))));
  row('client', 'none', 'none', await eventsOf(clientWait(alone)), callsFor(shared));
}

function row(...cells: (string | number)[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

/** A task that ends at the given poll. */
function taskOfPolls(polls: number): number {
  return addTask(...(polls > 1 ? [{ status: 'running', forPolls: polls - 1 }] : []));
}

/** A task that takes five polls from each caller that polls once a second. */
function taskOfFiveSeconds(): number {
  return addTask({ status: 'running', forMs: 3_900 });
}

function addTask(...steps: TaskStep[]): number {
  const taskId = (lastTaskId += 1);
  simulator.addTask(taskId, { timeline: [...steps, { status: 'succeed' }], startsAt: 'firstPoll' });
  return taskId;
}

function inputFor(taskId: number) {
  return { taskId, region: REGION, polling: { initialInterval: '1s' as const, backoffCoefficient: 1, jitter: 0 } };
}

async function run(workflow: string, taskId: number) {
  const workflowId = `${workflow}-${taskId}-${randomUUID()}`;
  await client.workflow.execute(workflow, { workflowId, taskQueue: TASK_QUEUE, args: [inputFor(taskId), TASK_QUEUE] });
  return { workflowId, taskId };
}

async function eventsOf({ workflowId }: { readonly workflowId: string }): Promise<number> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return events?.length ?? 0;
}

function waitOf(way: string, callerId: string, taskId: number): { workflowId: string } {
  const shared = clientWait(taskId);
  return way === 'child' ? { workflowId: `${callerId}/${shared.workflowId}` } : shared;
}

function clientWait(taskId: number): { workflowId: string } {
  return { workflowId: `${TASK_QUEUE}/${REGION}/${taskId}` };
}

function callsFor(taskId: number): number {
  return simulator.calls.filter((call) => call.taskId === String(taskId)).length;
}
