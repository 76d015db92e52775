// Shared waits that no watch can look after, which takes half a minute to show.
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { devServer } from '../support/environments.js';
import { about, beside } from '../support/together.js';
import { REGION, untilState, Waits } from '../support/waits.js';

const SHARED = { pacing: 'shared' } as const;
/** The workflows of a worker that has never heard of watches. */
const AWAIT_ALONE = fileURLToPath(new URL('../../src/workflows/task/await-redis-task.ts', import.meta.url));

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(devServer);
});
afterAll(() => waits.close());

about('a shared wait paces itself', () => {
  beside('when the list hides its task', async () => {
    const taskId = waits.addTask({ status: 'running', forPolls: 4 }, { status: 'succeed' });
    waits.simulator.fault({ kind: 'listHidden' }, { taskId: String(taskId) });
    const handle = await waits.start({ taskId, region: REGION, polling: SHARED });
    const { watch } = await untilState(handle, (state) => state.watch?.reason !== undefined);

    expect(watch).toMatchObject({ since: null, reason: 'the list does not show the task' });
    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed', polls: 5 });
  });

  beside('when no worker can run the watch', async () => {
    const taskQueue = `${waits.taskQueue}-old`;
    const old = await bundleWorkflowCode({ workflowsPath: AWAIT_ALONE, logger: new DefaultLogger('ERROR') });
    await Promise.all([waits.serveWaits(taskQueue, old), waits.serveCalls(taskQueue)]);
    const taskId = waits.addTask({ status: 'running', forPolls: 3 }, { status: 'succeed' });
    const handle = await waits.start({ taskId, region: REGION, polling: SHARED }, { taskQueue });

    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed', polls: 4 });
  });
});
