// Waits that others have started: children of pipelines, with and without what tells their task.
import { randomUUID } from 'node:crypto';
import { Client, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import {
  RedisTaskClient,
  RedisTaskSeveralWaitsError,
  RedisTaskWaitCancelledError,
  RedisTaskWaitEndedError,
} from '../../src/client/index.js';
import { encryption } from '../plugin/codec.js';
import { devServer, workflowBundle } from '../support/environments.js';
import { eventNames } from '../support/histories.js';
import { readsBoth } from '../support/mixed-codec.js';
import { giveWorkersTime } from '../support/patience.js';
import { about, beside } from '../support/together.js';
import { REGION as region, until, Waits } from '../support/waits.js';

const RUNNING = { status: 'running' };
const SUCCEED = { status: 'succeed' };
const polling = { initialInterval: '1h' };

giveWorkersTime();

let waits: Waits;
let client: RedisTaskClient;

beforeAll(async () => {
  waits = await Waits.start(devServer);
  client = new RedisTaskClient(waits.client, { taskQueue: waits.taskQueue });
});
afterAll(() => waits.close());

/** A pipeline whose child waits; resolves once a client can find the child. */
async function pipeline(taskId: number) {
  const parent = await waits.startWorkflow('childParent', [
    { taskId, region, polling },
    { taskQueue: waits.taskQueue },
  ]);
  const workflowId = `${parent.workflowId}/${waits.taskQueue}/${region}/${taskId}`;
  await untilListed(taskId, workflowId);
  return { parent, workflowId };
}

/** The server lists a moment late what has been started. */
async function untilListed(taskId: number, workflowId: string): Promise<void> {
  await until(
    () => client.find({ taskId, region }),
    (found) => found.some((each) => each.workflowId === workflowId),
  );
}

/** Until a wait has polled once and pauses. */
async function untilPausing(workflowId: string): Promise<void> {
  await until(
    () => client.state({ workflowId }).catch(() => undefined),
    (state) => state?.polls === 1 && state.nextPollAt !== null,
  );
}

async function statusOf(workflowId: string): Promise<string> {
  return (await waits.client.workflow.getHandle(workflowId).describe()).status.name;
}

about("a pipeline's wait", () => {
  beside('is found by its task, before an older one of a client that has ended', async () => {
    const taskId = waits.addTask({ status: 'failed' });
    await client.await({ taskId, region }).catch(() => undefined);
    waits.simulator.setTask(taskId, RUNNING);
    const { parent, workflowId } = await pipeline(taskId);
    await untilPausing(workflowId);
    const state = await client.state({ taskId, region });
    const extended = await client.extendWait({ taskId, region }, '5h');
    waits.simulator.setTask(taskId, SUCCEED);
    await client.pollNow({ taskId, region });

    expect(state).toMatchObject({ taskId, status: 'running', polls: 1 });
    expect(Date.parse(extended.deadline) - Date.parse(state.deadline)).toBe(3 * 3_600_000);
    await expect(parent.result()).resolves.toMatchObject({ taskId, polls: 2 });
  });

  beside('is cancelled by its task, and the pipeline learns it', async () => {
    const taskId = waits.addTask(RUNNING);
    const { parent, workflowId } = await pipeline(taskId);
    const cancelled = await client.cancel({ taskId, region });

    expect(cancelled).toBe('cancelled');
    expect(await statusOf(workflowId)).toBe('CANCELLED');
    await expect(parent.result()).rejects.toThrow();
  });

  beside('is found by its workflow id', async () => {
    const taskId = waits.addTask(RUNNING);
    const { workflowId } = await pipeline(taskId);
    const elsewhere = new RedisTaskClient(waits.client, { taskQueue: 'another-queue' });

    await expect(elsewhere.cancel({ workflowId })).resolves.toBe('cancelled');
    await expect(elsewhere.result({ workflowId })).rejects.toBeInstanceOf(RedisTaskWaitCancelledError);
  });

  beside.each([
    ['an id of its own and a memo', { memo: (taskId: number) => ({ taskId, region }) }],
    ['an id of its own and no memo', {}],
  ])('with %s is found by its task', async (_what, { memo }: { memo?: (taskId: number) => object }) => {
    const taskId = waits.addTask(RUNNING);
    const workflowId = `own-${randomUUID()}`;
    await waits.start(
      { taskId: String(taskId), region, polling },
      { workflowId, ...(memo && { memo: { ...memo(taskId) } }) },
    );
    await untilListed(taskId, workflowId);

    await expect(client.cancel({ taskId, region })).resolves.toBe('cancelled');
    expect(await statusOf(workflowId)).toBe('CANCELLED');
  });
});

beside('of several waits for a task none is touched: each can be named by its workflow id', async () => {
  const taskId = waits.addTask(RUNNING);
  const task = { taskId, region };
  const own = (await client.start({ ...task, polling })).workflowId;
  const { workflowId } = await pipeline(taskId);
  for (const id of [own, workflowId]) await untilPausing(id);
  const histories = () =>
    Promise.all(
      [own, workflowId].map(async (id) => eventNames(await waits.client.workflow.getHandle(id).fetchHistory())),
    );
  const before = await histories();
  const acts = [
    () => client.cancel(task),
    () => client.pollNow(task),
    () => client.extendWait(task, '5h'),
    () => client.state(task),
    () => client.result(task),
    () => client.attach(task),
  ];

  for (const act of acts) {
    const error: unknown = await act().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RedisTaskSeveralWaitsError);
    expect(error).toMatchObject({ workflowIds: expect.arrayContaining([own, workflowId]) as string[] });
  }
  expect(await histories()).toEqual(before);
  for (const wait of await client.find(task)) await expect(client.cancel(wait)).resolves.toBe('cancelled');
  expect(await Promise.all([own, workflowId].map(statusOf))).toEqual(['CANCELLED', 'CANCELLED']);
});

