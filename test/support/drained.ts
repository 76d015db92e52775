// A worker that is told to stop during a call lets it finish and exits with 0, once or twice.
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { devServer } from './environments.js';
import { eventually, freeAddress, GOOD_SETTINGS, pageOf, statusOf, WorkerProcess } from './processes.js';
import { RedisApiSimulator } from './simulator.js';

/** Stands before the API and holds every call until it opens. */
class Gate {
  readonly called: Promise<unknown>;
  private readonly opening = new EventEmitter();

  private constructor(private readonly server: Server) {
    this.called = once(server, 'request');
  }

  static async before({ url }: RedisApiSimulator): Promise<Gate> {
    const server = createServer((call, answer) => {
      gate.opening.once('open', () => {
        const { method, headers } = call;
        const passed = request(url, { method, headers }, (from) => {
          answer.writeHead(from.statusCode ?? 0, from.headers);
          from.pipe(answer);
        });
        call.pipe(passed);
      });
    });
    const gate = new Gate(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  open(): void {
    this.opening.emit('open');
  }

  close(): void {
    this.server.close();
  }
}

/** The tests of a worker that is started by a command and told to stop, in each of these ways, while a call is under way. */
export function describeDraining(
  command: 'node' | 'npm start',
  stops: readonly (readonly [name: string, stop: (worker: WorkerProcess) => void])[],
): void {
  let environment: TestWorkflowEnvironment;
  let api: RedisApiSimulator;

  beforeAll(async () => {
    [environment, api] = [await devServer(), await RedisApiSimulator.start()];
  });
  afterAll(async () => {
    await environment.teardown();
    await api.close();
  });

  describe('a worker that is told to stop during a call', () => {
    test.concurrent.each(stops)('lets it finish and exits with 0 on %s, once or twice', (_, stop) =>
      expectDrained(environment, api, command, stop),
    );
  });
}

async function expectDrained(
  env: TestWorkflowEnvironment,
  api: RedisApiSimulator,
  command: 'node' | 'npm start',
  stop: (worker: WorkerProcess) => void,
): Promise<void> {
  const taskId = 1 + Math.floor(Math.random() * 1e9);
  const taskQueue = `drain-test-${randomUUID()}`;
  api.addTask(taskId, { timeline: [{ status: 'running' }] });
  const gate = await Gate.before(api);
  const http = await freeAddress();
  const settings = {
    ...GOOD_SETTINGS,
    TEMPORAL_ADDRESS: env.address,
    TENCENTCLOUD_REDIS_ENDPOINT: gate.url,
    REDIS_TASK_QUEUE: taskQueue,
    REDIS_TASK_HTTP: http,
    REDIS_TASK_LOG_LEVEL: 'warn',
  };
  const worker = new WorkerProcess(settings, command);
  const handle = await env.client.workflow.start('awaitRedisTask', {
    taskQueue,
    workflowId: `${taskQueue}/wait`,
    args: [{ taskId, region: 'ap-guangzhou' }],
  });
  try {
    await gate.called;
    stop(worker);
    await eventually(async () => (await statusOf(http, '/readyz')) !== 200);
    expect((await pageOf(http, '/readyz')).text).toMatch(/^The worker is draining: /);
    expect(await statusOf(http, '/healthz')).toBe(200);
    stop(worker);
    gate.open();

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
    gate.close();
    await handle.terminate();
  }
}
