// A worker that npm runs, with the real npm: it is to end with it, whatever ends npm.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTiedToLauncher } from '../../src/worker/launcher.js';
import { eventually, freeAddress, GOOD_SETTINGS, Process, statusOf, WorkerProcess } from '../support/processes.js';

const folder = mkdtempSync(path.join(tmpdir(), 'redis-task-launcher-'));
let http: string;

beforeAll(() => {
  mkdirSync(path.join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(path.resolve('.'), path.join(folder, 'node_modules/temporal-tencent-redis'));
  symlinkSync('../temporal-tencent-redis/lib/cli/bin.js', path.join(folder, 'node_modules/.bin/redis-task'));
  // As npm does when it installs a package.
  chmodSync('lib/cli/bin.js', 0o755);
  const scripts = {
    waits: 'redis-task worker',
    behind: 'echo begun && redis-task worker',
    daemon: 'redis-task worker > /dev/null 2>&1 &',
  };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'launcher', scripts }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  http = await freeAddress();
});

/** npm runs the built command line. Temporal is not there, so that the worker tries to connect until it is told to stop. */
function launch(command: Process['command']): Process {
  // eslint and jest run under npm as well: its variables are not those of the npm of the test.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
  const env = {
    ...Object.fromEntries(own),
    ...GOOD_SETTINGS,
    REDIS_TASK_HTTP: http,
    npm_config_update_notifier: 'false',
  };
  return new Process(command, { env, cwd: folder });
}

const isUp = async () => (await statusOf(http, '/healthz')) === 200;
const isDown = async () => (await statusOf(http, '/healthz')) === 0;

/** The process that serves the health pages. */
async function workerPid(address = http): Promise<number> {
  const { headers } = await fetch(`http://${address}/healthz`);
  return Number(new URLSearchParams(headers.get('x-redis-task-worker') ?? '').get('pid'));
}

describe('a worker that npm runs', () => {
  test.each([
    ['npx', 'SIGTERM', ['npx', '--no', 'redis-task', 'worker']],
    ['npx', 'SIGKILL', ['npx', '--no', 'redis-task', 'worker']],
    ['npm run', 'SIGTERM', ['npm', 'run', 'waits']],
    ['npm run, after another command', 'SIGTERM', ['npm', 'run', 'behind']],
  ] as const)('ends with %s on %s', async (_, signal, command) => {
    const npm = launch(command);
    await eventually(isUp);
    const pid = await workerPid();
    expect(pid).not.toBe(npm.pid);
    npm.signal(signal);

    await eventually(isDown);
    await eventually(() => !isAlive(pid));
    expect(npm.stderr).toContain('"message":"Told to stop"');
  });

  test('goes on when the script has sent it to the background', async () => {
    const npm = launch(['npm', 'run', 'daemon']);
    await expect(npm.end).resolves.toEqual({ code: 0, signal: null });
    await eventually(isUp);
    // It would have noticed three times.
    await sleep(1_600);

    expect(await isUp()).toBe(true);
    process.kill(await workerPid(), 'SIGTERM');
    await eventually(isDown);
  });

  test('ends when npm has ended before it could see it', async () => {
    const orphan = `npm_lifecycle_script='redis-task worker' "${process.execPath}" lib/worker.js 2> "${folder}/log" & echo $!`;
    const env = { ...GOOD_SETTINGS, PATH: process.env['PATH'], HOME: folder, REDIS_TASK_HTTP: http };
    const shell = new Process(['sh', '-c', orphan], { env });
    await shell.end;

    await eventually(() => !isAlive(Number(shell.stdout)));
  });

  test('hears SIGTERM before its command line is loaded', async () => {
    const preload = `data:text/javascript,${encodeURIComponent(`
      const on = process.on.bind(process);
      // As soon as it listens, while nothing else of it is there yet.
      process.on = (name, ...rest) => (on(name, ...rest), name === 'SIGINT' && process.kill(process.pid, 'SIGTERM'));
    `)}`;
    const worker = new Process([process.execPath, '--import', preload, 'lib/cli/bin.js', 'worker'], {
      env: { ...GOOD_SETTINGS, PATH: process.env['PATH'], HOME: folder, REDIS_TASK_HTTP: http },
    });

    await expect(worker.end).resolves.toEqual({ code: 0, signal: null });
  });
});

test.each([
  [true, 'redis-task worker', { npm_lifecycle_script: 'redis-task worker' }, false],
  [true, 'two commands', { npm_lifecycle_script: 'npm run build && redis-task worker 2>&1' }, false],
  [false, 'a command in the background', { npm_lifecycle_script: 'redis-task worker &' }, false],
  [false, 'nohup', { npm_lifecycle_script: 'nohup redis-task worker' }, false],
  [false, 'a process group of its own: setsid, a daemon, a shell', { npm_lifecycle_script: 'redis-task worker' }, true],
  [false, 'no npm', {}, false],
])('it is %s that a worker ends with who started it: %s', (isTied, _, env, leadsGroup) => {
  expect(isTiedToLauncher(env, leadsGroup)).toBe(isTied);
});

describe('a second worker at the default address of the health pages', () => {
  const ADDRESS = '127.0.0.1:9464';

  test.each([
    ['of the same queue', 'twins', /^Another worker of twins runs on this machine already \(process \d+\)/],
    [
      'of another queue',
      'others',
      /^No health page: its default address is taken by the worker of twins in namespace default/,
    ],
  ])('%s is told who has it', async (_, queue, message) => {
    const settings = { ...GOOD_SETTINGS, REDIS_TASK_HTTP: '' };
    const first = new WorkerProcess({ ...settings, REDIS_TASK_QUEUE: 'twins', REDIS_TASK_HTTP: ADDRESS });
    await first.prints('Temporal is not there yet');
    const second = new WorkerProcess({ ...settings, REDIS_TASK_QUEUE: queue });
    await second.prints('Temporal is not there yet');
    await Promise.all([first.kill(), second.kill()]);

    expect(second.log[0]).toMatchObject({ level: 'warn', message: expect.stringMatching(message) as unknown });
    expect(second.log[0]?.message).toContain(String(first.pid));
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
