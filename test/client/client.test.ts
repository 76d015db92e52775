import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowClientInterceptor, WorkflowNotFoundError } from '@temporalio/client';
import {
  RedisTaskClient,
  RedisTaskError,
  RedisTaskIdTakenError,
  RedisTaskNoWorkerError,
  RedisTaskStateError,
  RedisTaskWaitCancelledError,
  type RedisTaskOutcome,
} from '../../src/client/index.js';
import type { RedisTaskWaitState } from '../../src/contract/task/view.js';
import type { TaskStep } from '../../src/testing/index.js';
import { bundled, devServer } from '../support/environments.js';
import { eventsOf, heardAt } from '../support/histories.js';
import { giveWorkersTime } from '../support/patience.js';
import { about, beside } from '../support/together.js';
import { errorOf, REGION as region, until, Waits } from '../support/waits.js';

giveWorkersTime();

let waits: Waits;
let client: RedisTaskClient;
let oddWorkflows: Awaited<ReturnType<typeof bundled>>;

beforeAll(async () => {
  waits = await Waits.start(devServer);
  oddWorkflows = await bundled(fileURLToPath(new URL('odd-workflows.ts', import.meta.url)));
  client = new RedisTaskClient(waits.client, { taskQueue: waits.taskQueue });
});

afterAll(() => waits.close());

const RUNNING = { status: 'running', forMs: 600_000 } as const;
const SUCCEED = { status: 'succeed', message: 'ok' } as const;
const HOUR = 3_600_000;

/** A task that goes on, and a wait for it that has polled once. */
async function runningWait(): Promise<{ taskId: number; region: string }> {
  const task = { taskId: waits.addTask(RUNNING, SUCCEED), region };
  await client.start({ ...task, polling: { initialInterval: '1h' } });
  await until(
    () => client.state(task).catch(() => undefined),
    (state) => state?.polls === 1 && state.nextPollAt !== null,
  );
  return task;
}

/** How many of some calls are under way at once. */
class Gauge {
  most = 0;
  private now = 0;

  async during<T>(call: Promise<T>): Promise<T> {
    this.now += 1;
    this.most = Math.max(this.most, this.now);
    return call.finally(() => (this.now -= 1));
  }
}

