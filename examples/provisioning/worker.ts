import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { createProvisioningActivities } from './activities.js';

/** The queue of the pipelines. Their waits run on another one, `redis-task`, in the worker of the package. */
export const TASK_QUEUE = 'provisioning';

/** A worker for the pipelines of this example. */
export function createProvisioningWorker(connection: NativeConnection, endpoint?: string): Promise<Worker> {
  return Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    activities: createProvisioningActivities(endpoint),
  });
}
