// A worker is to end with the npm that runs it. test/processes/launcher.test.ts has the real npm.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { isTiedToLauncher } from '../../src/worker/launcher.js';
import { askNeighbour, neighbourWarning } from '../../src/worker/neighbour.js';
import { eventually, freeAddress, GOOD_SETTINGS, Process, statusOf, WorkerProcess } from '../support/processes.js';

const folder = mkdtempSync(path.join(tmpdir(), 'redis-task-launcher-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.concurrent('a worker that npm runs ends when npm has ended before it could see it', async () => {
  const orphan = `npm_lifecycle_script='redis-task worker' "${process.execPath}" lib/worker.js 2> "${folder}/log" & echo $!`;
  const env = { ...GOOD_SETTINGS, PATH: process.env['PATH'], HOME: folder };
  const shell = new Process(['sh', '-c', orphan], { env });
  await shell.end;

  await eventually(() => !isAlive(Number(shell.stdout)));
});

test.concurrent('a worker hears SIGTERM before its command line is loaded', async () => {
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
  await eventually(async () => (await statusOf(http, '/healthz')) === 200);
  const { hostname: host, port } = new URL(`http://${http}`);
  const neighbour = await askNeighbour({ host, port: Number(port), required: false });
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
