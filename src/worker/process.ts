import { type Logger, Runtime } from '@temporalio/worker';
import { defaultCredentials } from '../tencent/credentials/index.js';
import type { CredentialProvider } from '../tencent/credentials/provider.js';
import { ConfigError, readConfig, type WorkerConfig } from './config.js';
import { type Health, serveHealth } from './http-server.js';
import { installRuntime } from './telemetry.js';
import { connectWorkers, hasFailed, runWorkers, takesWork, type TemporalWorkers } from './temporal-workers.js';

/**
 * Runs the worker until it is told to stop.
 *
 * @param stop - SIGTERM and SIGINT: drain and return
 * @returns the exit code of the process
 */
export async function runWorkerProcess(env: NodeJS.ProcessEnv, stop: AbortSignal): Promise<number> {
  const config = readConfig(env);
  const credentials = defaultCredentials(env);
  await requireCredentials(credentials);

  const metrics = await installRuntime(config);
  const log = Runtime.instance().logger;
  let workers: TemporalWorkers | undefined;
  await startHealth(config, log, {
    isAlive: () => !workers || !hasFailed(workers),
    isReady: () => workers !== undefined && takesWork(workers),
    metrics: () => metrics.page(),
  });

  try {
    workers = await connectWorkers(config, credentials, log, stop);
  } catch (error) {
    if (stop.aborted) return 0;
    throw error;
  }
  const { taskQueue, apiRps } = config;
  log.info('Waiting for Redis tasks', { taskQueue, apiRps, address: config.temporal.connectionOptions.address });
  try {
    await runWorkers(workers, stop);
    log.info('Stopped: every wait goes on at the next worker');
    return 0;
  } finally {
    await workers.connection.close();
  }
}

/** A worker that could never make a call should say so now, not in a failed poll. */
async function requireCredentials(credentials: CredentialProvider): Promise<void> {
  try {
    await credentials.getCredential();
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

async function startHealth({ http }: WorkerConfig, log: Logger, health: Health): Promise<void> {
  if (!http) return;
  try {
    await serveHealth(http, health);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    const where = `${http.host}:${http.port}`;
    if (http.required) throw new ConfigError(`REDIS_TASK_HTTP is "${where}", but it cannot be listened on: ${reason}`);
    log.warn('No health page: its default address is taken', { address: where, reason });
  }
}
