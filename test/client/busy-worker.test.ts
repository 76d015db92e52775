// On a dev server of its own, whose task queues have several partitions, as they have by default.
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RedisTaskClient } from '../../src/client/index.js';
import { bundled, ownDevServer } from '../support/environments.js';
import { giveWorkersTime } from '../support/patience.js';
import { REGION as region, Waits } from '../support/waits.js';

giveWorkersTime();

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(ownDevServer);
});
afterAll(() => waits.close());

test('a worker that is busy with others is told apart from none', async () => {
  const taskQueue = `busy-${randomUUID()}`;
  await waits.serve({
    taskQueue,
    workflowBundle: await bundled(fileURLToPath(new URL('odd-workflows.ts', import.meta.url))),
    // So it polls each two seconds, and each time one partition of its queue, at random.
    activities: { occupy: () => setTimeout(2_000) },
    maxCachedWorkflows: 0,
    maxConcurrentWorkflowTaskExecutions: 1,
    maxConcurrentWorkflowTaskPolls: 1,
  });
  const inputs = Array.from({ length: 4 }, (_, index) => ({ taskId: index + 2, region }));
  const busy = new RedisTaskClient(waits.client, { taskQueue });
  // A worker that is still starting is no busy one.
  await busy.await({ taskId: 1, region }, { waitForWorker: true });
  const startedAt = performance.now();
  const outcomes = await busy.awaitAll(inputs);

  // Sooner, it would show nothing.
  expect(performance.now() - startedAt).toBeGreaterThan(6_000);
  expect(outcomes.filter(({ error }) => error)).toEqual([]);
});
