// Shared waits and watches that continue as new or are reset, on a dev server that suggests it after twenty events.
import { randomUUID } from 'node:crypto';
import type { RedisTaskWatchState } from '../../src/contract/watch/register.js';
import { LONG_HISTORIES_SERVER, ownDevServer } from '../support/environments.js';
import { about, beside } from '../support/together.js';
import { until, untilState, Waits, type WaitHandle } from '../support/waits.js';

const SHARED = { pacing: 'shared' } as const;
const RUNNING = { status: 'running' };

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(() => ownDevServer(LONG_HISTORIES_SERVER));
});
afterAll(() => waits.close());

const start = (taskId: number, region: string) => waits.start({ taskId, region, polling: SHARED });
const watchIn = (region: string) => waits.client.workflow.getHandle(`${waits.taskQueue}/${region}/watch`);
const runOf = async ({ workflowId }: { workflowId: string }) =>
  (await waits.client.workflow.getHandle(workflowId).describe()).runId;
const newest = ({ workflowId }: WaitHandle): WaitHandle => waits.client.workflow.getHandle(workflowId);
const watched = (handle: WaitHandle) => untilState(newest(handle), ({ watch }) => watch?.since != null);
const succeeds = (taskId: number) => waits.simulator.addTask(taskId, { timeline: [{ status: 'succeed' }] });

about('a shared wait', () => {
  beside('that has continued as new is still watched, and has not joined again', async () => {
    const taskId = waits.addTask(RUNNING);
    const handle = await start(taskId, 'ap-beijing');
    const { watch } = await watched(handle);
    const run = await runOf(handle);
    do await newest(handle).signal('pollNow');
    while ((await runOf(handle)) === run);
    await expect(watched(handle)).resolves.toMatchObject({ watch });
    succeeds(taskId);

    await expect(newest(handle).result()).resolves.toMatchObject({ status: 'succeed' });
  });

  beside('that has continued as new is known to a watch that was started again', async () => {
    const taskId = waits.addTask(RUNNING);
    const handle = await start(taskId, 'ap-chengdu');
    await watched(handle);
    const run = await runOf(handle);
    do await newest(handle).signal('pollNow');
    while ((await runOf(handle)) === run);
    const watch = watchIn('ap-chengdu');
    const gone = await runOf(watch);
    await watch.terminate();
    await until(
      () => runOf(watch),
      (begun) => begun !== gone,
    );
    const found = await until(
      () => watch.query<RedisTaskWatchState>('getState'),
      ({ sweeps }) => sweeps > 0,
    );
    succeeds(taskId);

    expect(found.waits).toBe(1);

    await expect(newest(handle).result()).resolves.toMatchObject({ status: 'succeed' });
  });

  beside('that was reset to its beginning is watched again', async () => {
    const taskId = waits.addTask(RUNNING);
    const handle = await start(taskId, 'ap-shanghai');
    await watched(handle);
    await waits.client.workflowService.resetWorkflowExecution({
      namespace: waits.client.options.namespace,
      workflowExecution: { workflowId: handle.workflowId },
      // Its first workflow task.
      workflowTaskFinishEventId: 4 as never,
      requestId: randomUUID(),
      reason: 'test',
    });
    await watched(handle);
    succeeds(taskId);

    await expect(newest(handle).result()).resolves.toMatchObject({ status: 'succeed' });
  });
});

about('a watch', () => {
  beside('that continues as new knows its waits', async () => {
    const region = 'ap-nanjing';
    const taskIds = [waits.addTask(RUNNING)];
    const handles = [await start(taskIds[0] ?? 0, region)];
    await watched(handles[0] as WaitHandle);
    const first = await runOf(watchIn(region));
    do {
      const taskId = waits.addTask(RUNNING);
      const handle = await start(taskId, region);
      await watched(handle);
      taskIds.push(taskId);
      handles.push(handle);
    } while ((await runOf(watchIn(region))) === first);
    taskIds.forEach(succeeds);

    await expect(Promise.all(handles.map((each) => newest(each).result()))).resolves.toHaveLength(taskIds.length);
    await waits.follow(watchIn(region));
  });
});

test('every history replays', async () => {
  await expect(waits.replayAll()).resolves.toBeGreaterThan(3);
});
