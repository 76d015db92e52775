import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTestServer } from '../../test/support/test-server.js';
import { type Packed, ROOT } from './packed.js';
import { npm, run } from './run.js';

const EXAMPLE = path.join(ROOT, 'examples', 'parents', 'typescript');
const TEST = 'workflows.test.ts';
const IMPORT = /^import \{ after, before, test \} from 'node:test';$/m;

/** How each test runner runs, and the import by which a test of node:test becomes one of its own. */
const RUNNERS = {
  'node:test': {
    command: ['node', '--import', 'tsx', '--test', TEST],
    imports: "import { after, before, test } from 'node:test';",
  },
  vitest: {
    command: ['npx', '--no-install', 'vitest', 'run', TEST, '--testTimeout=60000', '--hookTimeout=60000'],
    imports: "import { afterAll as after, beforeAll as before, test } from 'vitest';",
  },
  jest: {
    command: ['node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'],
    imports: "import { afterAll as after, beforeAll as before, test } from '@jest/globals';",
  },
} as const;

/** Installs the package and the test runners into a copy of the example's pipeline. */
export async function installRunners(folder: string, { tarball }: Packed, cache: string): Promise<string> {
  await cp(fileURLToPath(new URL('projects/tests', import.meta.url)), folder, { recursive: true });
  await cp(EXAMPLE, folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  // Vitest 5 needs Node 22.
  const runners = ['tsx@4', 'vitest@4', 'jest@30', '@swc/jest@0.2'];
  await npm(folder, 'install', '--cache', cache, '--no-audit', '--no-fund', tarball, ...runners);
  return `installed ${runners.join(', ')}`;
}

/** Runs the unit tests of the pipeline with one of the test runners. */
export async function unitTests(folder: string, runner: keyof typeof RUNNERS): Promise<string> {
  const { command, imports } = RUNNERS[runner];
  const test = await readFile(path.join(EXAMPLE, TEST), 'utf8');
  if (!IMPORT.test(test)) throw new Error(`${TEST} does not import node:test in the line that is replaced`);
  await writeFile(path.join(folder, TEST), test.replace(IMPORT, imports));
  const [program, ...args] = command;
  await run(folder, program, args, { TEMPORAL_TEST_SERVER: await findTestServer() });
  return 'ran the unit tests of a pipeline';
}
