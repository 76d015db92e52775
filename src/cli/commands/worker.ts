import { startWorker } from '../../worker/start.js';
import type { TemporalFlags } from '../flags.js';

/** `redis-task worker`: the worker process, as `npm start` runs it. Never returns; its exit codes are the worker's own. */
export async function runWorker({ address, namespace, taskQueue }: TemporalFlags): Promise<never> {
  const code = await startWorker({
    ...process.env,
    ...(address !== undefined && { TEMPORAL_ADDRESS: address }),
    ...(namespace !== undefined && { TEMPORAL_NAMESPACE: namespace }),
    ...(taskQueue !== undefined && { REDIS_TASK_QUEUE: taskQueue }),
  });
  process.exit(code);
}
