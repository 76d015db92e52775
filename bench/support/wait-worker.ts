// A worker for waits only, in a process of its own, which tells its memory after a collection of garbage when asked.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createQueueActivities } from '../../src/activities/index.js';
import { cachedWaits } from '../../src/worker/cached-waits.js';

/** What it answers. */
export interface ProcessMemory {
  readonly residentBytes: number;
  readonly heapBytes: number;
}

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
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ residentBytes: rss, heapBytes: heapUsed } satisfies ProcessMemory);
});
process.send?.('ready');
await worker.run();
