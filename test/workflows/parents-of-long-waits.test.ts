// Parents of waits that have continued as new or were reset, on a dev server that suggests to continue after twenty events.
import { randomUUID } from 'node:crypto';
import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { AwaitRedisTaskOptions } from '../../src/workflows/index.js';
import { LONG_HISTORIES_SERVER, ownDevServer } from '../support/environments.js';
import { workflowBundle } from '../support/environments.js';
import { about, beside } from '../support/together.js';
import { causeOf, REGION as region, until, untilState, Waits, type WaitHandle } from '../support/waits.js';

// Two polls in quick succession, which fill a run, and then none for an hour: whatever ends a wait, no poll does.
const QUICK = { initialInterval: '1s', backoffCoefficient: 1, jitter: 0 };

/** What a reset leaves out of what came after it: see `ResetReapplyExcludeType`. */
const CANCEL_REQUEST = 4 as never;

let waits: Waits;
let parents: string;

beforeAll(async () => {
  waits = await Waits.start(() => ownDevServer(LONG_HISTORIES_SERVER), { actions: ['DestroyPrepaidInstance'] });
  // Parents have a worker of their own: that of the waits may be gone.
  parents = `parents-${randomUUID()}`;
  await waits.serve({ taskQueue: parents, workflowBundle: workflowBundle() });
});
afterAll(() => waits.close());

/** A parent of a wait, which runs on a queue of its own. */
async function startParent(
  name = 'childParent',
  taskQueue = waits.taskQueue,
  options: AwaitRedisTaskOptions = {},
  polling: object = QUICK,
) {
  const taskId = waits.addTask({ status: 'running' });
  const args = [
    { taskId, region, polling, maxWait: '1d' },
    { taskQueue, ...options },
  ];
  const parent = await waits.startWorkflow(name, args, { taskQueue: parents });
  const wait: WaitHandle = waits.client.workflow.getHandle(`${parent.workflowId}/${taskQueue}/${region}/${taskId}`);
  return { taskId, parent, wait };
}

/** The same, once the parent does not know the run that is open. */
async function startLongWait(name?: string, taskQueue?: string) {
  const started = await startParent(name, taskQueue);
  await until(
    () => runs(started.wait),
    ([open, first]) => open !== first,
  );
  return started;
}

/** The run that is open, and the first one; none before the start. */
async function runs(wait: WaitHandle): Promise<[open: string, first: string]> {
  try {
    const { runId, raw } = await wait.describe();
    return [runId, raw.workflowExecutionInfo?.firstRunId ?? ''];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return ['', ''];
    throw error;
  }
}