about('starting and awaiting', () => {
  beside('a second start attaches to the wait that runs, and a start after its end begins a new one', async () => {
    const task = await runningWait();
    const again = await client.start({ ...task, maxWait: '5h' });
    const { runId } = await described(task);

    expect(again.workflowId).toBe(`${waits.taskQueue}/${region}/${task.taskId}`);
    expect((await again.describe()).runId).toBe(runId);
    await client.cancel(task);
    await errorOf(again.result());

    const next = await client.start(task);
    expect((await next.describe()).runId).not.toBe(runId);
    await client.cancel(task);
  });

  beside('a joiner moves the deadline as far as its own maxWait reaches from now, never nearer', async () => {
    const task = await runningWait();
    const { deadline } = await client.state(task);
    const handle = await client.start({ ...task, maxWait: '5h' });
    const joined = await until(
      () => client.state(task),
      (state) => state.deadline !== deadline,
    );
    await client.start({ ...task, maxWait: '1m' });
    await client.pollNow(task);
    const after = await until(
      () => client.state(task),
      ({ polls }) => polls === 2,
    );

    const history = await handle.fetchHistory();
    const [signal] = eventsOf(history, 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED');
    expect(Date.parse(joined.deadline) - heardAt(history, signal)).toBe(5 * HOUR);
    expect(after.deadline).toBe(joined.deadline);
    await client.cancel(task);
  });

  beside('only a joiner sends a signal: a fresh wait has none in its history', async () => {
    const task = await runningWait();
    const handle = await client.attach(task);
    const signals = async () => eventsOf(await handle.fetchHistory(), 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED');
    const fresh = await signals();
    await client.start(task);
    const joined = await signals();
    await client.cancel(task);

    expect(fresh).toEqual([]);
    expect(joined.map((event) => event.workflowExecutionSignaledEventAttributes?.signalName)).toEqual(['joinWait']);
  });

  beside('a wait that ends in the moment in which it would be joined is started anew', async () => {
    const task = await runningWait();
    const { runId } = await described(task);
    const endFirst: WorkflowClientInterceptor = {
      async signal(input, next) {
        await waits.client.workflow.getHandle(input.workflowExecution.workflowId, runId).terminate();
        return next(input);
      },
    };
    const { connection } = waits.env;
    const late = new RedisTaskClient(new Client({ connection, interceptors: { workflow: [endFirst] } }), {
      taskQueue: waits.taskQueue,
    });
    const handle = await late.start({ ...task, maxWait: '5h' });
    const { status, runId: next } = await handle.describe();

    expect({ status: status.name, isNew: next !== runId }).toEqual({ status: 'RUNNING', isNew: true });
    await client.cancel(task);
  });

  beside('many clients share one wait, by a text of digits as well', async () => {
    const taskId = waits.addTask({ status: 'running', forPolls: 1 }, SUCCEED);
    const polling = { initialInterval: '1s' };
    const [one, other] = await Promise.all([
      client.await({ taskId, region, polling }),
      client.await({ taskId: String(taskId), region, polling }),
    ]);

    expect(one).toEqual(other);
    expect(one).toMatchObject({ taskId, region, status: 'succeed', polls: 2 });
    expect(waits.callsFor(taskId)).toHaveLength(2);
  });

  beside('a wait has a summary and a memo for Temporal UI', async () => {
    const task = { taskId: waits.addTask(SUCCEED), region };
    await client.await(task);
    const { memo, staticSummary } = await describeUi(task);

    expect(memo).toEqual(task);
    expect(staticSummary).toBe(`Redis task ${task.taskId} in ${region}`);
  });

  beside('a task that fails is a typed error with the details of the contract', async () => {
    const taskId = waits.addTask({ status: 'failed', message: 'disk full' });
    const error = await errorOf(client.await({ taskId, region }));

    expect(error).toBeInstanceOf(RedisTaskError);
    expect(error).toMatchObject({
      type: 'RedisTaskFailed',
      details: { taskId, status: 'failed', message: 'disk full' },
    });
    expect((error as Error).message).toContain('disk full');
    expect((error as Error).cause).toBeDefined();
  });

  beside('a timeout carries an input that waits on', async () => {
    const taskId = waits.addTask({ status: 'running' });
    const error = await errorOf(client.await({ taskId, region, maxWait: '1s' }));
    waits.simulator.setTask(taskId, SUCCEED);
    if (!(error instanceof RedisTaskError) || error.failure.type !== 'RedisTaskTimedOut') throw error;

    const { resumeInput } = error.failure.details;
    await expect(client.await({ ...resumeInput, maxWait: '1m' })).resolves.toMatchObject({ status: 'succeed' });
  });

  beside('awaitAll never rejects: each outcome has its input, and its result or its error', async () => {
    const good = { taskId: waits.addTask(SUCCEED), region };
    const bad = { taskId: waits.addTask({ status: 'Error' }), region };
    const invalid = { taskId: 0, region };
    const outcomes: RedisTaskOutcome[] = await client.awaitAll(new Set([good, bad, invalid]));

    expect(outcomes.map(({ input }) => input)).toEqual([good, bad, invalid]);
    expect(outcomes[0]?.result).toMatchObject({ status: 'succeed' });
    expect(outcomes[1]?.error).toMatchObject({ type: 'RedisTaskErrored' });
    expect(outcomes[2]?.error).toMatchObject({ type: 'RedisTaskInvalidInput' });
  });
});

beside('a state that a worker cannot tell is an error of ours, in whichever form the SDK has it', async () => {
  const taskQueue = `odd-${randomUUID()}`;
  await waits.serve({ taskQueue, workflowBundle: oddWorkflows });
  const odd = new RedisTaskClient(waits.client, { taskQueue });
  const reasons = { throws: /the state is spoilt/, isHuge: /limit/, isMissing: /getState/ };
  for (const [how, said] of Object.entries(reasons)) {
    const workflowId = `odd-${randomUUID()}`;
    const handle = await waits.client.workflow.start('awaitRedisTask', { workflowId, taskQueue, args: [{ how }] });
    const error = await errorOf(odd.state({ workflowId }));

    expect(error).toBeInstanceOf(RedisTaskStateError);
    expect(error).toMatchObject({ workflowId, reason: 'refused', message: expect.stringMatching(said) as string });
    await handle.terminate();
  }
});

beside('a workflow of another type under the id of a wait is not joined, and is sent nothing', async () => {
  const task = { taskId: waits.addTask(RUNNING), region };
  const workflowId = `${waits.taskQueue}/${region}/${task.taskId}`;
  const taskQueue = `nobody-${randomUUID()}`;
  const other = await waits.client.workflow.start('migrateTable', { workflowId, taskQueue });
  const error = await errorOf(client.start(task));
  const [outcome] = await client.awaitAll([task]);

  expect(error).toBeInstanceOf(RedisTaskIdTakenError);
  expect(error).toMatchObject({ workflowId, workflowType: 'migrateTable' });
  expect((error as Error).message).toMatch(new RegExp(`${workflowId} is no wait .*: its type is migrateTable`));
  expect(outcome?.error).toBeInstanceOf(RedisTaskIdTakenError);
  expect(eventsOf(await other.fetchHistory(), 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED')).toEqual([]);
  await other.terminate();
  // Once it has ended, the id is free.
  await client.start(task);
  await client.cancel(task);
});

about('awaitAll', () => {
  beside('starts nothing when its inputs cannot be read', async () => {
    const task = { taskId: waits.addTask(RUNNING), region };
    const inputs = function* () {
      yield task;
      throw new Error('the file ends here');
    };

    await expect(client.awaitAll(inputs())).rejects.toThrow('the file ends here');
    await expect(client.find(task)).resolves.toEqual([]);
  });

  beside('starts no more than fifty at once, and asks for no more than a hundred results', async () => {
    const starts = new Gauge();
    const results = new Gauge();
    const counting: WorkflowClientInterceptor = { startWithDetails: (input, next) => starts.during(next(input)) };
    const { connection } = waits.env;
    const counted = new Client({ connection, interceptors: { workflow: [counting] } });
    const { workflow } = counted;
    const result = workflow.result.bind(workflow);
    workflow.result = (...args) => results.during(result(...args));
    const taskQueue = `instant-${randomUUID()}`;
    await waits.serve({ taskQueue, workflowBundle: oddWorkflows });
    const inputs = Array.from({ length: 120 }, (_, index) => ({ taskId: index + 1, region }));
    // Otherwise it is first looked whether each has begun.
    const outcomes = await new RedisTaskClient(counted, { taskQueue }).awaitAll(inputs, { waitForWorker: true });

    expect(outcomes.map((outcome) => outcome.result?.taskId)).toEqual(inputs.map(({ taskId }) => taskId));
    expect(starts.most).toBe(50);
    expect(results.most).toBe(100);
  });
});

about('without a worker', () => {
  const nobody = () => new RedisTaskClient(waits.client, { taskQueue: `nobody-${randomUUID()}` });

  beside('await says so; the wait has been started, and begins when one comes', async () => {
    const lonely = nobody();
    const task = { taskId: waits.addTask(SUCCEED), region };
    const error = await errorOf(lonely.await({ ...task, maxWait: '2s' }));

    expect(error).toBeInstanceOf(RedisTaskNoWorkerError);
    expect(error).toMatchObject({
      taskQueue: lonely.taskQueue,
      workflowId: `${lonely.taskQueue}/${region}/${task.taskId}`,
    });
    expect((error as Error).message).toContain(`No worker takes work from queue ${lonely.taskQueue}`);
    await waits.serveWaits(lonely.taskQueue);
    await waits.serveCalls(lonely.taskQueue);
    await expect(lonely.result(task)).resolves.toMatchObject({ status: 'succeed' });
  });

  beside('await waits for one when told to', async () => {
    const lonely = nobody();
    const result = lonely.await({ taskId: waits.addTask(SUCCEED), region }, { waitForWorker: true });
    const first = await Promise.race([result, setTimeout(7_000, 'nothing yet')]);
    await waits.serveWaits(lonely.taskQueue);
    await waits.serveCalls(lonely.taskQueue);

    expect(first).toBe('nothing yet');
    await expect(result).resolves.toMatchObject({ status: 'succeed' });
  });

  beside('awaitAll tells it of each wait', async () => {
    const lonely = nobody();
    const inputs = Array.from({ length: 110 }, (_, index) => ({ taskId: index + 1, region }));
    const outcomes = await lonely.awaitAll(inputs);

    for (const { error } of outcomes) expect(error).toBeInstanceOf(RedisTaskNoWorkerError);
    const ended = outcomes.map(({ error }) =>
      waits.client.workflow.getHandle((error as RedisTaskNoWorkerError).workflowId),
    );
    await Promise.all(ended.map((wait) => wait.terminate()));
  });

  beside('a wait that has begun is awaited on: a worker may come back', async () => {
    const lonely = nobody();
    const task = { taskId: waits.addTask(RUNNING, SUCCEED), region };
    await waits.serveCalls(lonely.taskQueue);
    const stop = await waits.serveWaits(lonely.taskQueue);
    await lonely.start(task);
    await until(
      () => lonely.state(task).catch(() => undefined),
      (state) => state?.polls === 1,
    );
    await stop();
    const result = lonely.await(task);
    const first = await Promise.race([errorOf(result), setTimeout(8_000, 'nothing yet')]);
    waits.simulator.setTask(task.taskId, SUCCEED);
    await waits.serveWaits(lonely.taskQueue);

    expect(first).toBe('nothing yet');
    await expect(result).resolves.toMatchObject({ status: 'succeed' });
  });
});

about('a bad input', () => {
  const nowhere = () => new RedisTaskClient(waits.client, { taskQueue: `nobody-${randomUUID()}` });

  beside.each([
    ['taskId', { taskId: -1, region }],
    ['region', { taskId: 18_215, region: 'Guangzhou' }],
    ['maxWait', { taskId: 18_215, region, maxWait: 'soon' }],
    ['polling.jitter', { taskId: 18_215, region, polling: { jitter: 2 } }],
    ['maxwait', { taskId: 18_215, region, maxwait: '1h' }],
  ])('in %s is refused before anything is sent', async (field, input) => {
    const other = nowhere();
    const error = await errorOf(other.start(input));

    expect(error).toMatchObject({ type: 'RedisTaskInvalidInput', details: { invalid: { field } } });
    await expect(other.find({ taskId: 18_215, region })).resolves.toEqual([]);
  });

  beside('is refused where a task is named, too', async () => {
    await expect(client.attach({ taskId: 1, region: '' })).rejects.toThrow(RedisTaskError);
  });
});

about('a wait that runs', () => {
  beside('shows its progress until its end, and nothing twice', async () => {
    const task = { taskId: waits.addTask({ status: 'preparing' }), region };
    await client.start({ ...task, polling: { initialInterval: '1h' } });
    const next: Record<string, TaskStep> = { preparing: { status: 'running' }, running: SUCCEED };
    const seen: RedisTaskWaitState[] = [];
    for await (const state of client.progress(task, { intervalMs: 100 })) {
      seen.push(state);
      const step = next[state.status ?? ''];
      if (!step || state.nextPollAt === null) continue;
      waits.simulator.setTask(task.taskId, step);
      await client.pollNow(task);
    }

    const statuses = seen.map(({ status }) => status).filter((status, index, all) => status !== all[index - 1]);
    expect(statuses.filter(Boolean)).toEqual(['preparing', 'running', 'succeed']);
    const facts = seen.map((state) => JSON.stringify({ ...state, waitedMs: 0 }));
    expect(facts.some((each, index) => each === facts[index - 1])).toBe(false);
    await expect(client.result(task)).resolves.toMatchObject({ status: 'succeed', polls: 3 });
  });

  beside('is no longer followed once the signal is aborted, and goes on', async () => {
    const task = await runningWait();
    const stop = new AbortController();
    const seen: RedisTaskWaitState[] = [];
    for await (const state of client.progress(task, { signal: stop.signal })) {
      seen.push(state);
      stop.abort();
    }

    expect(seen).toMatchObject([{ taskId: task.taskId, status: 'running', polls: 1 }]);
    expect((await described(task)).status.name).toBe('RUNNING');
    await client.cancel(task);
  });

  beside('is asked nothing more once the signal is aborted: the connection can be closed', async () => {
    const task = await runningWait();
    const connection = await Connection.connect({ address: waits.env.address });
    const own = new RedisTaskClient(new Client({ connection }), { taskQueue: waits.taskQueue });
    const stop = new AbortController();
    const follow = async () => {
      // The follower pauses for a second.
      for await (const { taskId } of own.progress(task, { signal: stop.signal })) {
        expect(taskId).toBe(task.taskId);
        void setTimeout(300).then(() => {
          stop.abort();
          return connection.close();
        });
      }
    };

    await expect(follow()).resolves.toBeUndefined();
    await client.cancel(task);
  });

  beside('has a follower who learns that the worker has left, and that one is back', async () => {
    const lonely = new RedisTaskClient(waits.client, { taskQueue: `left-${randomUUID()}` });
    const task = { taskId: waits.addTask(RUNNING, SUCCEED), region };
    await waits.serveCalls(lonely.taskQueue);
    const leave = await waits.serveWaits(lonely.taskQueue);
    const { workflowId } = await lonely.start({ ...task, polling: { initialInterval: '1h' } });
    const news: unknown[] = [];
    let left: Promise<void> | undefined;
    const onWorkerChange = (hasWorker: boolean) => {
      // On a busy machine a worker may seem to have left before.
      if (!left) return;
      news.push(hasWorker ? 'back' : 'left');
      if (!hasWorker) {
        void left.then(() => waits.serveWaits(lonely.taskQueue)).then(() => lonely.pollNow({ workflowId }));
      }
    };
    for await (const { status } of lonely.progress({ workflowId }, { intervalMs: 100, onWorkerChange })) {
      if (!news.includes(status)) news.push(status);
      if (status !== 'running' || left) continue;
      waits.simulator.setTask(task.taskId, SUCCEED);
      left = leave();
      await left;
    }

    expect(news.filter(Boolean)).toEqual(['running', 'left', 'back', 'succeed']);
  });

  beside('is one of many that are followed: at most ten are asked at once', async () => {
    const queries = new Gauge();
    const counting: WorkflowClientInterceptor = { query: (input, next) => queries.during(next(input)) };
    const { connection } = waits.env;
    const counted = new Client({ connection, interceptors: { workflow: [counting] } });
    const many = new RedisTaskClient(counted, { taskQueue: waits.taskQueue });
    const follow = async () => {
      const { workflowId } = await many.start({ taskId: waits.addTask(RUNNING, SUCCEED), region });
      for await (const { polls } of many.progress({ workflowId }, { intervalMs: 1 })) if (polls > 0) break;
      await many.cancel({ workflowId });
    };
    await Promise.all(Array.from({ length: 25 }, follow));

    expect(queries.most).toBeGreaterThan(1);
    expect(queries.most).toBeLessThanOrEqual(10);
  });

  beside('is asked again when a worker is just loading it', async () => {
    const task = await runningWait();
    let queries = 0;
    const loading: WorkflowClientInterceptor = {
      async query(input, next) {
        if (++queries > 1) return next(input);
        // A refusal of a worker, in the words of the one that is meant.
        return next({ ...input, queryType: 'noSuchQuery' }).catch((refusal: unknown) => {
          throw Object.assign(refusal as Error, { message: 'A worker is loading this wait. Ask again.' });
        });
      },
    };
    const { connection } = waits.env;
    const patient = new RedisTaskClient(new Client({ connection, interceptors: { workflow: [loading] } }), {
      taskQueue: waits.taskQueue,
    });

    await expect(patient.state(task)).resolves.toMatchObject({ taskId: task.taskId, polls: 1 });
    expect(queries).toBe(2);
    await client.cancel(task);
  });

  beside('polls when asked', async () => {
    const task = await runningWait();
    waits.simulator.setTask(task.taskId, SUCCEED);
    await client.pollNow(task);

    await expect(client.result(task)).resolves.toMatchObject({ status: 'succeed', polls: 2 });
  });

  beside('takes a new deadline, and refuses one that is over', async () => {
    const task = await runningWait();
    const before = await client.state(task);
    const after = await client.extendWait(task, '5h');
    // Until a wait of one second would be over.
    await until(
      () => client.state(task).then(() => Date.now()),
      (now) => now > Date.parse(before.deadline) - 2 * 3_600_000 + 1_500,
    );
    const refusal = await errorOf(client.extendWait(task, 1_000));
    const nonsense = await errorOf(client.extendWait(task, 'soon'));

    expect(Date.parse(after.deadline) - Date.parse(before.deadline)).toBe(3 * 3_600_000);
    expect(refusal).toBeInstanceOf(RedisTaskError);
    for (const error of [refusal, nonsense]) {
      expect(error).toMatchObject({ type: 'RedisTaskInvalidInput', details: { invalid: { field: 'maxWait' } } });
    }
    expect((await client.state(task)).deadline).toBe(after.deadline);
    await client.cancel(task);
  });

  beside('that is cancelled ends with an error that says that the task goes on', async () => {
    const task = await runningWait();
    const [error] = await Promise.all([errorOf(client.result(task)), client.cancel(task)]);

    expect(error).toBeInstanceOf(RedisTaskWaitCancelledError);
    expect((error as Error).message).toContain('the task itself goes on');
  });
});

beside('what is no wait is told from a wait that failed', async () => {
  const task = { taskId: 404_404, region };

  await expect(client.state(task)).rejects.toThrow(WorkflowNotFoundError);
  await expect(client.cancel(task)).rejects.toThrow(WorkflowNotFoundError);
  await expect(client.result(task)).rejects.toThrow(WorkflowNotFoundError);
});

async function described(task: { taskId: number; region: string }) {
  return (await client.attach(task)).describe();
}

async function describeUi(task: { taskId: number; region: string }) {
  const description = await described(task);
  return { memo: description.memo, staticSummary: await description.staticSummary() };
}
