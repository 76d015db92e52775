import { fileURLToPath } from 'node:url';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { createPipelineActivities } from './activities.js';

/** The pipelines run on this queue. Their waits run on `redis-task`, in the package's worker. */
export const TASK_QUEUE = 'demo';

/** Creates a worker for the pipelines of the demo. */
export function createPipelineWorker(connection: NativeConnection, endpoint?: string): Promise<Worker> {
  return Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    activities: createPipelineActivities(endpoint),
  });
}