/** The workflow tasks of a parent that are over. */
async function completedTasks(parent: WorkflowHandle) {
  const { events } = await parent.fetchHistory();
  return (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
}

/** Resets a workflow to before a workflow task, the first one unless told otherwise. */
async function reset(
  { workflowId }: WorkflowHandle,
  finishEventId = 4,
  without: readonly (typeof CANCEL_REQUEST)[] = [],
): Promise<string> {
  const { runId } = await waits.client.workflowService.resetWorkflowExecution({
    namespace: waits.client.options.namespace,
    workflowExecution: { workflowId },
    workflowTaskFinishEventId: finishEventId as never,
    resetReapplyExcludeTypes: [...without],
    requestId: randomUUID(),
    reason: 'test',
  });
  return runId;
}

/** Resets a parent that only waits to after the start of its wait. */
async function resetToAfter(parent: WorkflowHandle): Promise<WorkflowHandle> {
  const tasks = await until(
    () => completedTasks(parent),
    ({ length }) => length > 1,
  );
  return waits.client.workflow.getHandle(parent.workflowId, await reset(parent, Number(tasks.at(-1)?.eventId)));
}

async function endOf(handle: WorkflowHandle): Promise<string> {
  const { status } = await until(
    () => handle.describe(),
    ({ status }) => status.name !== 'RUNNING',
  );
  return status.name;
}

about('a wait that has continued as new', () => {
  beside('is cancelled with its parent', async () => {
    const { parent, wait } = await startLongWait();
    await parent.cancel();

    expect(await causeOf(parent.result())).toBeInstanceOf(CancelledFailure);
    await expect(endOf(wait)).resolves.toBe('CANCELLED');
  });

  beside('is cancelled by a parent that goes on', async () => {
    const { parent, wait } = await startLongWait('givingUpParent');
    await parent.signal('giveUp');

    await expect(parent.result()).resolves.toBe('given up');
    await expect(endOf(wait)).resolves.toBe('CANCELLED');
  });

  beside('is cancelled when its parent was cancelled while no worker ran', async () => {
    const taskQueue = `replaced-${randomUUID()}`;
    const stop = await waits.serveWaits(taskQueue);
    await waits.serveCalls(taskQueue);
    const { parent, wait } = await startLongWait('childParent', taskQueue);
    await wait.signal('pollNow');
    await stop();
    await parent.cancel();
    await waits.serveWaits(taskQueue);

    expect(await causeOf(parent.result())).toBeInstanceOf(CancelledFailure);
    await expect(endOf(wait)).resolves.toBe('CANCELLED');
  });

  beside('goes on when its parent was reset to before it cancelled', async () => {
    const taskQueue = `replaced-${randomUUID()}`;
    const stop = await waits.serveWaits(taskQueue);
    await waits.serveCalls(taskQueue);
    const [{ parent, wait, taskId }, other] = await Promise.all([
      startLongWait('childParent', taskQueue),
      startLongWait('childParent', taskQueue),
    ]);
    const { eventId } = (await completedTasks(parent)).at(-1) ?? {};
    await stop();
    await parent.cancel();
    await until(
      () => parent.fetchHistory(),
      ({ events }) => events?.some((event) => event.externalWorkflowExecutionCancelRequestedEventAttributes) ?? false,
    );
    const again = waits.client.workflow.getHandle(
      parent.workflowId,
      await reset(parent, Number(eventId), [CANCEL_REQUEST]),
    );
    await other.parent.cancel();
    await waits.serveWaits(taskQueue);
    await expect(endOf(other.wait)).resolves.toBe('CANCELLED');

    waits.simulator.setTask(taskId, { status: 'succeed' });
    await wait.signal('pollNow');
    await expect(again.result()).resolves.toMatchObject({ taskId, status: 'succeed' });
  });

  beside('ends with a parent that is terminated', async () => {
    const { parent, wait } = await startLongWait();
    await parent.terminate();

    await expect(endOf(wait)).resolves.toBe('TERMINATED');
  });

  beside('hears the signals of its parent', async () => {
    const { parent, wait, taskId } = await startLongWait('signallingParent');
    const { polls } = await untilState(wait, ({ nextPollAt }) => nextPollAt !== null);
    waits.simulator.setTask(taskId, { status: 'succeed' });
    await parent.signal('poke');

    await expect(parent.result()).resolves.toMatchObject({ taskId, status: 'succeed' });
    expect(polls).toBeGreaterThan(0);
  });

  beside('is cancelled by a parent that was reset to after its start', async () => {
    const { parent, wait } = await startLongWait('signallingParent');
    await parent.signal('poke');
    // Reset to before a workflow task that comes after: one that sends the signal again does not find the wait.
    const { events } = await until(
      () => parent.fetchHistory(),
      ({ events = [] }) => {
        const sent = events?.findIndex((event) => event.externalWorkflowExecutionSignaledEventAttributes) ?? -1;
        return sent >= 0 && (events ?? []).slice(sent).some((event) => event.workflowTaskCompletedEventAttributes);
      },
    );
    const eventId = events?.findLast((event) => event.workflowTaskCompletedEventAttributes)?.eventId;
    const runId = await reset(parent, Number(eventId));
    const again = waits.client.workflow.getHandle(parent.workflowId, runId);
    await again.cancel();

    await expect(again.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    await expect(endOf(wait)).resolves.toBe('CANCELLED');
  });
});

beside('a wait is cancelled by a parent that was reset before the wait has continued as new', async () => {
  const { parent, wait } = await startParent('childParent', waits.taskQueue, {}, { initialInterval: '1h' });
  await until(
    () => runs(wait),
    ([open]) => open !== '',
  );
  const again = await resetToAfter(parent);
  await again.cancel();

  expect(await causeOf(again.result())).toBeInstanceOf(CancelledFailure);
  await expect(endOf(wait)).resolves.toBe('CANCELLED');
});

beside.each([
  ['terminated', {}, 'TERMINATED'],
  ['terminated, and cancels what it leaves', { parentClosePolicy: 'REQUEST_CANCEL' }, 'CANCELLED'],
] as const)('a wait ends with a parent that was reset and then %s', async (_, options, status) => {
  const { parent, wait } = await startParent('childParent', waits.taskQueue, options, { initialInterval: '1h' });
  const again = await resetToAfter(parent);
  await again.terminate();

  await expect(endOf(wait)).resolves.toBe(status);
});

beside('a wait ends as cancelled when its parent was reset, cancels it and does not wait for its end', async () => {
  const options = { cancellationType: 'TRY_CANCEL' } as const;
  const { parent, wait } = await startParent('childParent', waits.taskQueue, options, { initialInterval: '1h' });
  const again = await resetToAfter(parent);
  await again.cancel();

  await expect(endOf(wait)).resolves.toBe('CANCELLED');
});

beside('a wait goes on without a parent that abandons it, was reset and then terminated', async () => {
  const [{ parent, wait }, other] = await Promise.all([
    startParent('childParent', waits.taskQueue, { parentClosePolicy: 'ABANDON' }, { initialInterval: '1h' }),
    startParent('childParent', waits.taskQueue, {}, { initialInterval: '1h' }),
  ]);
  for (const each of [parent, other.parent]) await (await resetToAfter(each)).terminate();

  await expect(endOf(other.wait)).resolves.toBe('TERMINATED');
  await expect(wait.describe()).resolves.toMatchObject({ status: { name: 'RUNNING' } });
  await wait.terminate();
});

beside('a wait that is reset after the end of its parent, which was reset before, goes on', async () => {
  const begin = () => startParent('childParent', waits.taskQueue, {}, { initialInterval: '1h' });
  const [{ parent, wait }, other] = await Promise.all([begin(), begin()]);
  const again = await resetToAfter(parent);
  await wait.cancel();
  await expect(endOf(again)).resolves.toBe('FAILED');
  await reset(wait, undefined, [CANCEL_REQUEST]);

  // Whoever ends this one has looked after the first as well.
  await (await resetToAfter(other.parent)).terminate();
  await expect(endOf(other.wait)).resolves.toBe('TERMINATED');
  await expect(wait.describe()).resolves.toMatchObject({ status: { name: 'RUNNING' } });
  await wait.terminate();
});

beside('a wait that was reset is cancelled with its parent', async () => {
  const { parent, wait } = await startParent();
  await until(
    () => runs(wait),
    ([open]) => open !== '',
  );
  await untilState(wait, ({ polls }) => polls > 0);
  await reset(wait);
  await untilState(wait, ({ polls }) => polls > 0);
  await parent.cancel();

  expect(await causeOf(parent.result())).toBeInstanceOf(CancelledFailure);
  await expect(endOf(wait)).resolves.toBe('CANCELLED');
});

beside('a parent that was reset to before its wait has a new one in place of the old', async () => {
  const { parent, wait, taskId } = await startLongWait();
  const [, first] = await runs(wait);
  const again = waits.client.workflow.getHandle(parent.workflowId, await reset(parent));
  await until(
    () => runs(wait),
    ([, now]) => now !== first,
  );
  waits.simulator.setTask(taskId, { status: 'succeed' });

  await expect(again.result()).resolves.toMatchObject({ taskId, status: 'succeed' });
});

beside('a parent without the policy waits anew once its old wait is terminated', async () => {
  const { parent, wait, taskId } = await startParent('childParent', waits.taskQueue, {
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  });
  await until(
    () => runs(wait),
    ([open]) => open !== '',
  );
  const refused = waits.client.workflow.getHandle(parent.workflowId, await reset(parent));
  expect(String(await causeOf(refused.result()))).toMatch(/already started/);
  await expect(wait.describe()).resolves.toMatchObject({ status: { name: 'RUNNING' } });

  await wait.terminate();
  const again = waits.client.workflow.getHandle(parent.workflowId, await reset(parent));
  waits.simulator.setTask(taskId, { status: 'succeed' });
  await expect(again.result()).resolves.toMatchObject({ taskId, status: 'succeed' });
});

test('every run replays', async () => {
  await expect(waits.replayAll()).resolves.toBeGreaterThan(10);
});

beside('a change that was reset to before it waits for its instances waits for them again', async () => {
  const InstanceId = `crs-${randomUUID().slice(0, 8)}`;
  waits.simulator.addInstance(InstanceId, { timeline: [{ status: 2 }] });
  waits.simulator.onOrder(() => ({ deal: { timeline: [{ status: 4, instanceIds: [InstanceId] }] }, instances: {} }));
  const input = {
    action: 'DestroyPrepaidInstance',
    region,
    params: { InstanceId },
    polling: { initialInterval: '1h' },
  };
  const change = await waits.startWorkflow('runRedisAction', [input]);
  const wait: WorkflowHandle = waits.client.workflow.getHandle(`${change.workflowId}/${region}/instances`);
  const started = async () => {
    const { events } = await change.fetchHistory();
    return events?.find((event) => event.startChildWorkflowExecutionInitiatedEventAttributes);
  };
  const initiated = await until(started, (event) => event !== undefined);
  const { workflowTaskCompletedEventId: taskId } = initiated?.startChildWorkflowExecutionInitiatedEventAttributes ?? {};
  await until(
    () => runs(wait),
    ([open]) => open !== '',
  );
  const [left] = await runs(wait);
  const runId = await reset(change, Number(taskId));
  await until(
    () => runs(wait),
    ([open]) => open !== left,
  );
  waits.simulator.setInstance(InstanceId, { status: -2 });
  await wait.signal('pollNow');

  await expect(waits.client.workflow.getHandle(change.workflowId, runId).result()).resolves.toMatchObject({
    submits: 1,
  });
});
