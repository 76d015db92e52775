// A worker that npm runs, with the real npm: it is to end with it, whatever ends npm. What shows without npm is in
// test/worker/launcher.test.ts.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { askNeighbour } from '../../src/worker/neighbour.js';
import { eventually, freeAddress, GOOD_SETTINGS, Process, statusOf } from '../support/processes.js';

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
  const { hostname: host, port } = new URL(`http://${http}`);
  return (await askNeighbour({ host, port: Number(port), required: false }))?.pid ?? 0;
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
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
