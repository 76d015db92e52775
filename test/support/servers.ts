// Started by global-setup.js as a process of its own: starts one dev server for the whole run, finds the time-skipping
// server, bundles the tests' workflows, says where all this is, and ends when its stdin does. A pipe closes with whoever
// holds its other end, however that ended: no server outlives the run.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { startDevServer } from '../../src/engine/index.js';
import { findTestServer } from './test-server.js';

// Ctrl-C reaches the whole process group; the closing pipe is what counts.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.stdin.resume().once('end', () => process.exit());

const folder = mkdtempSync(path.join(tmpdir(), 'redis-task-tests-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const workflows = path.join(folder, 'workflows.js');
const workflowsPath = fileURLToPath(new URL('../workflows/parents.ts', import.meta.url));
const [devServer, timeSkipping, { code }] = await Promise.all([
  startDevServer({ ui: true }),
  findTestServer(),
  bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') }),
]);
writeFileSync(workflows, code);
const found = {
  TEST_DEV_SERVER_ADDRESS: devServer.address,
  TEST_DEV_SERVER_UI: devServer.uiUrl,
  TEST_TIME_SKIPPING_SERVER: timeSkipping,
  TEST_WORKFLOW_BUNDLE: workflows,
};
console.log(JSON.stringify(found));