beside('a list of waits that breaks off is not taken for a complete one: nothing is done', async () => {
  const taskId = waits.addTask(RUNNING);
  const task = { taskId, region };
  const own = (await client.start({ ...task, polling })).workflowId;
  const { workflowId } = await pipeline(taskId);
  await untilListed(taskId, own);
  const { connection } = waits.env;
  const { workflowService } = connection;
  // The pipeline's wait is on the page that does not come.
  const listWorkflowExecutions = async (request: { nextPageToken?: Uint8Array }) => {
    if ((request.nextPageToken?.length ?? 0) > 0) throw new Error('the next page did not come');
    const { executions } = await workflowService.listWorkflowExecutions(request);
    const page = executions.filter(({ execution }) => execution?.workflowId === own);
    return { executions: page, nextPageToken: Buffer.from('more') };
  };
  const service = Object.create(workflowService, {
    listWorkflowExecutions: { value: listWorkflowExecutions },
  }) as object;
  const broken = Object.create(connection, { workflowService: { value: service } }) as typeof connection;
  const cut = new RedisTaskClient(new Client({ connection: broken }), { taskQueue: waits.taskQueue });

  for (const act of [() => cut.find(task), () => cut.cancel(task), () => cut.find({ taskId: 404_404, region })]) {
    await expect(act()).rejects.toThrow(ServiceError);
  }
  expect(await Promise.all([own, workflowId].map(statusOf))).toEqual(['RUNNING', 'RUNNING']);
  for (const wait of await client.find(task)) await client.cancel(wait);
});

