// Installs the packed package into empty projects by one line and with an empty cache, as its users would. Each of them
// imports every entry point, waits for a task and runs the command.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDevServer } from '../../src/engine/index.js';
import { pack } from './packed.js';
import { command, compile, install, type Project, wait } from './projects.js';

const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-consumers-'));
const cache = path.join(folder, 'cache');
const [packed, server] = await Promise.all([pack(folder), startDevServer()]);
try {
  console.log(`Packed ${(packed.bytes / 1_000).toFixed(1)} kB`);
  const kinds = ['typescript', 'javascript', 'commonjs'] as const;
  const results = await Promise.all(
    kinds.map((kind) => check({ kind, folder: path.join(folder, kind), packed, temporal: server.address })),
  );
  process.exitCode = results.every(Boolean) ? 0 : 1;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function check(project: Project): Promise<boolean> {
  const began = performance.now();
  const took = () => `${project.kind} (${((performance.now() - began) / 1_000).toFixed(1)} s)`;
  try {
    await install(project, cache);
    if (project.kind === 'typescript') await compile(project, cache);
    console.log(`ok      ${took()}: ${await wait(project)}, ${await command(project)}`);
    return true;
  } catch (error) {
    console.log(`failed  ${took()}: ${(error as Error).message}`);
    return false;
  }
}
