import type { WorkflowHandle } from '@temporalio/client';
import type { RedisTaskDuration } from '../../src/contract/duration.js';
import { watchWorkflowId } from '../../src/contract/ids.js';
import { SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import type { AnyHandle, KindOfWait } from './kind-of-wait.js';
import { KINDS_OF_CHANGES, KINDS_OF_LONG_CHANGES } from './kinds-of-changes.js';
import { KINDS_OF_INSTANCE_WAITS, KINDS_OF_LONG_INSTANCE_WAITS } from './kinds-of-instance-waits.js';
import { endSoon, pausingWait, SLOW, takeCallAndDie, waitWithoutCalls } from './moments.js';
import { REGION, stateOf, until, untilState, type WaitHandle, type Waits } from './waits.js';

const RUNNING = { status: 'running' };
const SUCCEED = { status: 'succeed', message: 'ok' };
const EVERY_SECOND = { initialInterval: '1s', backoffCoefficient: 1, jitter: 0 };
const SHARED = { pacing: 'shared' } as const;
/** The API knows no such key. */
const STRANGER = { ...SIMULATOR_CREDENTIAL, secretId: 'AKIDthatNobodyHasHeardOf' };

/** Every kind of wait for a task on a server as it comes, by a name that tells. */
export const KINDS_OF_WAITS: Readonly<Record<string, KindOfWait>> = {
  succeeded: {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const taskId = waits.addTask({ status: 'preparing', forPolls: 1 }, { ...RUNNING, forPolls: 2 }, SUCCEED);
      return waits.start({ taskId, region: REGION, polling: { initialInterval: '1s' } }, { workflowId });
    },
  },
  'succeeded-at-once': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => waits.start({ taskId: waits.addTask(SUCCEED), region: REGION }, { workflowId }),
  },
  failed: {
    ending: 'RedisTaskFailed',
    play: (waits, workflowId) => {
      const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, { status: 'failed', message: 'disk is full' });
      return waits.start({ taskId, region: REGION, polling: EVERY_SECOND }, { workflowId });
    },
  },
  errored: {
    ending: 'RedisTaskErrored',
    play: (waits, workflowId) => {
      const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, { status: 'Error', message: 'oops' });
      return waits.start({ taskId, region: REGION, polling: EVERY_SECOND }, { workflowId });
    },
  },
  'timed-out': {
    ending: 'RedisTaskTimedOut',
    play: (waits, workflowId) => {
      const taskId = waits.addTask({ status: 'a status that nobody has heard of' });
      return waits.start({ taskId, region: REGION, maxWait: '2s', polling: SLOW }, { workflowId });
    },
  },
  unauthorized: {
    ending: 'RedisTaskUnauthorized',
    play: (waits, workflowId) => {
      const taskId = waits.addTask(RUNNING);
      waits.simulator.fault({ kind: 'error', code: 'AuthFailure.UnauthorizedOperation' }, { taskId });
      return waits.start({ taskId, region: REGION }, { workflowId });
    },
  },
  rejected: {
    ending: 'RedisTaskRejected',
    play: (waits, workflowId) => {
      const taskId = waits.addTask(RUNNING);
      waits.simulator.fault({ kind: 'error', code: 'UnsupportedRegion' }, { taskId });
      return waits.start({ taskId, region: REGION }, { workflowId });
    },
  },
  'rejected-unknown-task': {
    ending: 'RedisTaskRejected',
    play: (waits, workflowId) =>
      waits.start({ taskId: waits.addTask(), region: REGION, polling: SLOW }, { workflowId }),
  },
  'invalid-input': {
    ending: 'RedisTaskInvalidInput',
    play: (waits, workflowId) => waits.start({ taskId: -1, region: REGION }, { workflowId }),
  },
  'expected-duration': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, SUCCEED);
      return waits.start({ taskId, region: REGION, polling: { expectedDuration: '3s' } }, { workflowId });
    },
  },

  'outage-retried-within-a-poll': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const taskId = waits.addTask(SUCCEED);
      waits.simulator.fault({ kind: 'throttled' }, { taskId, times: 1 });
      waits.simulator.fault({ kind: 'html', httpStatus: 502 }, { taskId, times: 1 });
      return waits.start({ taskId, region: REGION }, { workflowId });
    },
  },
  'outage-of-whole-polls': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const taskId = waits.addTask(SUCCEED);
      waits.simulator.fault({ kind: 'error', code: 'InternalError' }, { taskId, times: 4 });
      return waits.start({ taskId, region: REGION, polling: EVERY_SECOND }, { workflowId });
    },
  },
  'unknown-task-that-was-seen': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      const { taskId, handle } = await pausingWait(waits, { workflowId });
      waits.simulator.fault({ kind: 'error', code: 'FailedOperation.FlowNotExists' }, { taskId, times: 1 });
      await handle.signal('pollNow');
      await untilState(handle, ({ lastError }) => lastError !== undefined);
      return succeedNow(waits, taskId, handle);
    },
  },
  'refused-after-it-was-seen': {
    ending: 'RedisTaskRejected',
    isLong: true,
    play: async (waits, workflowId) => {
      const taskId = waits.addTask(RUNNING);
      const polling = { initialInterval: '20s', maximumInterval: '20s', jitter: 0 };
      const handle = await waits.start({ taskId, region: REGION, polling }, { workflowId });
      await untilState(handle, ({ polls }) => polls === 1);
      waits.simulator.fault({ kind: 'error', code: 'UnsupportedRegion' }, { taskId });
      return handle;
    },
  },
  'last-poll-where-nobody-serves': {
    ending: 'RedisTaskTimedOut',
    isLong: true,
    play: async (waits, workflowId) => (await waitWithoutCalls(waits, { workflowId, maxWait: '1s' })).handle,
  },
  'last-poll-that-is-served-late': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      const { taskId, taskQueue, handle } = await waitWithoutCalls(waits, { workflowId, maxWait: '1s' });
      await untilState(handle, ({ nextPollAt, deadline }) => nextPollAt === null && Date.parse(deadline) < Date.now());
      waits.simulator.setTask(taskId, SUCCEED);
      await waits.serveCalls(taskQueue);
      return handle;
    },
  },
  'worker-lost': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      const { taskId, taskQueue, handle } = await waitWithoutCalls(waits, { workflowId, maxWait: '1h' });
      await takeCallAndDie(waits, taskQueue);
      waits.simulator.setTask(taskId, SUCCEED);
      await waits.serveCalls(taskQueue);
      return handle;
    },
  },
  'worker-lost-in-the-last-poll': {
    ending: 'RedisTaskTimedOut',
    isLong: true,
    play: async (waits, workflowId) => {
      const { taskQueue, handle } = await waitWithoutCalls(waits, { workflowId, maxWait: '1s' });
      await takeCallAndDie(waits, taskQueue);
      await takeCallAndDie(waits, taskQueue);
      return handle;
    },
  },

  'cancelled-in-a-pause': {
    ending: 'CANCELLED',
    play: async (waits, workflowId) => {
      const { handle } = await pausingWait(waits, { workflowId });
      await handle.cancel();
      return handle;
    },
  },
  'cancelled-during-a-call': {
    ending: 'CANCELLED',
    play: async (waits, workflowId) => {
      const taskId = waits.addTask(RUNNING);
      waits.simulator.fault({ kind: 'hang' }, { taskId });
      const handle = await waits.start({ taskId, region: REGION }, { workflowId });
      await waits.simulator.waitForCall((call) => call.taskId === String(taskId));
      await handle.cancel();
      return handle;
    },
  },
  'cancelled-between-attempts': {
    ending: 'CANCELLED',
    play: async (waits, workflowId) => {
      const taskId = waits.addTask(RUNNING);
      waits.simulator.fault({ kind: 'error', code: 'InternalError' }, { taskId });
      const handle = await waits.start({ taskId, region: REGION }, { workflowId });
      await waits.simulator.waitForCall(({ taskId: id, outcome }) => id === String(taskId) && outcome !== 'pending');
      await handle.cancel();
      return handle;
    },
  },
  'cancelled-in-the-queue': {
    ending: 'CANCELLED',
    play: async (waits, workflowId) => {
      const { handle } = await waitWithoutCalls(waits, { workflowId, maxWait: '1h' });
      await handle.cancel();
      return handle;
    },
  },

  'poll-now': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      const { taskId, handle } = await pausingWait(waits, { workflowId });
      await Promise.all([handle.signal('pollNow'), handle.signal('pollNow')]);
      // The second may come when the poll of the first is over.
      await untilState(handle, ({ polls, nextPollAt }) => polls >= 2 && nextPollAt !== null);
      return succeedNow(waits, taskId, handle);
    },
  },
  'poll-now-during-a-call': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, SUCCEED);
      waits.simulator.fault({ kind: 'slow', delayMs: 1_000 }, { taskId, times: 1 });
      const handle = await waits.start({ taskId, region: REGION, polling: SLOW }, { workflowId });
      await waits.simulator.waitForCall((call) => call.taskId === String(taskId));
      await handle.signal('pollNow');
      return handle;
    },
  },
  'extend-wait-longer-and-shorter': {
    ending: 'RedisTaskTimedOut',
    play: async (waits, workflowId) => {
      const { handle } = await pausingWait(waits, { workflowId });
      await extend(handle, '4h');
      await endSoon(handle);
      return handle;
    },
  },
  'extend-wait-gives-a-poll-back-its-pace': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      const { taskId, handle } = await pausingWait(waits, { workflowId, maxWait: '10m' });
      await extend(handle, '3h');
      return succeedNow(waits, taskId, handle);
    },
  },
  'joined-for-longer': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      const { taskId, handle } = await pausingWait(waits, { workflowId, maxWait: '10m' });
      await handle.signal('joinWait', { maxWait: '5m' });
      await handle.signal('joinWait', { maxWait: '3h' });
      return succeedNow(waits, taskId, handle);
    },
  },
  'extend-wait-during-a-call': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      const { taskId, taskQueue, handle } = await waitWithoutCalls(waits, { workflowId, maxWait: '1h' });
      for (const maxWait of ['2h', '2h', '1h', '3h']) await extend(handle, maxWait);
      waits.simulator.setTask(taskId, SUCCEED);
      await waits.serveCalls(taskQueue);
      return handle;
    },
  },

  'parent-of-a-child': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, SUCCEED);
      const input = { taskId, region: REGION, polling: EVERY_SECOND };
      return waits.startWorkflow('childParent', [input, { taskQueue: waits.taskQueue }], { workflowId });
    },
  },
  'parent-that-is-cancelled': {
    ending: 'CANCELLED',
    play: async (waits, workflowId) => {
      const taskId = waits.addTask(RUNNING);
      const args = [{ taskId, region: REGION, polling: SLOW }, { taskQueue: waits.taskQueue }];
      const handle = await waits.startWorkflow('childParent', args, { workflowId });
      await waits.simulator.waitForCall(({ taskId: id, outcome }) => id === String(taskId) && outcome === 'ok');
      await handle.cancel();
      return handle;
    },
  },
  inline: {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, SUCCEED);
      return waits.startWorkflow('inlineWait', [{ taskId, region: REGION, polling: EVERY_SECOND }], { workflowId });
    },
  },
  'inline-that-fails': {
    ending: 'RedisTaskFailed',
    play: (waits, workflowId) => {
      const taskId = waits.addTask({ status: 'failed', message: 'disk is full' });
      return waits.startWorkflow('inlineWait', [{ taskId, region: REGION }], { workflowId });
    },
  },
  'inline-that-is-cancelled': {
    ending: 'CANCELLED',
    play: async (waits, workflowId) => {
      const taskId = waits.addTask(RUNNING);
      const handle = await waits.startWorkflow('inlineWait', [{ taskId, region: REGION, polling: SLOW }], {
        workflowId,
      });
      await waits.simulator.waitForCall(({ taskId: id, outcome }) => id === String(taskId) && outcome === 'ok');
      await handle.cancel();
      return handle;
    },
  },

  'shared-that-is-told-by-its-watch': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      await Promise.all([waits.serveWaits(workflowId), waits.serveCalls(workflowId)]);
      const { taskId, handle } = await watchedWait(waits, workflowId);
      const watch = await watchOf(waits, workflowId);
      waits.simulator.setTask(taskId, SUCCEED);
      await watch.result();
      await waits.follow(watch);
      return handle;
    },
  },
  'shared-that-may-not-be-listed': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      await Promise.all([waits.serveWaits(workflowId, undefined, STRANGER), waits.serveCalls(workflowId)]);
      const pacedByItself = async (id: string) => {
        const taskId = waits.addTask(RUNNING);
        const input = { taskId, region: REGION, polling: { ...EVERY_SECOND, ...SHARED } };
        const handle = await waits.start(input, { workflowId: id, taskQueue: workflowId });
        // A task that ended meanwhile would end the wait before it is told.
        await untilState(handle, ({ watch }) => watch?.reason !== undefined);
        waits.simulator.setTask(taskId, SUCCEED);
        return handle;
      };
      const handle = await pacedByItself(workflowId);
      const watch = await watchOf(waits, workflowId);
      const hasToldAll = () =>
        until(
          () => watch.describe(),
          ({ raw }) => raw.pendingActivities?.length === 0,
        );
      await hasToldAll();
      // The next one is told at once.
      await (await pacedByItself(`${workflowId}/later`)).result();
      await hasToldAll();
      // It would stay for ten minutes.
      await watch.terminate();
      await waits.follow(watch);
      return handle;
    },
  },
  'shared-that-the-list-shows-as-ended': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      const taskId = waits.addTask(RUNNING);
      waits.simulator.fault({ kind: 'listResult', result: 2 }, { taskId });
      const handle = await waits.start({ taskId, region: REGION, polling: SHARED }, { workflowId });
      await untilState(handle, ({ watch }) => watch?.reason !== undefined);
      return succeedNow(waits, taskId, handle);
    },
  },
};

