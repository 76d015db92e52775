// What a supervisor does to end a worker that runs by npm start: it ends npm, or the group that npm leads.
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
  ['SIGTERM to npm start', (worker: WorkerProcess) => worker.signal('SIGTERM')],
  ['SIGTERM to the group of npm start', (worker: WorkerProcess) => worker.signalGroup('SIGTERM')],
  ['SIGINT to the group of npm start', (worker: WorkerProcess) => worker.signalGroup('SIGINT')],
] as const;

describe('a worker that is told to stop during a call', () => {
  test.concurrent.each(stops)('lets it finish and exits with 0 on %s, once or twice', (_, stop) =>
    expectDrained(environment, api, 'npm start', stop),
  );
});
