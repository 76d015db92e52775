// What a supervisor does to end a worker. test/processes/drain.test.ts has the one that npm runs.
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { RedisApiSimulator } from '../../src/testing/index.js';
import { expectDrained } from '../support/drained.js';
import { devServer } from '../support/environments.js';
import type { WorkerProcess } from '../support/processes.js';

let environment: TestWorkflowEnvironment;
let api: RedisApiSimulator;

beforeAll(async () => {
  [environment, api] = [await devServer(), await RedisApiSimulator.start()];
});

afterAll(async () => {
  await environment.teardown();
  await api.close();
});

const stops = [
  ['SIGTERM', (worker: WorkerProcess) => worker.signal('SIGTERM')],
  ['SIGINT', (worker: WorkerProcess) => worker.signal('SIGINT')],
] as const;

describe('a worker that is told to stop during a call', () => {
  test.concurrent.each(stops)('lets it finish and exits with 0 on %s, once or twice', (_, stop) =>
    expectDrained(environment, api, 'node', stop),
  );
});
