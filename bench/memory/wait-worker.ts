// A worker for waits only, in a process of its own, which tells its memory after a collection of garbage when asked.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createQueueActivities } from '../../src/activities/index.js';
import { cachedWaits } from '../../src/worker/cached-waits.js';

/** What it answers. */
export interface ProcessMemory {
  readonly residentMb: number;
  readonly heapMb: number;
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
});
process.on('message', () => {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ residentMb: rss / 1e6, heapMb: heapUsed / 1e6 } satisfies ProcessMemory);
});
process.send?.('ready');
await worker.run();
