import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { cacheRoot, executableName, install, isExecutable, type Machine } from '../../src/engine/cache.js';
import { run } from '../../src/engine/run.js';

const { env, platform, arch } = process;
export const MACHINE: Machine = { env, platform, arch, home: homedir() };

/** A Temporal server takes 7 minutes on 2 cores. */
const BUILD_LIMIT_MS = 45 * 60_000;

/** A command of a public Go module. */
export interface GoProgram {
  readonly module: string;
  readonly version: string;
  /** Its folder in the module. */
  readonly command: string;
  /** The name of the executable. */
  readonly as: string;
}

/** Builds a program with Go, unless the cache has it. Returns the path of the executable. */
export async function goProgram({ module, version, command, as }: GoProgram): Promise<string> {
  const target = path.join(cacheRoot(MACHINE), `${as}-${version}`, executableName(as, MACHINE));
  if (await isExecutable(target)) return target;
  return install(target, MACHINE, async (scratch) => {
    console.error(`Building ${as} ${version} (go install) …`);
    // The options with which Temporal's images are built.
    const options = { ...MACHINE.env, GOBIN: scratch, CGO_ENABLED: '0' };
    const args = ['install', '-tags', 'disable_grpc_modules', `${module}/${command}@v${version}`];
    await run('go', args, options, BUILD_LIMIT_MS, scratch);
    return path.join(scratch, executableName(path.basename(command), MACHINE));
  });
}

/** The folder of a module's sources, which is downloaded when it is missing. */
export async function goModule(module: string, version: string): Promise<string> {
  await mkdir(cacheRoot(MACHINE), { recursive: true });
  const go = (...args: readonly string[]) => run('go', args, MACHINE.env, 300_000, cacheRoot(MACHINE));
  // With -json it would say on stdout what is wrong.
  await go('mod', 'download', `${module}@v${version}`);
  return (await go('list', '-m', '-f', '{{.Dir}}', `${module}@v${version}`)).trim();
}
