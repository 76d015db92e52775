// Installs the packed package into empty projects, as its users would, and lets each of them wait for a task.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startDevServer } from '../../src/engine/index.js';
import { doors, manifest, pack } from './packed.js';
import { type Consumer, CONSUMERS } from './projects.js';

const startedAt = performance.now();
const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-consumers-'));
const [packed, ours, server] = await Promise.all([pack(folder), manifest(), startDevServer()]);
let failed = 0;
try {
  console.log(`Packed ${(packed.bytes / 1_000).toFixed(1)} kB`);
  await Promise.all(CONSUMERS.map(check));
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
console.log(failed === 0 ? `All passed in ${seconds(startedAt)}` : `${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function check({ name, use }: Consumer): Promise<void> {
  const began = performance.now();
  const project = path.join(folder, name.replaceAll(' ', '-'));
  try {
    const said = await use({ folder: project, packed, ours, doors: doors(ours), temporal: server.address });
    console.log(`ok      ${name} (${seconds(began)}): ${said}`);
  } catch (error) {
    failed += 1;
    console.log(`failed  ${name} (${seconds(began)}): ${(error as Error).message}`);
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1_000).toFixed(1)} s`;
}
