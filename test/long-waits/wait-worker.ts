// A worker for waits only, in a process of its own, which tells the size of its heap, garbage collected, when asked.
import process from 'node:process';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { cachedWaits } from '../../src/worker/cached-waits.js';
import { BUILT_BUNDLE } from '../support/built-bundle.js';

const [address = '', taskQueue = ''] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: BUILT_BUNDLE,
  maxCachedWorkflows: cachedWaits(),
  stickyQueueScheduleToStartTimeout: '2s',
  // Runs the workflows in this thread: what is told is its heap.
  debugMode: true,
});
process.on('message', () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage().heapUsed);
});
process.send?.('ready');
await worker.run();
