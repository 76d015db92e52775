// A sweep of the list of unfinished tasks, whose count may be wrong.
import { setMaxListeners } from 'node:events';
import { readTasks } from '../../../src/activities/watch/read-tasks.js';
import { createRedisApi, type RedisApi } from '../../../src/tencent/redis-api.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../../src/testing/index.js';
import { keys } from '../../tencent/call.js';

let simulator: RedisApiSimulator;
let api: RedisApi;
beforeEach(async () => {
  simulator = await RedisApiSimulator.start({ requestsPerSecond: false });
  api = createRedisApi({ credentials: keys(SIMULATOR_CREDENTIAL).provider, endpoint: new URL(simulator.url) });
});
afterEach(async () => {
  api.close();
  await simulator.close();
});

const read = (...lookedFor: number[]) => {
  const { signal } = new AbortController();
  // Every page that is under way listens.
  setMaxListeners(0, signal);
  return readTasks(api, 'ap-guangzhou', lookedFor, signal);
};
const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ TaskId: index + 1, Result: 1 }));
const answers = (totalCount: number, all: readonly object[]) =>
  simulator.onAction('DescribeTaskList', ({ Offset, Limit }) => ({
    TotalCount: totalCount,
    Tasks: all.slice(Number(Offset), Number(Offset) + Number(Limit)),
  }));

test('all pages are read where a task is missing', async () => {
  answers(250, rows(250));

  await expect(read(999)).resolves.toMatchObject({ calls: 3, isConsistent: true, totalCount: 250 });
});

test('no more pages are read than show what is looked for', async () => {
  answers(5_000, rows(5_000));

  await expect(read(1, 100)).resolves.toMatchObject({ calls: 1, isConsistent: false });
});

test.each([Number.MAX_SAFE_INTEGER, 4_294_967_295, 100_000])(
  'a count of %i is not believed: the sweep ends at a page without rows, and is not consistent',
  async (totalCount) => {
    answers(totalCount, rows(150));
    const list = await read(999);

    expect(list).toMatchObject({ isConsistent: false, unfinished: { size: 150 } });
    expect(list.calls).toBeLessThan(50);
  },
);
