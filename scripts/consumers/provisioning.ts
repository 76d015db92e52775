// Runs the tests of examples/provisioning as a reader would: in a folder of its own, with the packed package installed.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findTemporalCli } from '../../src/engine/index.js';
import { findTestServer } from '../../test/support/test-server.js';
import { pack, ROOT } from './packed.js';
import { npm, run } from './run.js';

const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-provisioning-'));
const project = path.join(folder, 'provisioning');
try {
  const { tarball } = await pack(folder);
  const isSource = (file: string) => !file.split(path.sep).includes('node_modules');
  await cp(path.join(ROOT, 'examples', 'provisioning'), project, { recursive: true, filter: isSource });
  await timed('installed the example and the packed package', async () => {
    await npm(project, 'install', '--prefer-offline', '--no-audit', '--no-fund', tarball);
  });
  const [TEMPORAL_CLI, TEMPORAL_TEST_SERVER] = await Promise.all([findTemporalCli(), findTestServer()]);
  await timed('ran its tests', async () => {
    const printed = await run(project, 'npm', ['test'], { TEMPORAL_CLI, TEMPORAL_TEST_SERVER });
    console.log(printed.trim());
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function timed(name: string, work: () => Promise<void>): Promise<void> {
  const began = performance.now();
  await work();
  console.log(`${name} (${((performance.now() - began) / 1_000).toFixed(1)} s)`);
}
