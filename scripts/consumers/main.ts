// Installs the packed package into empty projects by one line and with an empty cache, as its users would. Each of them
// imports every entry point, waits for a task and runs the command. One more runs the unit tests of a pipeline
// with each test runner. `npm run check consumers typescript runners` takes only some of them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { startDevServer } from '../../src/engine/index.js';
import { pack } from './packed.js';
import { command, compile, install, type Project, wait } from './projects.js';
import { installRunners, unitTests } from './unit-tests.js';

const KINDS = ['typescript', 'javascript', 'commonjs'] as const;
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => ![...KINDS, 'runners'].includes(name));
if (unknown.length > 0) throw new Error(`No project ${unknown.join()}: there are ${KINDS.join(', ')}, runners.`);
const isAsked = (name: string) => asked.length === 0 || asked.includes(name);

const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-consumers-'));
const cache = path.join(folder, 'cache');
const [packed, server] = await Promise.all([pack(folder), startDevServer()]);
try {
  console.log(`Packed ${(packed.bytes / 1_000).toFixed(1)} kB`);
  const results = await Promise.all(
    KINDS.filter(isAsked).map((kind) =>
      check({ kind, folder: path.join(folder, kind), packed, temporal: server.address }),
    ),
  );
  if (isAsked('runners')) {
    const tests = path.join(folder, 'tests');
    results.push(await timed('test runners', () => installRunners(tests, packed, cache)));
    for (const runner of ['node:test', 'vitest', 'jest'] as const) {
      results.push(await timed(runner, () => unitTests(tests, runner)));
    }
  }
  process.exitCode = results.every(Boolean) ? 0 : 1;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

function check(project: Project): Promise<boolean> {
  return timed(project.kind, async () => {
    await install(project, cache);
    const compiled = project.kind === 'typescript' ? [await compile(project, cache)] : [];
    return [...compiled, await wait(project), await command(project)].join(', ');
  });
}

/** Says how a check went. @param check - what it has done, in words */
async function timed(name: string, check: () => Promise<string>): Promise<boolean> {
  const began = performance.now();
  const took = () => `${name} (${((performance.now() - began) / 1_000).toFixed(1)} s)`;
  try {
    const done = await check();
    console.log(`ok      ${took()}: ${done}`);
    return true;
  } catch (error) {
    console.log(`failed  ${took()}: ${(error as Error).message}`);
    return false;
  }
}
