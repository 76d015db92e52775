// The worker of `samplePolling`, as a process of its own: it makes the same signed call and does nothing else.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { describeTaskInfo } from '../../src/tencent/describe-task-info.js';
import { createRedisApi } from '../../src/tencent/redis-api.js';
import { SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';

const [address = '', taskQueue = '', endpoint = ''] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('ERROR') });
const api = createRedisApi({
  credentials: { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) },
  endpoint: new URL(endpoint),
});
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowsPath: fileURLToPath(new URL('sample-workflow.ts', import.meta.url)),
  activities: {
    async pollOnce(taskId: number): Promise<void> {
      const { status } = await describeTaskInfo(api, { taskId, region: 'ap-guangzhou' });
      if (status === 'running') throw ApplicationFailure.create({ message: 'still running', category: 'BENIGN' });
    },
  },
});
console.log('ready');
await worker.run();
