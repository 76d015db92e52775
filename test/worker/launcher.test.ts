// A worker that npm runs, with the real npm: it is to end with it, whatever ends npm.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTiedToLauncher } from '../../src/worker/launcher.js';
import { askNeighbour, neighbourWarning, type WorkerIdentity } from '../../src/worker/neighbour.js';
import { eventually, freeAddress, GOOD_SETTINGS, Process, statusOf, WorkerProcess } from '../support/processes.js';

const folder = mkdtempSync(path.join(tmpdir(), 'redis-task-launcher-'));

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

/** npm runs the built command line. Temporal is not there, so that the worker tries to connect until it is told to stop. */
function launch(command: Process['command'], http: string): Process {
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

const isUp = async (http: string) => (await statusOf(http, '/healthz')) === 200;
const isDown = async (http: string) => (await statusOf(http, '/healthz')) === 0;

/** The process that serves the health pages. */
async function workerPid(http: string): Promise<number> {
  return (await neighbourAt(http))?.pid ?? 0;
}

function neighbourAt(http: string): Promise<WorkerIdentity | undefined> {
  const { hostname: host, port } = new URL(`http://${http}`);
  return askNeighbour({ host, port: Number(port), required: false });
}

describe('a worker that npm runs', () => {
  test.concurrent.each([
    ['npx', 'SIGTERM', ['npx', '--no', 'redis-task', 'worker']],
    ['npx', 'SIGKILL', ['npx', '--no', 'redis-task', 'worker']],
    ['npm run', 'SIGTERM', ['npm', 'run', 'waits']],
    ['npm run, after another command', 'SIGTERM', ['npm', 'run', 'behind']],
  ] as const)('ends with %s on %s', async (_, signal, command) => {
    const http = await freeAddress();
    const npm = launch(command, http);
    await eventually(() => isUp(http));
    const pid = await workerPid(http);
    expect(pid).not.toBe(npm.pid);
    npm.signal(signal);

    await eventually(() => isDown(http));
    await eventually(() => !isAlive(pid));
    expect(npm.stderr).toContain('"message":"Told to stop"');
  });

  test.concurrent('goes on when the script has sent it to the background', async () => {
    const http = await freeAddress();
    const npm = launch(['npm', 'run', 'daemon'], http);
    await expect(npm.end).resolves.toEqual({ code: 0, signal: null });
    await eventually(() => isUp(http));
    // It would have noticed three times.
    await sleep(1_600);

    expect(await isUp(http)).toBe(true);
    process.kill(await workerPid(http), 'SIGTERM');
    await eventually(() => isDown(http));
  });

  test.concurrent('ends when npm has ended before it could see it', async () => {
    const orphan = `npm_lifecycle_script='redis-task worker' "${process.execPath}" lib/worker.js 2> "${folder}/log" & echo $!`;
    const env = { ...GOOD_SETTINGS, PATH: process.env['PATH'], HOME: folder };
    const shell = new Process(['sh', '-c', orphan], { env });
    await shell.end;

    await eventually(() => !isAlive(Number(shell.stdout)));
  });

  test.concurrent('hears SIGTERM before its command line is loaded', async () => {
    const preload = `data:text/javascript,${encodeURIComponent(`
      const on = process.on.bind(process);
      // As soon as it listens, while nothing else of it is there yet.
      process.on = (name, ...rest) => (on(name, ...rest), name === 'SIGINT' && process.kill(process.pid, 'SIGTERM'));
    `)}`;
    const worker = new Process([process.execPath, '--import', preload, 'lib/cli/bin.js', 'worker'], {
      env: { ...GOOD_SETTINGS, PATH: process.env['PATH'], HOME: folder },
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

// That a worker asks its neighbour is held where the default address is taken: bad-settings.test.ts.
test('a worker tells who it is, and another one whether that is its twin', async () => {
  const http = await freeAddress();
  const first = new WorkerProcess({ ...GOOD_SETTINGS, REDIS_TASK_QUEUE: 'twins', REDIS_TASK_HTTP: http });
  await eventually(() => isUp(http));
  const neighbour = await neighbourAt(http);
  await first.kill();

  expect(neighbour).toEqual({ namespace: 'default', taskQueue: 'twins', pid: first.pid });
  const own = { namespace: 'default', taskQueue: 'twins', pid: 1 };
  const pid = String(first.pid);
  expect(neighbourWarning(own, neighbour)).toContain(
    `Another worker of twins runs on this machine already (process ${pid})`,
  );
  expect(neighbourWarning({ ...own, taskQueue: 'others' }, neighbour)).toContain(
    `No health page: its default address is taken by the worker of twins in namespace default (process ${pid})`,
  );
  expect(neighbourWarning({ ...own, namespace: 'another' }, neighbour)).toMatch(/^No health page: /);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