/** Kinds of waits for a task for a server that suggests early to continue as new, and whose namespace has the search attributes. */
const KINDS_OF_LONG_WAITS: Readonly<Record<string, KindOfWait>> = {
  'continued-as-new': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const taskId = waits.addTask({ ...RUNNING, forPolls: 5 }, SUCCEED);
      return waits.start({ taskId, region: REGION, polling: EVERY_SECOND }, { workflowId });
    },
  },
  'continued-as-new-with-messages': {
    ending: 'CANCELLED',
    play: async (waits, workflowId) => {
      const taskId = waits.addTask(RUNNING);
      await waits.start({ taskId, region: REGION, polling: EVERY_SECOND }, { workflowId });
      // Whichever run is the newest.
      const handle: AnyHandle = waits.client.workflow.getHandle(workflowId);
      await untilState(handle, ({ polls }) => polls >= 3);
      await extend(handle, '5h');
      await handle.signal('pollNow');
      await untilState(handle, ({ polls }) => polls >= 5);
      await handle.cancel();
      return handle;
    },
  },
  'continued-as-new-in-an-outage': {
    ending: 'RedisTaskFailed',
    play: (waits, workflowId) => {
      const taskId = waits.addTask({ status: 'failed', message: 'disk is full' });
      waits.simulator.fault({ kind: 'error', code: 'InternalError' }, { taskId, times: 8 });
      return waits.start({ taskId, region: REGION, polling: EVERY_SECOND }, { workflowId });
    },
  },

  'shared-and-continued-as-new-with-its-watch': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      await Promise.all([waits.serveWaits(workflowId), waits.serveCalls(workflowId)]);
      const { taskId, handle } = await watchedWait(waits, workflowId);
      const newest: AnyHandle = waits.client.workflow.getHandle(workflowId);
      for (const begun = await runOf(newest); (await runOf(newest)) === begun;) {
        const { polls } = await stateOf(newest);
        await newest.signal('pollNow');
        await untilState(newest, (state) => state.polls > polls);
      }
      const taskIds = [taskId];
      const watch = await watchOf(waits, workflowId);
      while ((await watch.describe()).status.name === 'RUNNING') {
        taskIds.push((await watchedWait(waits, workflowId, `${workflowId}/${taskIds.length}`)).taskId);
      }
      for (const each of taskIds) waits.simulator.setTask(each, SUCCEED);
      await watch.result();
      await waits.follow(watch);
      return handle;
    },
  },
};

