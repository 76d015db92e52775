import { ConfigError } from '../tencent/config-error.js';
import { watchLauncher } from './launcher.js';
import { stopOnSignals } from './stop-signals.js';

/**
 * The worker process, configured by its environment: what `npm start` and `redis-task worker` run.
 *
 * @returns the exit code of the process
 */
export async function startWorker(env: NodeJS.ProcessEnv): Promise<number> {
  const stop = stopOnSignals();
  watchLauncher(process.env, () => stop.abort(new Error('the npm that ran this worker has ended')));
  try {
    // Imported late: loading the Temporal SDK takes half a second, and signals must be heard before that.
    const { runRedisTaskWorker } = await import('./run.js');
    await runRedisTaskWorker({ env, signal: stop.signal });
    return 0;
  } catch (error) {
    const text = error instanceof ConfigError ? error.message : (error as Error).stack;
    process.stderr.write(`redis-task worker: ${text ?? String(error)}\n`);
    return 1;
  }
}
