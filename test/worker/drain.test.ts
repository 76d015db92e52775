import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { RedisApiSimulator } from '../../src/testing/index.js';
import { devServer } from '../support/environments.js';
import { eventually, freeAddress, GOOD_SETTINGS, pageOf, statusOf, WorkerProcess } from '../support/processes.js';

/** How long the call under way takes that a drain has to wait for. */
const SLOW_MS = 2_500;

let environment: TestWorkflowEnvironment;
let api: RedisApiSimulator;

beforeAll(async () => {
  [environment, api] = [await devServer(), await RedisApiSimulator.start()];
});

afterAll(async () => {
  await environment.teardown();
  await api.close();
});

/** What a supervisor does to end a worker: the process, or the group that `npm start` leads. */
const stops = [
  ['SIGTERM to the process', 'node', (worker: WorkerProcess) => worker.signal('SIGTERM')],
  ['SIGINT to the process', 'node', (worker: WorkerProcess) => worker.signal('SIGINT')],
  ['SIGTERM to npm start', 'npm start', (worker: WorkerProcess) => worker.signal('SIGTERM')],
  ['SIGTERM to the group of npm start', 'npm start', (worker: WorkerProcess) => worker.signalGroup('SIGTERM')],
  ['SIGINT to the group of npm start', 'npm start', (worker: WorkerProcess) => worker.signalGroup('SIGINT')],
] as const;

describe('a worker that is told to stop during a call', () => {
  test.concurrent.each(stops)('lets it finish and exits with 0 on %s, once or twice', async (_, command, stop) => {
    const taskId = 1 + Math.floor(Math.random() * 1e9);
    const taskQueue = `drain-test-${randomUUID()}`;
    api.addTask(taskId, { timeline: [{ status: 'running' }] });
    api.fault({ kind: 'slow', delayMs: SLOW_MS }, { taskId, times: 1 });
    const http = await freeAddress();
    const settings = {
      ...GOOD_SETTINGS,
      TEMPORAL_ADDRESS: process.env['TEST_DEV_SERVER_ADDRESS'] ?? '',
      TENCENTCLOUD_REDIS_ENDPOINT: api.url,
      REDIS_TASK_QUEUE: taskQueue,
      REDIS_TASK_HTTP: http,
      REDIS_TASK_LOG_LEVEL: 'warn',
    };
    const worker = new WorkerProcess(settings, command);
    const handle = await environment.client.workflow.start('awaitRedisTask', {
      taskQueue,
      workflowId: `${taskQueue}/wait`,
      args: [{ taskId, region: 'ap-guangzhou' }],
    });
    try {
      await api.waitForCall((call) => call.taskId === String(taskId));
      stop(worker);
      await eventually(async () => (await statusOf(http, '/readyz')) !== 200);
      expect((await pageOf(http, '/readyz')).text).toMatch(/^The worker is draining: /);
      expect(await statusOf(http, '/healthz')).toBe(200);
      stop(worker);

      await expect(worker.end).resolves.toEqual({ code: 0, signal: null });
      const [call] = api.calls.filter((each) => each.taskId === String(taskId));
      expect(call).toMatchObject({ outcome: 'ok', aborted: false });
      // The answer has reached the server: the wait goes on from there, at whichever worker comes next.
      const { events } = await handle.fetchHistory();
      expect(events?.some(({ activityTaskCompletedEventAttributes: done }) => done)).toBe(true);
      expect(worker.output).not.toMatch(/signal|ELIFECYCLE|npm error/i);
      expect(worker.stderr).not.toContain('"level":"error"');
    } finally {
      await worker.kill();
      await handle.terminate();
    }
  });
});
