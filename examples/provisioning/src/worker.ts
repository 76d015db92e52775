// Runs the pipelines. Their changes run in the package's worker: `npm run changes`.
import { fileURLToPath } from 'node:url';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import * as activities from './activities.js';

const { connectionOptions, namespace } = loadClientConnectConfig();
const connection = await NativeConnection.connect(connectionOptions);
try {
  const worker = await Worker.create({
    connection,
    ...(namespace !== undefined && { namespace }),
    taskQueue: 'provisioning',
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    activities,
  });
  await worker.run();
} finally {
  await connection.close();
}
