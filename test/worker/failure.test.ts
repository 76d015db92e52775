import { randomUUID } from 'node:crypto';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { runTogether } from '../../src/activities/run-workers.js';
import { livenessProblem, readinessProblem } from '../../src/worker/health.js';
import { createLogger } from '../../src/worker/logger.js';
import type { TemporalWorkers } from '../../src/worker/temporal-workers.js';
import { eventually } from '../support/processes.js';

// The SDK lets a refused poll be tried again for a minute before a worker of its own fails, too long to wait for here.
// So the one that fails is a worker that has been run before: it refuses to run again, for good and at once.

beforeAll(() => Runtime.install({ logger: createLogger('ERROR', 'json'), shutdownSignals: [] }));

let workers: TemporalWorkers;

beforeEach(async () => {
  const connection = await NativeConnection.connect({ address: process.env['TEST_DEV_SERVER_ADDRESS'] ?? '' });
  const queue = `failure-test-${randomUUID()}`;
  const activities = { describeTaskInfo: () => undefined };
  const create = (taskQueue: string) => Worker.create({ connection, taskQueue, activities });
  const [waits, calls, watch] = [await create(queue), await create(`${queue}-api`), await create(`${queue}-watch`)];
  workers = { connection, waits, calls, watch };
});

afterEach(() => workers.connection.close());

function allOf({ waits, calls, watch }: TemporalWorkers): Worker[] {
  return [waits, calls, watch];
}

describe('the three Temporal workers', () => {
  test.each(['waits', 'calls', 'watch'] as const)(
    'stop together when the one for %s fails for good',
    async (failing) => {
      await workers[failing].runUntil(Promise.resolve());

      await expect(runTogether(allOf(workers))).rejects.toThrow('already started');
      expect(allOf(workers).map((each) => each.getState())).toEqual(['STOPPED', 'STOPPED', 'STOPPED']);
    },
  );

  test('stop together when they are told to', async () => {
    const stop = new AbortController();
    const end = runTogether(allOf(workers), { signal: stop.signal });
    await eventually(() => workers.calls.getState() === 'RUNNING');
    stop.abort();

    await expect(end).resolves.toBeUndefined();
    expect(allOf(workers).map((each) => each.getState())).toEqual(['STOPPED', 'STOPPED', 'STOPPED']);
    expect(livenessProblem({ workers })).toBeUndefined();
    expect(readinessProblem({ workers })).toBe(
      'The Temporal worker for waits takes no work: it is STOPPED, its poller is SHUTDOWN.',
    );
  });

  test('stop at once when they were told to before they ran', async () => {
    await expect(runTogether(allOf(workers), { signal: AbortSignal.abort() })).resolves.toBeUndefined();
    expect(allOf(workers).map((each) => each.getState())).toEqual(['STOPPED', 'STOPPED', 'STOPPED']);
  });
});
