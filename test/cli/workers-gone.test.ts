// The command line where the last worker has left in good order: the server still lists it for minutes. Whoever believes
// that says nothing within the time that a test may take.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { RedisTaskClient, RedisTaskNoWorkerError, RedisTaskStateError } from '../../src/client/index.js';
import { ACTIVITIES, pollersSince, WORKFLOWS } from '../../src/client/workers.js';
import { apiTaskQueue, watchWorkflowId } from '../../src/contract/ids.js';
import { bundled, ownDevServer, workflowBundle } from '../support/environments.js';
import { about, beside } from '../support/together.js';
import { errorOf, REGION, until, Waits } from '../support/waits.js';
import { apiSettings, Command, jsonLines, settingsFor } from './command.js';

/** For how long the server expects that a worker which has left still answers a query: 20 s unless told otherwise. */
const SHORT_MEMORY = { extraArgs: ['--dynamic-config-value', 'matching.queryPollerUnavailableWindow="2s"'] };

const RUNNING = { status: 'running', forMs: 600_000 };
const SUCCEED = { status: 'succeed' };

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(() => ownDevServer(SHORT_MEMORY));
});
afterAll(() => waits.close());

function redisTask(args: readonly (string | number)[], taskQueue: string, settings = {}): Command {
  return new Command(args, { ...settingsFor(taskQueue), TEMPORAL_ADDRESS: waits.env.address, ...settings });
}

function serve(taskQueue: string) {
  return Promise.all([waits.serveWaits(taskQueue), waits.serveCalls(taskQueue)]);
}

/** Workers of a queue of their own, and how to let them leave. */
async function workers(): Promise<{ taskQueue: string; client: RedisTaskClient; leave: () => Promise<void> }> {
  const taskQueue = `left-${randomUUID()}`;
  const stops = await serve(taskQueue);
  const client = new RedisTaskClient(waits.client, { taskQueue });
  // A wait that has ended shows that both were there.
  await client.await({ taskId: waits.addTask(SUCCEED), region: REGION });
  const leave = async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
  return { taskQueue, client, leave };
}

/** A queue whose workers have just left. */
async function leftQueue() {
  const { leave, ...rest } = await workers();
  await leave();
  return rest;
}

about('await', () => {
  beside('says soon that no worker takes its wait, and ends with exit code 9', async () => {
    const { taskQueue, client } = await leftQueue();
    const taskId = waits.addTask(SUCCEED);
    const command = redisTask(['await', taskId], taskQueue);
    await command.says(`No worker takes work from queue ${taskQueue} `);
    const ended = await command.ended;

    expect(jsonLines(ended)).toMatchObject([{ type: 'NoWorker' }]);
    expect(ended.code).toBe(9);
    expect(ended.stderr).toMatch(/^redis-task: No worker [^\n]*begins when one comes[^\n]*\n$/);
    // Started it is.
    await serve(taskQueue);
    await expect(client.result({ taskId, region: REGION })).resolves.toMatchObject({ taskId });
  });

  beside('says it too when told to wait for a worker, and goes on when one comes', async () => {
    const { taskQueue } = await leftQueue();
    const command = redisTask(['await', waits.addTask(SUCCEED), '--wait-for-worker'], taskQueue);
    await command.says(`No worker takes work from queue ${taskQueue} `);
    await serve(taskQueue);

    expect(await command.ended).toMatchObject({ code: 0 });
  });

  beside('says it of a wait that has begun, and goes on when a worker comes back', async () => {
    const { taskQueue, client, leave } = await workers();
    const taskId = waits.addTask(RUNNING, SUCCEED);
    await client.start({ taskId, region: REGION, polling: { initialInterval: '2s', backoffCoefficient: 1 } });
    await until(
      () => client.state({ taskId, region: REGION }).catch(() => undefined),
      (state) => state?.status === 'running',
    );
    await leave();
    const command = redisTask(['await', taskId], taskQueue);
    await command.says(`No worker takes work from queue ${taskQueue} `);
    waits.simulator.setTask(taskId, SUCCEED);
    await serve(taskQueue);

    expect(await command.ended).toMatchObject({ code: 0 });
  });
});

beside('start says soon that no worker takes its wait, and leaves it to come', async () => {
  const { taskQueue, client } = await leftQueue();
  const { code, stderr } = await redisTask(['start', 1], taskQueue).ended;

  expect(stderr).toContain(`No worker takes work from queue ${taskQueue} `);
  expect(stderr).toContain('The waits begin when one comes.');
  expect(code).toBe(0);
  const wait = await client.attach({ taskId: 1, region: REGION });
  await wait.terminate();
});

beside('extend says that the new deadline is not confirmed, exit code 9', async () => {
  const { taskQueue, client, leave } = await workers();
  const { workflowId } = await client.start({ taskId: waits.addTask(RUNNING, SUCCEED), region: REGION });
  await until(
    () => client.state({ workflowId }).catch(() => undefined),
    (state) => state?.status === 'running',
  );
  await leave();
  const ended = await redisTask(['extend', workflowId, '--max-wait', '5h'], taskQueue).ended;

  expect(jsonLines(ended)).toMatchObject([{ type: 'NoWorker' }]);
  expect(ended.code).toBe(9);
  expect(ended.stderr).toMatch(
    /^redis-task: No worker answered within 5 s\. The new deadline is not confirmed: [^\n]*\n$/,
  );
  await waits.client.workflow.getHandle(workflowId).terminate();
});

