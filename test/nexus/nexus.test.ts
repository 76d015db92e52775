// Waits that pipelines of another namespace share through Nexus, on a dev server that has that namespace.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { CancelledFailure, Client } from '@temporalio/client';
import { createRedisTasksHandler } from '../../src/nexus/handler.js';
import { bundled, ownDevServer } from '../support/environments.js';
import {
  eventNames,
  eventsOf,
  failedWorkflowTasks,
  heardAt,
  summariesOf,
  tasksToCancel,
} from '../support/histories.js';
import { about, beside } from '../support/together.js';
import { causeOf, REGION, stateOf, until, untilState, Waits } from '../support/waits.js';
import type { Caught } from './callers.js';

const NAMESPACE = 'pipelines';
const RUNNING = { status: 'running' };
const SUCCEED = { status: 'succeed' };
const SLOW = { initialInterval: '1h' };
const ENDPOINT = 'redis-tasks';
const HOUR = 3_600_000;

let waits: Waits;
let callers: Client;

beforeAll(async () => {
  waits = await Waits.start(() => ownDevServer({ namespace: NAMESPACE }));
  callers = new Client({ connection: waits.env.connection, namespace: NAMESPACE });
  await waits.serve({
    taskQueue: 'handlers',
    nexusServices: [createRedisTasksHandler({ taskQueue: waits.taskQueue })],
  });
  await waits.serve({
    namespace: NAMESPACE,
    taskQueue: 'pipelines',
    workflowBundle: await bundled(fileURLToPath(new URL('callers.ts', import.meta.url))),
  });
  await waits.env.createNexusEndpoint(ENDPOINT, 'handlers');
});
afterAll(() => waits.close());

function call<Result>(workflow: string, ...args: unknown[]) {
  return callers.workflow.start<(...args: unknown[]) => Promise<Result>>(workflow, {
    workflowId: `${workflow}-${randomUUID()}`,
    taskQueue: 'pipelines',
    args,
  });
}

/** The wait that callers share: its id is that of a client. */
function waitFor(taskId: number) {
  return waits.client.workflow.getHandle(`${waits.taskQueue}/${REGION}/${taskId}`);
}

/** Asks for the names of the signals that a wait has been sent. */
function signalsOf(taskId: number): () => Promise<unknown[]> {
  return async () =>
    eventsOf(await waitFor(taskId).fetchHistory(), 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED').map(
      (event) => event.workflowExecutionSignaledEventAttributes?.signalName,
    );
}

/** Until so many callers hang on a wait, which has seen its task and pauses. */
async function untilShared(taskId: number, callersOfIt: number): Promise<void> {
  const ask = async () => {
    try {
      const { raw } = await waitFor(taskId).describe();
      return raw.callbacks?.length ?? 0;
    } catch {
      return 0;
    }
  };
  await until(ask, (count) => count === callersOfIt);
  await untilState(waitFor(taskId), ({ polls, nextPollAt }) => polls === 1 && nextPollAt !== null);
}

about('five callers of one task', () => {
  beside('share one wait, and its outcome reaches the four that do not cancel', async () => {
    const taskId = waits.addTask(RUNNING);
    const input = { taskId, region: REGION, polling: SLOW };
    const pipelines = await Promise.all(Array.from({ length: 5 }, () => call('shared', input, ENDPOINT)));
    await untilShared(taskId, 5);
    const [leaver, ...others] = pipelines;
    await leaver?.cancel();

    expect(leaver && (await causeOf(leaver.result()))).toBeInstanceOf(CancelledFailure);
    expect(leaver && (await tasksToCancel(leaver))).toBe(1);
    waits.simulator.setTask(taskId, SUCCEED);
    await waitFor(taskId).signal('pollNow');
    const results = await Promise.all(others.map((each) => each.result()));

    expect(results).toHaveLength(4);
    for (const result of results) expect(result).toMatchObject({ taskId, status: 'succeed', polls: 2 });
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    // One poller: the first poll, and the one that was asked for.
    expect(waits.callsFor(taskId)).toHaveLength(2);
  });

  beside('all get the typed failure', async () => {
    const taskId = waits.addTask(RUNNING);
    const input = { taskId, region: REGION, polling: SLOW };
    const pipelines = await Promise.all(Array.from({ length: 5 }, () => call<Caught>('catching', input, ENDPOINT)));
    await untilShared(taskId, 5);
    waits.simulator.setTask(taskId, { status: 'failed', message: 'disk is full' });
    await waitFor(taskId).signal('pollNow');

    for (const { names, failure } of await Promise.all(pipelines.map((each) => each.result()))) {
      expect(names).toEqual(['NexusOperationFailure', 'ApplicationFailure']);
      expect(failure).toMatchObject({
        type: 'RedisTaskFailed',
        details: { taskId, status: 'failed', message: 'disk is full', polls: 2 },
      });
      expect(failure?.message).toContain('disk is full');
    }
    expect(waits.callsFor(taskId)).toHaveLength(2);
  });
});

