// The workflow worker of bench/memory.ts, in a process of its own: tells its memory when asked.
import process from 'node:process';
import v8 from 'node:v8';
import { NativeConnection, Runtime, DefaultLogger, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';

const { ADDRESS, QUEUE, CACHED } = process.env as Record<string, string>;
Runtime.install({ logger: new DefaultLogger('WARN') });
const connection = await NativeConnection.connect({ address: ADDRESS! });
const worker = await Worker.create({
  connection,
  taskQueue: QUEUE!,
  workflowBundle: {
    codePath: process.env['BUNDLE'] ?? fileURLToPath(new URL('../lib/workflow-bundle.js', import.meta.url)),
  },
  debugMode: process.env['DEBUGMODE'] === '1',
  stickyQueueScheduleToStartTimeout: '2s',
  ...(CACHED ? { maxCachedWorkflows: Number(CACHED) } : {}),
});
process.on('message', (ask: string) => {
  if (ask === 'snapshot') return void process.send!(v8.writeHeapSnapshot('/tmp/heap.heapsnapshot'));
  if (ask === 'gc') (globalThis as any).gc?.();
  process.send!({ ...process.memoryUsage(), cpu: process.cpuUsage(), cached: worker.getStatus().numCachedWorkflows });
});
await worker.run();
