import { startWorker } from '../../worker/start.js';
import type { TemporalFlags } from '../options.js';
import { temporalVariables } from '../temporal.js';

/** `redis-task worker`: the worker process of `npm start`, with its exit codes. */
export async function runWorker(flags: TemporalFlags): Promise<never> {
  process.exit(await startWorker({ ...process.env, ...temporalVariables(flags) }));
}
