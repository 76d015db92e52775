import { ConfigError } from '../tencent/config-error.js';

/**
 * The worker process, configured by its environment: what `npm start` and `redis-task worker` run.
 *
 * @returns the exit code of the process
 */
export async function startWorker(env: NodeJS.ProcessEnv): Promise<number> {
  const stop = new AbortController();
  // These listeners stay, so a second signal does not interrupt the drain.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  try {
    // Imported late: loading the Temporal SDK takes half a second, and signals must be heard before that.
    const { readConfig } = await import('./config.js');
    const config = readConfig(env);
    const { runWorkerProcess } = await import('./process.js');
    return await runWorkerProcess(config, env, stop.signal);
  } catch (error) {
    const text = error instanceof ConfigError ? error.message : (error as Error).stack;
    process.stderr.write(`redis-task worker: ${text ?? String(error)}\n`);
    return 1;
  }
}