beside('extend by some time says that a worker which comes will move the deadline, and it does', async () => {
  const { taskQueue, client, leave } = await workers();
  const { workflowId } = await client.start({ taskId: waits.addTask(RUNNING), region: REGION, maxWait: '1h' });
  await until(
    () => client.state({ workflowId }).catch(() => undefined),
    (state) => state?.status === 'running',
  );
  await leave();
  const ended = await redisTask(['extend', workflowId, '--by', '5h'], taskQueue).ended;

  expect(ended.code).toBe(9);
  expect(ended.stderr).toContain('No worker answered within 5 s. The deadline moves when a worker comes');

  await serve(taskQueue);
  const state = () => client.state({ workflowId }).catch(() => undefined);
  await until(state, (each) => each !== undefined && Date.parse(each.deadline) - Date.now() > 4 * 3_600_000);
  await waits.client.workflow.getHandle(workflowId).terminate();
});

beside('status of a wait whose worker has been gone for a while says so, exit code 9', async () => {
  const { taskQueue, client, leave } = await workers();
  const task = { taskId: waits.addTask(RUNNING), region: REGION };
  const { workflowId } = await client.start({ ...task, polling: { initialInterval: '1h' } });
  await until(
    () => client.state({ workflowId }).catch(() => undefined),
    (state) => state?.polls === 1 && state.nextPollAt !== null,
  );
  await leave();
  // Until then the server lets the deadline pass; from then on it says at once that it has seen no worker.
  const refusal = await until(
    () => waits.client.withDeadline(Date.now() + 3_000, () => errorOf(client.state({ workflowId }))),
    // Behind ours and the SDK's are the server's words.
    (error) => String(((error as Error).cause as Error).cause).includes('no poller seen'),
  );
  const ended = await redisTask(['status', workflowId], taskQueue).ended;

  expect(refusal).toBeInstanceOf(RedisTaskStateError);
  expect(refusal).toMatchObject({ workflowId, reason: 'unanswered' });
  expect(jsonLines(ended)).toMatchObject([{ type: 'NoWorker' }]);
  expect(ended.code).toBe(9);
  expect(ended.stderr).toMatch(/^redis-task: No worker answered within 5 s\. [^\n]*\n$/);
  await waits.client.workflow.getHandle(workflowId).terminate();
});

beside('workers of a version that is not the current one are idle: each command says what to do', async () => {
  const taskQueue = `versioned-${randomUUID()}`;
  const deploymentName = `deployment-${randomUUID()}`;
  const version = { deploymentName, buildId: 'v1' };
  await waits.serve({
    taskQueue,
    workflowBundle: workflowBundle(),
    workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' },
  });
  await waits.serveCalls(taskQueue);
  await until(
    () => pollersSince(waits.client, taskQueue, WORKFLOWS, 0),
    (pollers) => pollers.length > 0,
  );
  const client = new RedisTaskClient(waits.client, { taskQueue });
  const task = { taskId: waits.addTask(SUCCEED), region: REGION };
  const [error, command, doctor] = await Promise.all([
    errorOf(client.await(task)),
    redisTask(['await', task.taskId], taskQueue).ended,
    redisTask(['doctor'], taskQueue).ended,
  ]);

  const advice = `Version ${deploymentName}.v1 polls it, but gets nothing until it is the current version`;
  expect(error).toBeInstanceOf(RedisTaskNoWorkerError);
  expect((error as Error).message).toContain(advice);
  expect(command).toMatchObject({ code: 9, stderr: expect.stringContaining(advice) as string });
  expect(doctor).toMatchObject({ code: 9, stdout: expect.stringContaining(advice) as string });
  await waits.client.workflowService.setWorkerDeploymentCurrentVersion({
    ...{ namespace: 'default', deploymentName, buildId: 'v1', ignoreMissingTaskQueues: true },
  });
  await expect(client.result(task)).resolves.toMatchObject({ status: 'succeed' });
});