about('a caller', () => {
  beside('that leaves is told at once, and the wait goes on alone', async () => {
    const taskId = waits.addTask(RUNNING);
    const caller = await call<string>('leaving', { taskId, region: REGION, polling: SLOW }, ENDPOINT);

    await expect(caller.result()).resolves.toBe('left');
    const { status } = await waitFor(taskId).describe();
    expect(status.name).toBe('RUNNING');
    await waitFor(taskId).terminate();
  });

  beside.each(['TRY_CANCEL', 'WAIT_CANCELLATION_REQUESTED'])(
    'whose cancelling reaches the handler, by %s, leaves alone too',
    async (type) => {
      const taskId = waits.addTask(RUNNING);
      const input = { taskId, region: REGION, polling: SLOW };
      const [leaver, other] = await Promise.all([
        call('shared', input, ENDPOINT, type),
        call('shared', input, ENDPOINT),
      ]);
      await untilShared(taskId, 2);
      await leaver.cancel();
      expect(await causeOf(leaver.result())).toBeInstanceOf(CancelledFailure);
      waits.simulator.setTask(taskId, SUCCEED);
      await waitFor(taskId).signal('pollNow');

      await expect(other.result()).resolves.toMatchObject({ taskId, status: 'succeed' });
    },
  );

  beside("by the SDK's own cancelling gets the outcome, which it is held for", async () => {
    const taskId = waits.addTask(RUNNING);
    const input = { taskId, region: REGION, polling: SLOW };
    const caller = await call('shared', input, ENDPOINT, 'WAIT_CANCELLATION_COMPLETED');
    await untilShared(taskId, 1);
    await caller.cancel();
    const asked = () => caller.fetchHistory().then(eventNames);
    await until(asked, (names) => names.includes('NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED'));
    waits.simulator.setTask(taskId, SUCCEED);
    await waitFor(taskId).signal('pollNow');

    await expect(caller.result()).resolves.toMatchObject({ taskId, status: 'succeed' });
  });

  beside('joins a wait that a client has started, and gets its outcome', async () => {
    const taskId = waits.addTask(RUNNING);
    const input = { taskId, region: REGION, polling: SLOW };
    const { workflowId } = waitFor(taskId);
    const handle = await waits.start(input, { workflowId });
    await untilState(handle, ({ polls, nextPollAt }) => polls === 1 && nextPollAt !== null);
    const caller = await call('shared', input, ENDPOINT);
    await untilShared(taskId, 1);
    waits.simulator.setTask(taskId, SUCCEED);
    await handle.signal('pollNow');

    await expect(caller.result()).resolves.toEqual(await handle.result());
  });

  beside('that joins moves the deadline as far as its own maxWait reaches from now', async () => {
    const taskId = waits.addTask(RUNNING);
    const input = { taskId, region: REGION, polling: SLOW };
    await call('shared', { ...input, maxWait: '1h' }, ENDPOINT);
    await untilShared(taskId, 1);
    const { deadline } = await stateOf(waitFor(taskId));
    await call('shared', { ...input, maxWait: '3h' }, ENDPOINT);
    const joined = await untilState(waitFor(taskId), (state) => state.deadline !== deadline);
    await call('shared', { ...input, maxWait: '1m' }, ENDPOINT);
    const signalled = await until(signalsOf(taskId), (names) => names.length > 1);
    const after = await stateOf(waitFor(taskId));

    const history = await waitFor(taskId).fetchHistory();
    const [signal] = eventsOf(history, 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED');
    expect(Date.parse(joined.deadline) - heardAt(history, signal)).toBe(3 * HOUR);
    expect(after.deadline).toBe(joined.deadline);
    // None from the caller that started it.
    expect(signalled).toEqual(['joinWait', 'joinWait']);
    await waitFor(taskId).terminate();
  });

  beside('is not attached to a workflow of another type under the id of its wait', async () => {
    const taskId = waits.addTask(RUNNING);
    const { workflowId } = waitFor(taskId);
    const other = await waits.client.workflow.start('migrateTable', {
      workflowId,
      taskQueue: `nobody-${randomUUID()}`,
    });
    const caller = await call<string[]>('refused', { taskId, region: REGION }, ENDPOINT);

    const [, ...messages] = await caller.result();
    expect(messages).toContainEqual(
      expect.stringContaining(`${workflowId} is no wait for a Redis task: its type is migrateTable`),
    );
    expect(await signalsOf(taskId)()).toEqual([]);
    await other.terminate();
  });

  beside('starts a wait that says what it is for', async () => {
    const taskId = waits.addTask(SUCCEED);
    const caller = await call('shared', { taskId: String(taskId), region: REGION }, ENDPOINT);
    await caller.result();
    const { memo, staticSummary } = await waitFor(taskId)
      .describe()
      .then(async (description) => ({
        memo: description.memo,
        staticSummary: await description.staticSummary(),
      }));
    const history = await caller.fetchHistory();

    expect(memo).toEqual({ taskId, region: REGION });
    expect(staticSummary).toBe(`Redis task ${taskId} in ${REGION}`);
    expect(summariesOf(history, 'EVENT_TYPE_NEXUS_OPERATION_SCHEDULED')).toEqual([`Redis task ${taskId} in ${REGION}`]);
    expect(failedWorkflowTasks(history)).toEqual([]);
  });

  beside.each([
    ['the helper, which asks nobody', 'catching', ['ApplicationFailure']],
    ['the handler', 'catchingByName', ['NexusOperationFailure', 'ApplicationFailure', 'ApplicationFailure']],
  ])('whose input breaks a rule is refused by %s, with the typed failure', async (_who, workflow, expected) => {
    const caller = await call<Caught>(workflow, { taskId: 0, region: REGION }, ENDPOINT);
    const { names, failure } = await caller.result();

    expect(names).toEqual(expected);
    expect(failure).toMatchObject({
      type: 'RedisTaskInvalidInput',
      details: { taskId: null, region: REGION, invalid: { field: 'taskId' } },
    });
  });
});