beside('waits whose memo this client cannot read hide no others, and are found by their id', async () => {
  const taskQueue = `mixed-${randomUUID()}`;
  const dataConverter = { payloadCodecs: [readsBoth] };
  await waits.serve({ taskQueue, workflowBundle: workflowBundle(), dataConverter });
  await waits.serveCalls(taskQueue);
  const { connection } = waits.env;
  const codec = new Client({ connection, dataConverter: { payloadCodecs: [encryption] } });
  const plain = new RedisTaskClient(waits.client, { taskQueue });
  const secret = { taskId: waits.addTask(RUNNING), region };
  const task = { taskId: waits.addTask(RUNNING), region };
  const others = [
    await new RedisTaskClient(codec, { taskQueue }).start({ ...secret, polling }),
    // Nothing that this client can read tells its task.
    await codec.workflow.start('awaitRedisTask', { taskQueue, workflowId: `own-${randomUUID()}`, args: [secret] }),
  ];
  const { workflowId } = await plain.start({ ...task, polling });
  await until(
    () => waits.client.workflow.count(`TaskQueue = '${taskQueue}'`),
    ({ count }) => count === 3,
  );
  await untilPausing(workflowId);

  expect((await plain.find(task)).map((each) => each.workflowId)).toEqual([workflowId]);
  expect((await plain.find(secret)).map((each) => each.workflowId)).toEqual([others[0]?.workflowId]);
  await expect(plain.state(secret)).resolves.toMatchObject(secret);
  const joined = plain.await(secret);
  await expect(plain.cancel(secret)).resolves.toBe('cancelled');
  await expect(joined).rejects.toBeInstanceOf(RedisTaskWaitCancelledError);
  await expect(plain.cancel({ workflowId: others[1]?.workflowId ?? '' })).resolves.toBe('cancelled');
  await expect(plain.find({ taskId: 404_404, region })).resolves.toEqual([]);
  await plain.cancel(task);
});

beside('when no wait runs, the one that ended last is read', async () => {
  const taskId = waits.addTask({ status: 'failed' });
  const task = { taskId, region };
  await client.await(task).catch(() => undefined);
  waits.simulator.setTask(taskId, RUNNING);
  const { parent, workflowId } = await pipeline(taskId);
  waits.simulator.setTask(taskId, SUCCEED);
  // On a busy machine it has polled by itself already.
  await client.pollNow(task).catch(() => undefined);
  await parent.result();
  const last = await until(
    () => client.find(task),
    ([wait]) => wait?.workflowId === workflowId && wait.status.name === 'COMPLETED',
  );

  expect(last).toHaveLength(1);
  await expect(client.result(task)).resolves.toMatchObject({ status: 'succeed' });
  await expect(client.state(task)).resolves.toMatchObject({ status: 'succeed' });
});

beside('a wait is cancelled once: the second time it has ended', async () => {
  const task = { taskId: waits.addTask(RUNNING), region };
  await client.start({ ...task, polling });

  await expect(client.cancel(task)).resolves.toBe('cancelled');
  await expect(client.cancel(task)).resolves.toBe('ended');
});

beside('what is done to a wait that has ended is not claimed to be done', async () => {
  const task = { taskId: waits.addTask(SUCCEED), region };
  await client.await(task);

  await expect(client.cancel(task)).resolves.toBe('ended');
  for (const act of [() => client.pollNow(task), () => client.extendWait(task, '5h')]) {
    const error: unknown = await act().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RedisTaskWaitEndedError);
    expect(error).toMatchObject({ status: 'COMPLETED' });
  }
});

beside('cancelling is a request for as long as no worker acts on it', async () => {
  const lonely = new RedisTaskClient(waits.client, { taskQueue: `nobody-${randomUUID()}` });
  const task = { taskId: waits.addTask(RUNNING), region };
  await lonely.start(task);

  // Without a limit of its own, this would not end before a worker comes.
  await expect(lonely.cancel(task)).resolves.toBe('requested');
  await waits.serveWaits(lonely.taskQueue);
  await expect(lonely.result(task)).rejects.toBeInstanceOf(RedisTaskWaitCancelledError);
});

beside('the workflow id of something else is refused', async () => {
  const taskId = waits.addTask(RUNNING);
  const { parent, workflowId } = await pipeline(taskId);

  await expect(client.cancel({ workflowId: parent.workflowId })).rejects.toThrow(WorkflowNotFoundError);
  expect(await statusOf(parent.workflowId)).toBe('RUNNING');
  await client.cancel({ workflowId });
});
