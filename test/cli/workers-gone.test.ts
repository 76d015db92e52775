// The command line where the last worker has left in good order: the server still lists it for minutes.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { RedisTaskClient } from '../../src/client/index.js';
import { devServer } from '../support/environments.js';
import { REGION, until, Waits } from '../support/waits.js';
import { Command, jsonLines, settingsFor } from './command.js';

/** Five seconds, and what a busy machine takes to start the command. */
const SOON_MS = 10_000;

const RUNNING = { status: 'running', forMs: 600_000 };
const SUCCEED = { status: 'succeed' };

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(devServer);
});
afterAll(() => waits.close());

function redisTask(args: readonly (string | number)[], taskQueue: string): Command {
  return new Command(args, settingsFor(taskQueue));
}

/** Workers of a queue of their own, and how to let them leave. */
async function workers(): Promise<{ taskQueue: string; client: RedisTaskClient; leave: () => Promise<void> }> {
  const taskQueue = `left-${randomUUID()}`;
  const stops = [await waits.serveWaits(taskQueue), await waits.serveCalls(taskQueue)];
  const client = new RedisTaskClient(waits.client, { taskQueue });
  // A wait that has ended shows that both were there.
  await client.await({ taskId: waits.addTask(SUCCEED), region: REGION });
  const leave = async () => {
    for (const stop of stops) await stop();
  };
  return { taskQueue, client, leave };
}

/** A queue whose workers have just left. */
async function leftQueue() {
  const { leave, ...rest } = await workers();
  await leave();
  return rest;
}

/** How long a command took to say something on stderr. */
async function timeToSay(command: Command, text: string): Promise<number> {
  const startedAt = performance.now();
  await command.says(text);
  return performance.now() - startedAt;
}

describe('await', () => {
  test.concurrent('says within seconds that no worker takes its wait, and ends with exit code 9', async () => {
    const { taskQueue, client } = await leftQueue();
    const taskId = waits.addTask(SUCCEED);
    const command = redisTask(['await', taskId], taskQueue);
    const saidAfter = await timeToSay(command, `No worker takes work from queue ${taskQueue} `);
    const { code, stdout, stderr } = await command.ended;

    expect(saidAfter).toBeLessThan(SOON_MS);
    expect({ code, stdout }).toEqual({ code: 9, stdout: '' });
    expect(stderr).toMatch(/^redis-task: No worker [^\n]*begins when one comes[^\n]*\n$/);
    // Started it is.
    await waits.serveWaits(taskQueue);
    await waits.serveCalls(taskQueue);
    await expect(client.result({ taskId, region: REGION })).resolves.toMatchObject({ taskId });
  });

  test.concurrent('says it too when told to wait for a worker, and goes on when one comes', async () => {
    const { taskQueue } = await leftQueue();
    const command = redisTask(['await', waits.addTask(SUCCEED), '--wait-for-worker'], taskQueue);
    const saidAfter = await timeToSay(command, `No worker takes work from queue ${taskQueue} `);
    await waits.serveWaits(taskQueue);
    await waits.serveCalls(taskQueue);

    expect(saidAfter).toBeLessThan(SOON_MS);
    expect(await command.ended).toMatchObject({ code: 0 });
  });

  test.concurrent('says it of a wait that has begun, and goes on when a worker comes back', async () => {
    const { taskQueue, client, leave } = await workers();
    const taskId = waits.addTask(RUNNING, SUCCEED);
    await client.start({ taskId, region: REGION, polling: { initialInterval: '2s', backoffCoefficient: 1 } });
    await until(
      () => client.state({ taskId, region: REGION }).catch(() => undefined),
      (state) => state?.status === 'running',
    );
    await leave();
    const command = redisTask(['await', taskId], taskQueue);
    const saidAfter = await timeToSay(command, `No worker takes work from queue ${taskQueue} `);
    waits.simulator.setTask(taskId, SUCCEED);
    await waits.serveWaits(taskQueue);
    await waits.serveCalls(taskQueue);

    expect(saidAfter).toBeLessThan(SOON_MS);
    expect(await command.ended).toMatchObject({ code: 0 });
  });
});

test.concurrent('start says within seconds that no worker takes its wait, and leaves it to come', async () => {
  const { taskQueue, client } = await leftQueue();
  const startedAt = performance.now();
  const command = redisTask(['start', 1], taskQueue);
  const { code, stderr } = await command.ended;

  expect(performance.now() - startedAt).toBeLessThan(SOON_MS);
  expect(stderr).toContain(`No worker takes work from queue ${taskQueue} `);
  expect(stderr).toContain('The waits begin when one comes.');
  expect(code).toBe(0);
  const wait = await client.attach({ taskId: 1, region: REGION });
  await wait.terminate();
});

test.concurrent('extend says that the new deadline is not confirmed, exit code 9', async () => {
  const { taskQueue, client, leave } = await workers();
  const { workflowId } = await client.start({ taskId: waits.addTask(RUNNING, SUCCEED), region: REGION });
  await until(
    () => client.state({ workflowId }).catch(() => undefined),
    (state) => state?.status === 'running',
  );
  await leave();
  const { code, stdout, stderr } = await redisTask(['extend', workflowId, '--max-wait', '5h'], taskQueue).ended;

  expect({ code, stdout }).toEqual({ code: 9, stdout: '' });
  expect(stderr).toMatch(/^redis-task: No worker answered within 5 s\. The new deadline is not confirmed: [^\n]*\n$/);
  await waits.client.workflow.getHandle(workflowId).terminate();
});

describe('doctor', () => {
  const results = (ended: { stdout: string }) =>
    Object.fromEntries(jsonLines(ended).map(({ check, result }) => [String(check), result]));

  test.concurrent('sees that both workers have left, exit code 9, and leaves nothing behind', async () => {
    const { taskQueue } = await leftQueue();
    const ended = await redisTask(['doctor'], taskQueue).ended;

    expect(results(ended)).toMatchObject({ 'workers for waits': 'failed', 'workers for calls': 'failed' });
    expect(ended.stdout).toContain(`No worker takes work from queue ${taskQueue}.`);
    expect(ended.stdout).toContain(`No worker takes work from queue ${taskQueue}-api.`);
    expect(ended.code).toBe(9);
    const running = `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
    await until(
      () => waits.client.workflow.count(running),
      ({ count }) => count === 0,
    );
  });

  test.concurrent('sees a worker that takes work and does not do it', async () => {
    const taskQueue = `other-${randomUUID()}`;
    const worker = await Worker.create({
      connection: waits.env.nativeConnection,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('../plugin/workflows-without-the-line.ts', import.meta.url)),
    });
    await waits.serveCalls(taskQueue);
    const ended = await worker.runUntil(redisTask(['doctor'], taskQueue).ended);

    expect(results(ended)).toMatchObject({ 'workers for waits': 'failed', 'workers for calls': 'passed' });
    expect(ended.stdout).toContain('Does it serve the workflow awaitRedisTask?');
    expect(ended.code).toBe(9);
  });
});
