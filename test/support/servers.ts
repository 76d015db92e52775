// Started by global-setup.js as a process of its own: starts one dev server for the whole run, finds the time-skipping
// server, says where they are, and ends when its stdin does. A pipe closes with whoever holds its other end, however
// that ended: no server outlives the run.
import process from 'node:process';
import { startDevServer } from '../../src/engine/index.js';
import { findTestServer } from './test-server.js';

// Ctrl-C reaches the whole process group; the closing pipe is what counts.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.stdin.resume().once('end', () => process.exit());

const [devServer, timeSkipping] = await Promise.all([startDevServer({ ui: true }), findTestServer()]);
const found = {
  TEST_DEV_SERVER_ADDRESS: devServer.address,
  TEST_DEV_SERVER_UI: devServer.uiUrl,
  TEST_TIME_SKIPPING_SERVER: timeSkipping,
};
console.log(JSON.stringify(found));