about('doctor', () => {
  const results = (ended: { stdout: string }) =>
    Object.fromEntries(jsonLines(ended).map(({ check, result }) => [String(check), result]));

  beside('sees that both workers have left, exit code 9, and leaves nothing behind', async () => {
    const { taskQueue, client } = await leftQueue();
    const wait = await client.start({ taskId: waits.addTask(RUNNING), region: REGION });
    const running = `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
    const untilRunning = (expected: number) =>
      until(
        () => waits.client.workflow.count(running),
        ({ count }) => count === expected,
      );
    await untilRunning(1);
    const ended = await redisTask(['doctor'], taskQueue).ended;

    expect(results(ended)).toMatchObject({
      'workers for waits': 'failed',
      'workers for calls': 'failed',
      'workers for watches': 'skipped',
    });
    expect(ended.stdout).toContain('No worker answers for 1 open waits.');
    expect(ended.stdout).toContain(`No worker takes work from queue ${taskQueue}.`);
    expect(ended.stdout).toContain(`No worker takes work from queue ${taskQueue}-api.`);
    expect(ended.code).toBe(9);
    await wait.terminate();
    await untilRunning(0);
  });

  beside('sees a worker that takes work and does not do it', async () => {
    const taskQueue = `other-${randomUUID()}`;
    const workflows = fileURLToPath(new URL('../plugin/workflows-without-the-line.ts', import.meta.url));
    await waits.serve({ taskQueue, workflowBundle: await bundled(workflows) });
    await waits.serveCalls(taskQueue);
    const ended = await redisTask(['doctor'], taskQueue).ended;

    expect(results(ended)).toMatchObject({ 'workers for waits': 'failed', 'workers for calls': 'passed' });
    expect(ended.stdout).toContain('Does it serve the workflow awaitRedisTask?');
    expect(ended.code).toBe(9);
  });

  /** Workers that serve waits and their calls, and no watch. */
  async function unwatchedQueue() {
    const taskQueue = `unwatched-${randomUUID()}`;
    await Promise.all([waits.serve({ taskQueue, workflowBundle: workflowBundle() }), waits.serveCalls(taskQueue)]);
    // A worker that has just started may take longer than doctor waits for one.
    const client = new RedisTaskClient(waits.client, { taskQueue });
    await client.await({ taskId: waits.addTask(SUCCEED), region: REGION }, { waitForWorker: true });
    const doctor = () => redisTask(['doctor'], taskQueue, apiSettings(waits.simulator)).ended;
    return { taskQueue, doctor };
  }

  beside('passes over the worker of watches that is missing while nothing is watched', async () => {
    const { taskQueue, doctor } = await unwatchedQueue();
    const ended = await doctor();

    expect(results(ended)).toMatchObject({
      'workers for waits': 'passed',
      'workers for calls': 'passed',
      'workers for watches': 'skipped',
    });
    expect(ended.stdout).toContain(
      `Shared waits pace themselves. No worker takes work from queue ${taskQueue}-watch. Start one with: `,
    );
    expect(ended.code).toBe(0);
  });

  beside('sees that nobody does the work of a watch that runs, exit code 9', async () => {
    const { taskQueue, doctor } = await unwatchedQueue();
    const watch = await waits.client.workflow.start('watchRedisTasks', {
      taskQueue,
      workflowId: watchWorkflowId(taskQueue, REGION),
      args: [{ region: REGION }],
    });
    await until(
      () => waits.client.workflow.count(`TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`),
      ({ count }) => count === 1,
    );
    const ended = await doctor();
    await watch.terminate();

    expect(results(ended)).toMatchObject({ 'workers for calls': 'passed', 'workers for watches': 'failed' });
    expect(ended.stdout).toContain(
      `Shared waits may end up to 30 min late. No worker takes work from queue ${taskQueue}-watch. Start one with: `,
    );
    expect(ended.code).toBe(9);
  });

  beside.each([
    ['api', 'workers for calls', 'failed'],
    ['watch', 'workers for watches', 'skipped'],
  ])(
    'tells a queue for %s that somebody has paused from one without a worker, and a limit that was set from that of workers',
    async (suffix, check, result) => {
      const { taskQueue } = await workers();
      const queue = `${taskQueue}-${suffix}`;
      const limitTo = (requestsPerSecond: number, reason: string) =>
        waits.client.workflowService.updateTaskQueueConfig({
          namespace: waits.client.options.namespace,
          taskQueue: queue,
          taskQueueType: ACTIVITIES,
          updateQueueRateLimit: { rateLimit: { requestsPerSecond }, reason },
        });
      await limitTo(0, 'API outage');
      const paused = await redisTask(['doctor'], taskQueue).ended;
      await limitTo(5, 'Terraform runs');
      const limited = await redisTask(['doctor'], taskQueue).ended;

      expect(results(paused)).toMatchObject({ 'workers for waits': 'passed', [check]: result });
      expect(paused.stdout).toContain(`Queue ${queue} is paused: its limit was set to 0 calls a second (API outage).`);
      expect(paused.stdout).toContain(`--task-queue ${queue} --task-queue-type activity --queue-rps-limit default`);
      expect(limited.stdout).toContain(`from queue ${queue}. Limit of the queue: 5 calls a second.`);
    },
  );

  beside('takes a worker that has begun a call, and is slow to end it, for a busy one', async () => {
    const taskQueue = `busy-${randomUUID()}`;
    await waits.serveWaits(taskQueue);
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    await waits.serve({ taskQueue: apiTaskQueue(taskQueue), activities: { describeTaskInfo: () => ended } });
    const doctor = await redisTask(['doctor'], taskQueue).ended.finally(end);

    expect(results(doctor)).toMatchObject({ 'workers for waits': 'passed', 'workers for calls': 'passed' });
    expect(doctor.stdout).toContain(`Queue ${taskQueue}-api had a worker in the last minutes, which may be busy.`);
  });
});