/** Every kind of wait and change, on a server as it comes. */
export const EVERY_KIND = { ...KINDS_OF_WAITS, ...KINDS_OF_INSTANCE_WAITS, ...KINDS_OF_CHANGES };

/** The same for a server that suggests early to continue as new. */
export const EVERY_LONG_KIND = { ...KINDS_OF_LONG_WAITS, ...KINDS_OF_LONG_INSTANCE_WAITS, ...KINDS_OF_LONG_CHANGES };

/** A shared wait of a task that runs, once the watch of its queue knows it. */
async function watchedWait(
  waits: Waits,
  taskQueue: string,
  workflowId = taskQueue,
): Promise<{ readonly taskId: number; readonly handle: WaitHandle }> {
  const taskId = waits.addTask(RUNNING);
  const handle = await waits.start({ taskId, region: REGION, polling: SHARED }, { workflowId, taskQueue });
  await untilState(handle, ({ watch }) => watch?.since != null);
  return { taskId, handle };
}

/** The run of the watch of a queue that is open now: when the last wait has ended, a worker may start another for a moment. */
async function watchOf({ client }: Waits, taskQueue: string): Promise<WorkflowHandle> {
  const workflowId = watchWorkflowId(taskQueue, REGION);
  return client.workflow.getHandle(workflowId, await runOf(client.workflow.getHandle(workflowId)));
}

async function runOf(handle: WorkflowHandle): Promise<string> {
  return (await handle.describe()).runId;
}

async function succeedNow(waits: Waits, taskId: number, handle: AnyHandle): Promise<AnyHandle> {
  waits.simulator.setTask(taskId, SUCCEED);
  await handle.signal('pollNow');
  return handle;
}

async function extend(handle: AnyHandle, maxWait: RedisTaskDuration): Promise<void> {
  await handle.executeUpdate<unknown, [unknown]>('extendWait', { args: [{ maxWait }] });
}

/** How a workflow has ended, as a {@link KindOfWait.ending} says it. */
export async function endingOf(handle: AnyHandle): Promise<string> {
  const failure = await handle.result().then(
    () => undefined,
    (error: unknown) => (error as { cause?: { type?: string } }).cause?.type,
  );
  return failure ?? (await handle.describe()).status.name;
}
