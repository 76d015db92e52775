import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { RedisTaskClient } from '../../src/client/index.js';
import { SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { devServer } from '../support/environments.js';
import { Process } from '../support/processes.js';
import { REGION, until, Waits } from '../support/waits.js';
import { Command, type Ended, jsonLines, settingsFor } from './command.js';

let waits: Waits;
let client: RedisTaskClient;

beforeAll(async () => {
  waits = await Waits.start(devServer);
  client = new RedisTaskClient(waits.client, { taskQueue: waits.taskQueue });
});

afterAll(() => waits.close());

const RUNNING = { status: 'running', forMs: 600_000 } as const;
const SUCCEED = { status: 'succeed' } as const;

function environment(taskQueue = waits.taskQueue): Record<string, string> {
  return settingsFor(taskQueue);
}

function apiEnvironment(secretKey = SIMULATOR_CREDENTIAL.secretKey): Record<string, string> {
  return {
    TENCENTCLOUD_REDIS_ENDPOINT: waits.simulator.url,
    TENCENTCLOUD_SECRET_ID: SIMULATOR_CREDENTIAL.secretId,
    TENCENTCLOUD_SECRET_KEY: secretKey,
  };
}

function redisTask(args: readonly (string | number)[], env = environment()): Promise<Ended> {
  return new Command(args, env).ended;
}

/** A command line in a terminal, which `script` of Linux gives it. */
function inTerminal(line: string): Process {
  const command = `stty cols 100 rows 30; echo pid $$; exec "${process.execPath}" lib/cli/main.js ${line}`;
  const env = { PATH: process.env['PATH'], TERM: 'xterm', ...environment() };
  return new Process(['script', '-qec', command, '/dev/null'], { env });
}

// The `script` of other systems has other flags.
const onLinux = process.platform === 'linux' ? test : test.skip;

/** A task that goes on, and a wait for it that is known to have seen it. */
async function runningWait(): Promise<number> {
  const taskId = waits.addTask(RUNNING, SUCCEED);
  await client.start({ taskId, region: REGION });
  await until(
    () => client.state({ taskId, region: REGION }).catch(() => undefined),
    (state) => state?.status === 'running',
  );
  return taskId;
}

describe('await', () => {
  test('prints the result as one JSON line, and what goes on to stderr', async () => {
    const taskId = waits.addTask({ status: 'running', forPolls: 1 }, { status: 'succeed', message: 'ok' });
    const ended = await redisTask(['await', taskId, '--initial-interval', '1s']);

    const result = await client.result({ taskId, region: REGION });
    expect(jsonLines(ended)).toEqual([result]);
    expect(result).toMatchObject({ taskId, region: REGION, status: 'succeed', message: 'ok', polls: 2 });
    expect(ended.stderr).toContain(`${taskId} `);
    expect(ended.code).toBe(0);
  });

  test('many tasks: a line for each, the message of each failure on stderr, and the highest exit code', async () => {
    const good = waits.addTask(SUCCEED);
    const failed = waits.addTask({ status: 'failed', message: 'disk full\u001b[31m' });
    const errored = waits.addTask({ status: 'Error', message: 'flow aborted' });
    const ended = await redisTask(['await', good, failed, errored, good]);

    const lines = jsonLines(ended);
    expect(lines).toHaveLength(3);
    expect(lines.find((line) => line['taskId'] === good)).toMatchObject({ status: 'succeed' });
    expect(lines.find((line) => line['type'] === 'RedisTaskFailed')).toMatchObject({
      details: { taskId: failed, status: 'failed', message: 'disk full\u001b[31m' },
    });
    expect(lines.find((line) => line['type'] === 'RedisTaskErrored')).toMatchObject({ details: { taskId: errored } });
    expect(ended.stderr).toMatch(/^RedisTaskFailed: .*disk full\?\[31m.*$/m);
    expect(ended.stderr).not.toContain('\u001b');
    expect(ended.code).toBe(7);
  });

  test.each([
    ['failed', 6, 'RedisTaskFailed', []],
    ['running', 5, 'RedisTaskTimedOut', ['--max-wait', '1s']],
  ] as const)('a task in %s ends with exit code %d', async (status, code, type, flags) => {
    const ended = await redisTask(['await', waits.addTask({ status }), ...flags]);

    expect(jsonLines(ended)).toMatchObject([{ type, details: { status } }]);
    expect(ended.code).toBe(code);
  });

  test.each([
    ['AuthFailure.SecretIdNotFound', 'RedisTaskUnauthorized'],
    ['UnsupportedRegion', 'RedisTaskRejected'],
  ])('%s from the API ends with exit code 8', async (apiCode, type) => {
    const taskId = waits.addTask(SUCCEED);
    waits.simulator.fault({ kind: 'error', code: apiCode }, { taskId });
    const ended = await redisTask(['await', taskId]);

    expect(jsonLines(ended)).toMatchObject([{ type, details: { taskId } }]);
    expect(ended.stderr).toContain(apiCode);
    expect(ended.code).toBe(8);
  });

  test('attaches to a wait that runs, sees it cancelled from elsewhere, and ends with exit code 4', async () => {
    const taskId = await runningWait();
    const watching = new Command(['await', taskId], environment());
    await watching.says(`${taskId} running`);
    const cancelling = await redisTask(['cancel', taskId]);

    expect(cancelling).toMatchObject({ code: 0, stdout: '' });
    expect(cancelling.stderr).toContain('The task itself goes on.');
    const ended = await watching.ended;
    expect(jsonLines(ended)).toMatchObject([{ type: 'WaitCancelled', details: { taskId, region: REGION } }]);
    expect(ended.code).toBe(4);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s in a pipe stops watching alone, exit code 130', async (signal) => {
    const taskId = await runningWait();
    const watching = new Command(['await', taskId], environment());
    await watching.says(`${taskId} running`);
    watching.signal(signal);

    const ended = await watching.ended;
    expect(ended).toMatchObject({ code: 130, stdout: '' });
    expect(ended.stderr).toContain('Stopped watching; the wait for 1 task goes on.');
    expect((await client.find({ taskId, region: REGION }))[0]?.status.name).toBe('RUNNING');
    await client.cancel({ taskId, region: REGION });
  });

  onLinux('SIGTERM in a terminal asks no question: who sent it cannot answer', async () => {
    const taskId = await runningWait();
    const terminal = inTerminal(`await ${taskId}`);
    await terminal.prints('running');
    process.kill(Number(/pid (\d+)/.exec(terminal.stdout)?.[1]), 'SIGTERM');

    await expect(terminal.end).resolves.toEqual({ code: 130, signal: null });
    expect(terminal.stdout).toContain('Stopped watching; the wait for 1 task goes on.');
    expect(terminal.stdout).not.toContain('Cancel the wait');
    await client.cancel({ taskId, region: REGION });
  });

  onLinux('a failure has no colours in a file that stderr goes to', async () => {
    const taskId = waits.addTask({ status: 'failed' });
    const file = join(await mkdtemp(join(tmpdir(), 'redis-task-')), 'stderr');
    await expect(inTerminal(`await ${taskId} 2> ${file}`).end).resolves.toEqual({ code: 6, signal: null });

    const said = await readFile(file, 'utf8');
    expect(said).toContain(`✗ RedisTaskFailed: Redis task ${taskId}`);
    expect(said).not.toContain('\x1b');
  });

  test('says at once that no worker takes the queue, exit code 9, and starts nothing', async () => {
    const queue = `nobody-${randomUUID()}`;
    const ended = await redisTask(['await', 1], environment(queue));

    expect(ended).toMatchObject({ code: 9, stdout: '' });
    expect(ended.stderr).toMatch(new RegExp(`^redis-task: No worker takes work from queue ${queue} .*\n$`));
    expect((await redisTask(['status', 1], environment(queue))).code).toBe(3);
  });

  test('waits for a worker when told to', async () => {
    const queue = `later-${randomUUID()}`;
    const taskId = waits.addTask(SUCCEED);
    const waiting = new Command(['await', taskId, '--wait-for-worker'], environment(queue));
    await waiting.says('Waiting for one.');
    await waits.serveWaits(queue);
    await waits.serveCalls(queue);

    expect(await waiting.ended).toMatchObject({ code: 0 });
  });

  test('passes on what a newer worker adds to its results and failures', async () => {
    const taskQueue = `newer-${randomUUID()}`;
    await waits.serveCalls(taskQueue);
    const worker = await Worker.create({
      connection: waits.env.nativeConnection,
      taskQueue,
      workflowsPath: fileURLToPath(new URL('newer-worker.ts', import.meta.url)),
    });
    const ended = await worker.runUntil(redisTask(['await', 1, 2], environment(taskQueue)));

    const lines = jsonLines(ended);
    expect(lines.find((line) => line['taskId'] === 1)).toMatchObject({ status: 'succeed', progress: 100 });
    expect(lines.find((line) => 'type' in line)).toMatchObject({
      type: 'RedisTaskFailed',
      details: { taskId: 2, rootCause: 'disk' },
    });
    expect(ended.code).toBe(6);
  });

  test('--local brings a server and a worker, and takes both away again', async () => {
    const taskId = waits.addTask(SUCCEED);
    const settings = { ...apiEnvironment(), TENCENTCLOUD_REGION: REGION, TEMPORAL_ADDRESS: 'nowhere:1' };
    const ended = await redisTask(['await', taskId, '--local'], settings);

    expect(jsonLines(ended)).toMatchObject([{ taskId, status: 'succeed' }]);
    expect(ended.code).toBe(0);
    const [, port] = /A Temporal server of its own at 127\.0\.0\.1:(\d+)/.exec(ended.stderr) ?? [];
    await expect(listens(Number(port))).resolves.toBe(false);
  });

  test('--local leaves nothing behind when it is killed', async () => {
    const settings = { ...apiEnvironment(), TENCENTCLOUD_REGION: REGION };
    const command = new Command(['await', waits.addTask(RUNNING), '--local'], settings);
    await command.says(' running');
    command.signal('SIGKILL');
    const { stderr } = await command.ended;

    const [, port] = /A Temporal server of its own at 127\.0\.0\.1:(\d+)/.exec(stderr) ?? [];
    await until(
      () => listens(Number(port)),
      (listening) => !listening,
    );
    expect(stderr).not.toContain('Stopped');
  });

  test('--local with a setting that no worker can use says which, exit code 2', async () => {
    const settings = { ...apiEnvironment('has a space'), TENCENTCLOUD_REGION: REGION };
    const ended = await redisTask(['await', 1, '--local'], settings);

    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('The worker did not start: TENCENTCLOUD_SECRET_KEY holds white space');
  });
});

describe('steering', () => {
  test('start, status, poll, extend, list and cancel see the same wait', async () => {
    const taskId = waits.addTask(RUNNING, SUCCEED);
    const started = await redisTask(['start', taskId, '--initial-interval', '1h']);
    const workflowId = `${waits.taskQueue}/${REGION}/${taskId}`;
    expect(jsonLines(started)).toEqual([{ taskId, region: REGION, workflowId }]);
    const state = () => client.state({ taskId, region: REGION }).catch(() => undefined);
    await until(state, (each) => each?.polls === 1 && each.nextPollAt !== null);

    const [status, list] = await Promise.all([redisTask(['status', taskId]), redisTask(['list'])]);
    expect(jsonLines(status)).toMatchObject([
      { taskId, status: 'running', polls: 1, deadline: expect.any(String) as string },
    ]);
    expect(status.code).toBe(0);
    expect(jsonLines(list).find((each) => each['workflowId'] === workflowId)).toMatchObject({
      taskId,
      region: REGION,
      status: 'RUNNING',
      closeTime: null,
    });

    expect(await redisTask(['poll', taskId])).toMatchObject({ code: 0, stdout: '' });
    await until(state, (each) => each?.polls === 2);

    const before = await state();
    const extended = await redisTask(['extend', taskId, '--max-wait', '5h']);
    const [after] = jsonLines(extended);
    expect(Date.parse(String(after?.['deadline'])) - Date.parse(before?.deadline ?? '')).toBe(3 * 3_600_000);

    const refused = await redisTask(['extend', taskId, '--max-wait', '1s']);
    expect(jsonLines(refused)).toMatchObject([
      { type: 'RedisTaskInvalidInput', details: { invalid: { field: 'maxWait' } } },
    ]);
    expect(refused.code).toBe(2);

    expect((await redisTask(['cancel', taskId])).code).toBe(0);
    await expect(client.result({ taskId, region: REGION })).rejects.toThrow('cancelled');
    expect((await redisTask(['status', taskId])).code).toBe(4);
    const all = await redisTask(['list', '--all', '--limit', '1000']);
    expect(jsonLines(all).find((each) => each['workflowId'] === workflowId)).toMatchObject({ status: 'CANCELLED' });
  });

  test.each([['status'], ['poll'], ['cancel'], ['extend', '--max-wait', '1h']])(
    '%s without such a wait ends with exit code 3',
    async (command, ...flags) => {
      const ended = await redisTask([command, 404_404, ...flags]);

      expect(jsonLines(ended)).toMatchObject([{ type: 'NoWait', details: { taskId: 404_404, region: REGION } }]);
      expect(ended.stderr).toMatch(/^There is no such wait on queue [^\n]+\n$/);
      expect(ended.code).toBe(3);
    },
  );

  test('start without a worker says so, and leaves the wait to come', async () => {
    const queue = `nobody-${randomUUID()}`;
    const ended = await redisTask(['start', 1], environment(queue));
    const status = await redisTask(['status', 1], environment(queue));

    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('The waits begin when one comes.');
    expect(status).toMatchObject({ code: 9, stdout: '' });
    await waits.client.workflow.getHandle(`${queue}/${REGION}/1`).terminate();
  });

  test('a namespace that is not there ends with exit code 10', async () => {
    const ended = await redisTask(['list', '--namespace', 'nowhere']);

    expect(ended).toMatchObject({ code: 10, stdout: '' });
    expect(ended.stderr).toContain('Temporal has no such namespace');
  });
});

describe('doctor', () => {
  const results = (ended: Ended) =>
    Object.fromEntries(jsonLines(ended).map(({ check, result }) => [String(check), result]));
  const good = {
    temporal: 'passed',
    namespace: 'passed',
    'workers for waits': 'passed',
    'workers for calls': 'passed',
    // The server has none, and no worker here needs them.
    'search attributes': 'skipped',
    'open waits': 'passed',
    credentials: 'passed',
    clock: 'passed',
    settings: 'passed',
  };

  test('passes when all is well', async () => {
    const ended = await redisTask(['doctor'], { ...environment(), ...apiEnvironment() });

    expect(results(ended)).toEqual(good);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('tells a refused key, a missing worker and a bad setting apart, and what to do', async () => {
    const settings = { ...environment(`nobody-${randomUUID()}`), ...apiEnvironment('wrong'), REDIS_TASK_API_RPS: '50' };
    const ended = await redisTask(['doctor'], settings);

    const bad = {
      'workers for waits': 'failed',
      'workers for calls': 'failed',
      credentials: 'failed',
      settings: 'failed',
    };
    expect(results(ended)).toEqual({ ...good, ...bad });
    expect(ended.stdout).toContain('Start one with: redis-task worker');
    expect(ended.stdout).toContain('Check the key');
    expect(ended.stdout).toContain('REDIS_TASK_API_RPS');
    expect(ended.stdout).not.toContain('wrong');
    expect(ended.code).toBe(9);
  });

  test('names the search attributes that are missing, and the waits that stand still for it', async () => {
    const taskQueue = `stalled-${randomUUID()}`;
    await waits.serveWaits(taskQueue);
    await waits.serveCalls(taskQueue, true);
    const stalled = await new RedisTaskClient(waits.client, { taskQueue }).start({
      ...{ taskId: waits.addTask(RUNNING), region: REGION },
    });
    await until(
      () => stalled.describe(),
      ({ raw }) => (raw.pendingWorkflowTask?.attempt ?? 0) >= 3,
    );
    const settings = { ...environment(taskQueue), ...apiEnvironment(), REDIS_TASK_SEARCH_ATTRIBUTES: 'true' };
    const ended = await redisTask(['doctor'], settings);
    await stalled.terminate();

    expect(results(ended)).toMatchObject({ 'search attributes': 'failed', 'open waits': 'failed' });
    expect(ended.stdout).toContain('does not have the search attributes RedisTaskStatus, RedisRegion, RedisInstanceId');
    expect(ended.stdout).toMatch(
      new RegExp(`1 of 1 open waits stand still: ${stalled.workflowId}, attempt \\d+ [^"]*RedisTaskStatus`),
    );
    expect(ended.code).toBe(1);
  });

  test('shows the last error of open waits', async () => {
    const taskQueue = `failing-${randomUUID()}`;
    await waits.serveWaits(taskQueue);
    await waits.serveCalls(taskQueue);
    const own = new RedisTaskClient(waits.client, { taskQueue });
    const task = { taskId: waits.addTask(RUNNING), region: REGION };
    const wait = await own.start({ ...task, polling: { initialInterval: '1h' } });
    const state = () => own.state(task).catch(() => undefined);
    await until(state, (each) => each?.polls === 1 && each.nextPollAt !== null);
    waits.simulator.fault({ kind: 'error', code: 'AuthFailure.SecretIdNotFound' }, { taskId: task.taskId });
    await own.pollNow(task);
    await until(state, (each) => each?.lastError !== undefined);
    const ended = await redisTask(['doctor'], { ...environment(taskQueue), ...apiEnvironment() });
    await wait.terminate();

    expect(results(ended)).toEqual(good);
    expect(ended.stdout).toContain(
      `Of 1 open waits, 1 had a failed poll: ${wait.workflowId}, AuthFailure.SecretIdNotFound: `,
    );
  });

  test('sees a clock that is off', async () => {
    waits.simulator.clockOffsetMs = 600_000;
    const ended = await redisTask(['doctor'], { ...environment(), ...apiEnvironment() });
    waits.simulator.clockOffsetMs = 0;

    expect(results(ended)).toEqual({ ...good, clock: 'failed' });
    // The API says its time to the second.
    expect(ended.stdout).toMatch(/clock is (10 min|9 min 5\d s) behind the API's/);
    expect(ended.code).toBe(1);
  });
});

describe('worker', () => {
  test('a bad setting stops it as it stops npm start', async () => {
    const ended = await redisTask(['worker'], { ...environment(), ...apiEnvironment(), REDIS_TASK_API_RPS: '50' });

    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^redis-task worker: REDIS_TASK_API_RPS [^\n]+\n$/);
  });

  test('serves the queue of its flag until SIGTERM', async () => {
    const taskQueue = `served-${randomUUID()}`;
    const settings = { ...environment(), ...apiEnvironment(), REDIS_TASK_HTTP: 'off' };
    const worker = new Command(['worker', '--task-queue', taskQueue], settings);
    await worker.says('Waiting for Redis tasks');
    const taskId = waits.addTask(SUCCEED);
    const ended = await redisTask(['await', taskId, '--task-queue', taskQueue, '--wait-for-worker']);
    worker.signal('SIGTERM');

    expect(jsonLines(ended)).toMatchObject([{ taskId, status: 'succeed' }]);
    expect(await worker.ended).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('a reader that has closed the pipe', () => {
  test('does not change how the command ends', async () => {
    const failed = waits.addTask({ status: 'failed' });
    const command = `"${process.execPath}" lib/cli/main.js await ${failed} --wait-for-worker | true; echo code "\${PIPESTATUS[0]}"`;
    const shell = new Process(['bash', '-c', command], { env: { PATH: process.env['PATH'], ...environment() } });
    await shell.end;

    expect(shell.stdout).toBe('code 6\n');
  });
});

test('start prints the waits that it has started, also when another one fails', async () => {
  const [taken, free] = [waits.addTask(RUNNING), waits.addTask(RUNNING)];
  const workflowId = `${waits.taskQueue}/${REGION}/${taken}`;
  const other = await waits.client.workflow.start('migrateTable', { workflowId, taskQueue: `nobody-${randomUUID()}` });
  const ended = await redisTask(['start', taken, free]);
  await other.terminate();

  expect(jsonLines(ended)).toMatchObject([
    { taskId: free },
    { type: 'IdTaken', details: { taskId: taken, workflowId } },
  ]);
  expect(ended.stderr).toContain('its type is migrateTable');
  expect(ended.code).toBe(1);
  await client.cancel({ taskId: free, region: REGION });
});

test('the history of a wait has as many events as simulate says', async () => {
  const taskId = waits.addTask({ status: 'running', forPolls: 2 }, SUCCEED);
  const { polls } = await client.await({ taskId, region: REGION, polling: { maximumInterval: '1s' } });
  const { events } = await client.attach({ taskId, region: REGION }).then((wait) => wait.fetchHistory());
  const { historyEvents } = await import('../../src/cli/forecast.js');

  expect(polls).toBe(3);
  expect(events).toHaveLength(historyEvents(polls, 'timers'));
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
