// Operators and the waits of pipelines: what is found, what is done to it, and what is said of that.
import { randomUUID } from 'node:crypto';
import { RedisTaskClient } from '../../src/client/index.js';
import { devServer } from '../support/environments.js';
import { giveWorkersTime } from '../support/patience.js';
import { REGION, until, Waits } from '../support/waits.js';
import { Command, type Ended, jsonLines, pipelineWait, settingsFor } from './command.js';

const RUNNING = { status: 'running' };
const SUCCEED = { status: 'succeed' };

giveWorkersTime();

let waits: Waits;
let client: RedisTaskClient;

beforeAll(async () => {
  waits = await Waits.start(devServer);
  client = new RedisTaskClient(waits.client, { taskQueue: waits.taskQueue });
});
afterAll(() => waits.close());

function redisTask(args: readonly (string | number)[], settings: Record<string, string> = {}): Promise<Ended> {
  return new Command(args, { ...settingsFor(waits.taskQueue), ...settings }).ended;
}

const pipeline = (taskId: number) => pipelineWait(waits, client, taskId);

async function statusOf(workflowId: string): Promise<string> {
  return (await waits.client.workflow.getHandle(workflowId).describe()).status.name;
}

test.concurrent("a pipeline's wait is shown, extended, polled and cancelled by its task", async () => {
  const taskId = waits.addTask({ status: 'failed' });
  // An older wait, of a client.
  await client.await({ taskId, region: REGION }).catch(() => undefined);
  waits.simulator.setTask(taskId, RUNNING);
  const workflowId = await pipeline(taskId);

  const status = await redisTask(['status', taskId]);
  expect(jsonLines(status)).toMatchObject([{ taskId, status: 'running', polls: 1, workflowId }]);
  const extended = await redisTask(['extend', taskId, '--max-wait', '5h']);
  expect(jsonLines(extended)).toMatchObject([{ workflowId }]);
  expect(await redisTask(['poll', taskId])).toMatchObject({ code: 0 });
  await until(
    () => client.state({ workflowId }),
    ({ polls }) => polls === 2,
  );
  const cancelled = await redisTask(['cancel', taskId]);
  const [parent] = workflowId.split('/');
  expect(jsonLines(cancelled)).toEqual([{ taskId, region: REGION, workflowId, result: 'cancelled', parent }]);
  expect(cancelled).toMatchObject({ code: 0, stderr: '' });
  expect(await statusOf(workflowId)).toBe('CANCELLED');
  expect((await redisTask(['status', taskId])).code).toBe(4);
});

test.concurrent('a wait is named by its workflow id, for which no region is needed', async () => {
  const workflowId = await pipeline(waits.addTask(RUNNING));
  const nowhere = { TENCENTCLOUD_REGION: '', REDIS_TASK_QUEUE: 'another-queue' };

  expect(jsonLines(await redisTask(['status', workflowId], nowhere))).toMatchObject([
    { status: 'running', workflowId },
  ]);
  expect(await redisTask(['extend', workflowId, '--max-wait', '5h'], nowhere)).toMatchObject({ code: 0 });
  expect(await redisTask(['cancel', workflowId], nowhere)).toMatchObject({ code: 0 });
  expect(await statusOf(workflowId)).toBe('CANCELLED');
});

test.concurrent('of several waits for a task all are named, and none is touched without --all', async () => {
  const taskId = waits.addTask(RUNNING);
  const { workflowId: own } = await client.start({ taskId, region: REGION, polling: { initialInterval: '1h' } });
  const child = await pipeline(taskId);
  const other = waits.addTask(RUNNING);
  await client.start({ taskId: other, region: REGION });

  for (const command of [['cancel'], ['poll'], ['extend', '--max-wait', '5h']]) {
    const ended = await redisTask([...command, other, taskId]);
    expect(jsonLines(ended)).toMatchObject([
      { type: 'SeveralWaits', details: { taskId, workflowIds: expect.arrayContaining([own, child]) as string[] } },
    ]);
    expect(ended.stderr.split('\n')).toEqual(expect.arrayContaining([own, child]));
    expect(ended.code).toBe(2);
  }
  const running = [own, child, `${waits.taskQueue}/${REGION}/${other}`];
  expect(await Promise.all(running.map(statusOf))).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);

  const status = await redisTask(['status', taskId]);
  expect(jsonLines(status).map(({ workflowId }) => workflowId)).toEqual(expect.arrayContaining([own, child]));
  expect(await redisTask(['cancel', taskId, '--all'])).toMatchObject({ code: 0 });
  expect(await Promise.all(running.map(statusOf))).toEqual(['CANCELLED', 'CANCELLED', 'RUNNING']);
  await client.cancel({ taskId: other, region: REGION });
});

test.concurrent('of a wait that has ended nothing is claimed to be done, exit code 3', async () => {
  const taskId = waits.addTask(SUCCEED);
  const { workflowId } = await client.start({ taskId, region: REGION });
  await client.result({ workflowId });

  for (const command of [['cancel'], ['poll'], ['extend', '--max-wait', '5h'], ['extend', '--by', '2h']]) {
    const ended = await redisTask([...command, taskId]);
    expect(jsonLines(ended)).toMatchObject([
      { type: 'WaitEnded', details: { taskId, workflowId, status: 'COMPLETED' } },
    ]);
    expect(ended.stderr).toMatch(/^Had already ended: the wait for task \d+ [^\n]*completed[^\n]*\n$/);
    expect(ended.code).toBe(3);
  }
});

test.concurrent('a wait is cancelled once: the second time it had already ended, exit code 3', async () => {
  const workflowId = await pipeline(waits.addTask(RUNNING));
  const [parent = ''] = workflowId.split('/');
  const args = ['cancel', workflowId];
  const { stdout } = await new Command(args, settingsFor(waits.taskQueue), true).ended;
  const again = await redisTask(args);

  expect(stdout).toMatch(/^Cancelled: the wait for task \d+ [^\n]* The task itself goes on\.\n$/);
  expect(stdout).toContain(` ${parent} waits for it.`);
  expect(jsonLines(again)).toMatchObject([{ type: 'WaitEnded', details: { workflowId, status: 'CANCELLED' } }]);
  expect(again.code).toBe(3);
});

test.concurrent('cancelling without a worker is a request that nobody has confirmed, exit code 9', async () => {
  const taskQueue = `nobody-${randomUUID()}`;
  const { workflowId } = await new RedisTaskClient(waits.client, { taskQueue }).start({ taskId: 1, region: REGION });
  const ended = await redisTask(['cancel', 1], { REDIS_TASK_QUEUE: taskQueue });

  expect(jsonLines(ended)).toMatchObject([{ type: 'CancelRequested', details: { taskId: 1, workflowId } }]);
  expect(ended.stderr).toContain(`not yet confirmed: no worker on queue ${taskQueue} `);
  expect(ended.code).toBe(9);
  await waits.client.workflow.getHandle(workflowId).terminate();
});

test.concurrent('a workflow that is no wait is left alone, exit code 3', async () => {
  const child = await pipeline(waits.addTask(RUNNING));
  const [parent = ''] = child.split('/');
  const ended = await redisTask(['cancel', parent]);

  expect(jsonLines(ended)).toMatchObject([{ type: 'NoWait', details: { workflowId: parent } }]);
  expect(ended.code).toBe(3);
  expect(await statusOf(parent)).toBe('RUNNING');
  await client.cancel({ workflowId: child });
});
