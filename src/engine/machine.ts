import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** What the search depends on besides the program: passed in, so that a test can build a machine of its own. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly home: string;
}

/** The machine this process runs on. */
export function thisMachine(): Machine {
  return { env: process.env, platform: process.platform, arch: process.arch, home: homedir() };
}

/** Where downloaded programs are kept between runs: the user's cache folder, as each platform has it. */
export function cacheRoot({ env, platform, home }: Machine): string {
  return path.join(userCache(env, platform, home), 'temporal-tencent-redis');
}

/** The file name of an executable on this machine. */
export function executableName(name: string, { platform }: Machine): string {
  return platform === 'win32' ? `${name}.exe` : name;
}

function userCache(env: NodeJS.ProcessEnv, platform: NodeJS.Platform, home: string): string {
  if (env['XDG_CACHE_HOME']) return path.resolve(env['XDG_CACHE_HOME']);
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches');
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local');
  return path.join(home, '.cache');
}
