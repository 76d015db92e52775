// npm start -- crs-xxxxxxxx ap-guangzhou 8192
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { TASK_QUEUE } from './task-queue.js';
import type { resizeInstance } from './workflows.js';

const [instanceId, region, memory] = process.argv.slice(2);
const memSizeMb = Number(memory);
if (!instanceId || !region || !Number.isInteger(memSizeMb)) {
  throw new Error('Usage: npm start -- INSTANCE REGION MEGABYTES');
}

const { connectionOptions, namespace } = loadClientConnectConfig();
const connection = await Connection.connect(connectionOptions);
try {
  const client = new Client({ connection, ...(namespace !== undefined && { namespace }) });
  // One id per instance: Temporal refuses a second pipeline for it while the first one runs.
  const handle = await client.workflow.start<typeof resizeInstance>('resizeInstance', {
    taskQueue: TASK_QUEUE,
    workflowId: `resize-${instanceId}`,
    staticSummary: `Resize ${instanceId} to ${memSizeMb} MB`,
    args: [{ instanceId, region, memSizeMb }],
  });
  console.log(`Started ${handle.workflowId}`);
  console.log(await handle.result());
} finally {
  await connection.close();
}
