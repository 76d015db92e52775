import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTestServer } from '../../test/support/test-server.js';
import { type Packed, ROOT } from './packed.js';
import { npm, run } from './run.js';

const EXAMPLE = path.join(ROOT, 'examples', 'parents', 'typescript');
const TEST = 'workflows.test.ts';
const IMPORT = /^import \{ after, before, test \} from 'node:test';$/m;

/** How each test runner is installed and run, and the import by which a test of node:test becomes one of its own. */
const RUNNERS = {
  'node:test': {
    packages: ['tsx@4'],
    command: ['node', '--import', 'tsx', '--test', TEST],
    imports: "import { after, before, test } from 'node:test';",
  },
  vitest: {
    packages: ['vitest'],
    command: ['npx', '--no-install', 'vitest', 'run', '--testTimeout=60000', '--hookTimeout=60000'],
    imports: "import { afterAll as after, beforeAll as before, test } from 'vitest';",
  },
  jest: {
    packages: ['jest@30', '@swc/jest'],
    command: ['node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'],
    imports: "import { afterAll as after, beforeAll as before, test } from '@jest/globals';",
  },
} as const;

/** Runs the unit test of the example's pipeline with one test runner, in a project of its own that has the package. */
export async function unitTests(
  name: keyof typeof RUNNERS,
  folder: string,
  { tarball }: Packed,
  cache: string,
): Promise<string> {
  const { packages, command, imports } = RUNNERS[name];
  await mkdir(folder, { recursive: true });
  if (name === 'jest') await cp(fileURLToPath(new URL('projects/tests', import.meta.url)), folder, { recursive: true });
  await cp(EXAMPLE, folder, { recursive: true });
  const test = await readFile(path.join(EXAMPLE, TEST), 'utf8');
  if (!IMPORT.test(test)) throw new Error(`${TEST} does not import node:test in the line that is replaced`);
  await writeFile(path.join(folder, TEST), test.replace(IMPORT, imports));
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await npm(folder, 'install', '--cache', cache, '--no-audit', '--no-fund', tarball, ...packages);
  const [program, ...args] = command;
  await run(folder, program, args, { TEMPORAL_TEST_SERVER: await findTestServer() });
  return `ran the unit tests of a pipeline with ${name}`;
}
