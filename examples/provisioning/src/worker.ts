// Runs the pipelines. Their waits run in the package's worker: `npm run waits`.
import { fileURLToPath } from 'node:url';
import { log } from '@temporalio/activity';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createRedisApi, defaultCredentials } from 'temporal-tencent-redis/activities';
import { createActivities, type Page } from './activities.js';
import { TASK_QUEUE } from './task-queue.js';

/** Call your pager here, with `key` for what it calls a deduplication key. */
const page: Page = async (message, key) => {
  log.error(message, { key });
  await Promise.resolve();
};

const api = createRedisApi({ credentials: defaultCredentials() });
const { connectionOptions, namespace } = loadClientConnectConfig();
const connection = await NativeConnection.connect(connectionOptions);
try {
  const worker = await Worker.create({
    connection,
    ...(namespace !== undefined && { namespace }),
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    activities: createActivities(api, page),
  });
  await worker.run();
} finally {
  api.close();
  await connection.close();
}
