import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { cacheRoot, executableName, type Machine } from './machine.js';
import type { Program } from './programs.js';

/** Where a program of a version is kept. */
export function cachedPath(program: Program, version: string, machine: Machine): string {
  return path.join(cacheRoot(machine), `${program.executable}-${version}`, executableName(program.executable, machine));
}

/** Whether a file is there and may be executed. (Folders are executable in a sense of their own.) */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/**
 * Makes a program in a scratch folder and moves it into the cache in one step, so that neither a crash nor a second
 * process doing the same can leave half a file under the final name.
 */
export async function install(
  target: string,
  machine: Machine,
  make: (scratch: string) => Promise<string>,
): Promise<string> {
  const root = cacheRoot(machine);
  await mkdir(root, { recursive: true });
  // Inside the cache: a rename is one step only within one file system.
  const scratch = await mkdtemp(path.join(root, '.new-'));
  try {
    const made = await make(scratch);
    await chmod(made, 0o755);
    await mkdir(path.dirname(target), { recursive: true });
    await rename(made, target).catch(async (error: unknown) => {
      // Windows does not replace a program that is running; then another process was faster, which is just as good.
      if (!(await isExecutable(target))) throw error;
    });
    return target;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
