// What only a process of its own shows: signals, a terminal, pipes, `--local` and the worker.
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisTaskClient } from '../../src/client/index.js';
import { apiSettings, CommandProcess, type Ended, jsonLines, runningWait, settingsFor } from '../cli/command.js';
import { devServer } from '../support/environments.js';
import { Process } from '../support/processes.js';
import { REGION, until, Waits } from '../support/waits.js';

const RUNNING = { status: 'running', forMs: 600_000 } as const;
const SUCCEED = { status: 'succeed' } as const;

let waits: Waits;
let client: RedisTaskClient;

beforeAll(async () => {
  waits = await Waits.start(devServer);
  client = new RedisTaskClient(waits.client, { taskQueue: waits.taskQueue });
});
afterAll(() => waits.close());

function redisTask(args: readonly (string | number)[], env = environment()): Promise<Ended> {
  return new CommandProcess(args, env).ended;
}

function environment(): Record<string, string> {
  return settingsFor(waits.taskQueue);
}

/** A command line in a terminal, which `script` of Linux gives it. */
function inTerminal(line: string): Process {
  const command = `stty cols 100 rows 30; echo pid $$; exec "${process.execPath}" lib/cli/main.js ${line}`;
  const env = { PATH: process.env['PATH'], TERM: 'xterm', ...environment() };
  return new Process(['script', '-qec', command, '/dev/null'], { env });
}

// The `script` of other systems has other flags.
const onLinux = process.platform === 'linux' ? test.concurrent : test.concurrent.skip;

test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
  '%s in a pipe stops watching alone, exit code 130',
  async (signal) => {
    const taskId = await runningWait(waits, client);
    const watching = new CommandProcess(['await', taskId], environment());
    await watching.prints(`${taskId} running`);
    watching.signal(signal);

    const ended = await watching.ended;
    expect(ended).toMatchObject({ code: 130, stdout: '' });
    expect(ended.stderr).toContain('Stopped watching; the wait for 1 task goes on.');
    expect((await client.find({ taskId, region: REGION }))[0]?.status.name).toBe('RUNNING');
    await client.cancel({ taskId, region: REGION });
  },
);

test.concurrent('many tasks are watched without a warning of Node', async () => {
  const taskIds = Array.from({ length: 12 }, () => waits.addTask({ status: 'running', forPolls: 2 }, SUCCEED));
  const ended = await redisTask(['await', ...taskIds]);

  expect(ended.stderr.match(/ running/g)?.length).toBeGreaterThanOrEqual(taskIds.length);
  expect(ended.stderr).not.toContain('Warning');
  expect(ended.code).toBe(0);
});

describe('in a terminal', () => {
  onLinux('SIGTERM asks no question: who sent it cannot answer', async () => {
    const taskId = await runningWait(waits, client);
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
    const folder = await mkdtemp(join(tmpdir(), 'redis-task-'));
    const file = join(folder, 'stderr');
    await expect(inTerminal(`await ${taskId} 2> ${file}`).end).resolves.toEqual({ code: 6, signal: null });

    const said = await readFile(file, 'utf8');
    await rm(folder, { recursive: true });
    expect(said).toContain(`✗ RedisTaskFailed: Redis task ${taskId}`);
    expect(said).not.toContain('\x1b');
  });
});

describe('await --local', () => {
  test.concurrent('brings a server and a worker, and takes both away again', async () => {
    const taskId = waits.addTask(SUCCEED);
    const settings = { ...apiSettings(waits.simulator), TENCENTCLOUD_REGION: REGION, TEMPORAL_ADDRESS: 'nowhere:1' };
    const ended = await redisTask(['await', taskId, '--local'], settings);

    expect(jsonLines(ended)).toMatchObject([{ taskId, status: 'succeed' }]);
    expect(ended.code).toBe(0);
    const [, port] = /A Temporal server of its own at 127\.0\.0\.1:(\d+)/.exec(ended.stderr) ?? [];
    await expect(listens(Number(port))).resolves.toBe(false);
  });

  test.concurrent('leaves nothing behind when it is killed', async () => {
    const settings = { ...apiSettings(waits.simulator), TENCENTCLOUD_REGION: REGION };
    const command = new CommandProcess(['await', waits.addTask(RUNNING), '--local'], settings);
    await command.prints(' running');
    command.signal('SIGKILL');
    const { stderr } = await command.ended;

    const [, port] = /A Temporal server of its own at 127\.0\.0\.1:(\d+)/.exec(stderr) ?? [];
    await until(
      () => listens(Number(port)),
      (listening) => !listening,
    );
    expect(stderr).not.toContain('Stopped');
  });

  test.concurrent('with a setting that no worker can use says which, exit code 2', async () => {
    const settings = { ...apiSettings(waits.simulator, 'has a space'), TENCENTCLOUD_REGION: REGION };
    const ended = await redisTask(['await', 1, '--local'], settings);

    expect(jsonLines(ended)).toMatchObject([{ type: 'BadUsage' }]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('The worker did not start: TENCENTCLOUD_SECRET_KEY holds white space');
  });
});

describe('worker', () => {
  test.concurrent('a bad setting stops it as it stops npm start', async () => {
    const ended = await redisTask(['worker'], {
      ...environment(),
      ...apiSettings(waits.simulator),
      REDIS_TASK_API_RPS: '50',
    });

    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^redis-task worker: REDIS_TASK_API_RPS [^\n]+\n$/);
  });

  test.concurrent('serves the queue of its flag until SIGTERM', async () => {
    const taskQueue = `served-${randomUUID()}`;
    const settings = { ...environment(), ...apiSettings(waits.simulator), REDIS_TASK_HTTP: 'off' };
    const worker = new CommandProcess(['worker', '--task-queue', taskQueue], settings);
    await worker.prints('Waiting for Redis tasks');
    const taskId = waits.addTask(SUCCEED);
    const ended = await redisTask(['await', taskId, '--task-queue', taskQueue, '--wait-for-worker']);
    worker.signal('SIGTERM');

    expect(jsonLines(ended)).toMatchObject([{ taskId, status: 'succeed' }]);
    expect(await worker.ended).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('a reader that has closed the pipe', () => {
  test.concurrent('does not change how the command ends', async () => {
    const failed = waits.addTask({ status: 'failed' });
    const command = `"${process.execPath}" lib/cli/main.js await ${failed} --wait-for-worker | true; echo code "\${PIPESTATUS[0]}"`;
    const shell = new Process(['bash', '-c', command], { env: { PATH: process.env['PATH'], ...environment() } });
    await shell.end;

    expect(shell.stdout).toBe('code 6\n');
  });
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
