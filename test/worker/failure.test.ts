import { randomUUID } from 'node:crypto';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { runTogether } from '../../src/activities/run-workers.js';
import { livenessProblem, readinessProblem } from '../../src/worker/health.js';
import { createLogger } from '../../src/worker/logger.js';
import type { TemporalWorkers } from '../../src/worker/temporal-workers.js';
import { eventually } from '../support/processes.js';

// The SDK lets a refused poll be tried again for a minute before a worker of its own fails, too long to wait for here.
// So the half that fails is a worker that has been run before: it refuses to run again, for good and at once.

beforeAll(() => Runtime.install({ logger: createLogger('ERROR', 'json'), shutdownSignals: [] }));

let workers: TemporalWorkers;

beforeEach(async () => {
  const connection = await NativeConnection.connect({ address: process.env['TEST_DEV_SERVER_ADDRESS'] ?? '' });
  const queue = `failure-test-${randomUUID()}`;
  const activities = { describeTaskInfo: () => undefined };
  const create = (taskQueue: string) => Worker.create({ connection, taskQueue, activities });
  workers = { connection, waits: await create(queue), calls: await create(`${queue}-api`) };
});

afterEach(() => workers.connection.close());

describe('the two Temporal workers', () => {
  test.each(['waits', 'calls'] as const)('stop together when the one for %s fails for good', async (half) => {
    await workers[half].runUntil(Promise.resolve());

    await expect(runTogether([workers.waits, workers.calls])).rejects.toThrow('already started');
    expect([workers.waits.getState(), workers.calls.getState()]).toEqual(['STOPPED', 'STOPPED']);
  });

  test('stop together when they are told to', async () => {
    const stop = new AbortController();
    const end = runTogether([workers.waits, workers.calls], { signal: stop.signal });
    await eventually(() => workers.calls.getState() === 'RUNNING');
    stop.abort();

    await expect(end).resolves.toBeUndefined();
    expect([workers.waits.getState(), workers.calls.getState()]).toEqual(['STOPPED', 'STOPPED']);
    expect(livenessProblem({ workers })).toBeUndefined();
    expect(readinessProblem({ workers })).toBe(
      'The Temporal worker for waits takes no work: it is STOPPED, its poller is SHUTDOWN.',
    );
  });

  test('stop at once when they were told to before they ran', async () => {
    await expect(runTogether([workers.waits, workers.calls], { signal: AbortSignal.abort() })).resolves.toBeUndefined();
    expect([workers.waits.getState(), workers.calls.getState()]).toEqual(['STOPPED', 'STOPPED']);
  });
});
