import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTestServer } from '../../test/support/test-server.js';
import { type Command, run } from './command.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What is built here goes; Maven alone builds where its project is. */
export const BUILD_FOLDER = path.join(ROOT, '.cache', 'parents');

const BUILD_TIMEOUT_MS = 8 * 60_000;

/** A parent in one language. Its tools have to be on the machine: one that is missing is an error. */
export interface Language {
  readonly name: string;
  readonly taskQueue: string;
  /** Installs what the parent needs, as its lock file says, builds it and runs its unit tests. */
  build(logFile: string): Promise<void>;
  /** Its worker. */
  readonly worker: Command;
}

const example = (name: string) => path.join(ROOT, 'examples', 'parents', name);
const built = (...names: string[]) => path.join(BUILD_FOLDER, ...names);

/** Runs one command after the other. */
async function inTurn(logFile: string, cwd: string, ...commands: readonly (readonly [string, ...string[]])[]) {
  for (const [program, ...args] of commands) await run({ program, args, cwd }, logFile, BUILD_TIMEOUT_MS);
}

/** Runs unit tests that need Temporal's time-skipping server. */
async function unitTests(logFile: string, command: Command) {
  await run({ ...command, env: { TEMPORAL_TEST_SERVER: await findTestServer() } }, logFile, BUILD_TIMEOUT_MS);
}

const go: Language = {
  name: 'go',
  taskQueue: 'provisioning-go',
  async build(logFile) {
    // Neither may change go.mod or go.sum.
    await inTurn(
      logFile,
      example('go'),
      ['go', 'test', '-mod=readonly', '-count=1', '.'],
      ['go', 'build', '-mod=readonly', '-o', built('go', 'provisioning'), '.'],
    );
  },
  worker: { program: built('go', 'provisioning'), args: [], cwd: BUILD_FOLDER },
};

const python: Language = {
  name: 'python',
  taskQueue: 'provisioning-python',
  async build(logFile) {
    const locks = ['-r', 'requirements.txt', '-r', 'requirements-test.txt'];
    const pip = [built('python', 'bin', 'pip'), 'install', '--quiet', '--no-deps', ...locks] as const;
    await inTurn(
      logFile,
      example('python'),
      ['python3', '-m', 'venv', '--clear', built('python')],
      pip,
      // Without --no-deps above, a requirement that is missing in the lock would go unnoticed.
      [built('python', 'bin', 'pip'), 'check'],
    );
    const args = ['-B', '-m', 'pytest', '-p', 'no:cacheprovider'];
    await unitTests(logFile, { program: built('python', 'bin', 'python'), args, cwd: example('python') });
  },
  worker: { program: built('python', 'bin', 'python'), args: ['-B', 'worker.py'], cwd: example('python') },
};

const java: Language = {
  name: 'java',
  taskQueue: 'provisioning-java',
  async build(logFile) {
    // Runs the tests too.
    await inTurn(logFile, example('java'), ['mvn', '--batch-mode', '--quiet', 'clean', 'package']);
  },
  worker: { program: 'java', args: ['-jar', 'target/provisioning.jar'], cwd: example('java') },
};

const typescript: Language = {
  name: 'typescript',
  taskQueue: 'provisioning-typescript',
  /** A project outside the package, which has it from a packed file, as from the registry. Its peers are this clone's. */
  async build(logFile) {
    const project = built('typescript');
    const installed = path.join(project, 'node_modules', 'temporal-tencent-redis');
    await rm(project, { recursive: true, force: true });
    await mkdir(installed, { recursive: true });
    await inTurn(logFile, ROOT, ['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', project]);
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
    const packed = path.join(project, `temporal-tencent-redis-${version}.tgz`);
    await inTurn(logFile, project, ['tar', '-xzf', packed, '-C', installed, '--strip-components=1']);
    await writeFile(path.join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
    await cp(example('typescript'), project, { recursive: true });
    const args = ['--import', 'tsx', '--test', 'workflows.test.ts'];
    await unitTests(logFile, { program: process.execPath, args, cwd: project });
  },
  worker: { program: process.execPath, args: ['--import', 'tsx', 'worker.ts'], cwd: built('typescript') },
};

export const LANGUAGES: readonly Language[] = [typescript, go, python, java];
