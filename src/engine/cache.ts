import { constants } from 'node:fs';
import { access, chmod, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Program } from './program.js';

/** The facts of a machine that the search depends on; tests pass their own. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly home: string;
}

/** The folder for downloaded programs, inside the user's cache folder. */
export function cacheRoot({ env, platform, home }: Machine): string {
  const byPlatform: Partial<Record<NodeJS.Platform, string>> = {
    darwin: path.join(home, 'Library', 'Caches'),
    win32: env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'),
  };
  const folder = env['XDG_CACHE_HOME'] || byPlatform[platform] || path.join(home, '.cache');
  return path.resolve(folder, 'temporal-tencent-redis');
}

export function cachedPath({ executable }: Program, version: string, machine: Machine): string {
  return path.join(cacheRoot(machine), `${executable}-${version}`, executableName(executable, machine));
}

export function executableName(name: string, { platform }: Machine): string {
  return platform === 'win32' ? `${name}.exe` : name;
}

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    // X_OK also holds for folders.
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Makes a program in a scratch folder, then moves it into the cache atomically. */
export async function install(
  target: string,
  machine: Machine,
  make: (scratch: string) => Promise<string>,
): Promise<string> {
  const root = cacheRoot(machine);
  await mkdir(root, { recursive: true });
  // A rename is atomic only within one file system, so the scratch folder is inside the cache.
  const scratch = await mkdtemp(path.join(root, '.new-'));
  try {
    const made = await make(scratch);
    await chmod(made, 0o755);
    await mkdir(path.dirname(target), { recursive: true });
    await rename(made, target).catch(async (error: unknown) => {
      // Windows cannot replace a running program. If another process installed it first, use that one.
      if (!(await isExecutable(target))) throw error;
    });
    return target;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
