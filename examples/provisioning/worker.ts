import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { createProvisioningActivities } from './activities.js';

/** The pipelines run on this queue. Their waits run on `redis-task`, in the package's worker. */
export const TASK_QUEUE = 'provisioning';

/** Creates a worker for the pipelines of this example. */
export function createProvisioningWorker(connection: NativeConnection, endpoint?: string): Promise<Worker> {
  return Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    activities: createProvisioningActivities(endpoint),
  });
}
