// A worker for waits only, in a process of its own, which tells the size of its heap, garbage collected, when asked.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createQueueActivities } from '../../src/activities/index.js';
import { cachedWaits } from '../../src/worker/cached-waits.js';

const [address = '', taskQueue = ''] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: { codePath: fileURLToPath(new URL('../../lib/workflow-bundle.js', import.meta.url)) },
  maxCachedWorkflows: cachedWaits(),
  stickyQueueScheduleToStartTimeout: '2s',
  activities: createQueueActivities(),
  // Runs the workflows in this thread: what is told is its heap.
  debugMode: true,
});
process.on('message', () => {
  globalThis.gc?.();
  process.send?.(process.memoryUsage().heapUsed);
});
process.send?.('ready');
await worker.run();
