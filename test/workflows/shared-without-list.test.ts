// Shared waits of an account that cannot list its tasks: they pace themselves, as with timers.
import type { RedisTaskWatchState } from '../../src/contract/watch/register.js';
import { devServer } from '../support/environments.js';
import { about, beside } from '../support/together.js';
import { REGION, until, untilState, Waits } from '../support/waits.js';

const SHARED = { pacing: 'shared' } as const;

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(devServer);
  waits.simulator.fault({ kind: 'error', code: 'UnauthorizedOperation' }, { action: 'DescribeTaskList' });
});
afterAll(() => waits.close());

const watchState = () => {
  const watch = waits.client.workflow.getHandle(`${waits.taskQueue}/${REGION}/watch`);
  return watch.query<RedisTaskWatchState>('getState');
};
const listCalls = () => waits.simulator.calls.filter(({ action }) => action === 'DescribeTaskList');

about('a list that is refused', () => {
  beside('makes waits pace themselves, and says why', async () => {
    const taskId = waits.addTask({ status: 'running', forPolls: 3 }, { status: 'succeed' });
    const handle = await waits.start({ taskId, region: REGION, polling: SHARED });
    const { watch } = await untilState(handle, (state) => state.watch?.reason !== undefined);

    expect(watch).toMatchObject({ since: null });
    expect(watch?.reason).toContain('UnauthorizedOperation');
    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed', polls: 4 });
  });

  beside('is not asked again for the waits that come after it', async () => {
    const first = await waits.start({ taskId: waits.addTask({ status: 'running' }), region: REGION, polling: SHARED });
    await untilState(first, (state) => state.watch?.reason !== undefined);
    await until(watchState, ({ lastError }) => lastError?.code === 'UnauthorizedOperation');
    const calls = listCalls().length;
    const taskId = waits.addTask({ status: 'running', forPolls: 2 }, { status: 'succeed' });
    const handle = await waits.start({ taskId, region: REGION, polling: SHARED });
    await untilState(handle, (state) => state.watch?.reason !== undefined);

    expect(listCalls()).toHaveLength(calls);
    await expect(handle.result()).resolves.toMatchObject({ status: 'succeed' });
  });
});
