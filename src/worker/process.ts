import type { Logger } from '@temporalio/worker';
import pRetry from 'p-retry';
import { runWorkers } from '../activities/run-workers.js';
import { ConfigError } from '../tencent/config-error.js';
import { defaultCredentials } from '../tencent/credentials/index.js';
import { TencentApiError } from '../tencent/errors.js';
import type { WorkerConfig } from './config.js';
import { type Health, serveHealth } from './http-server.js';
import { createLogger } from './logger.js';
import { installRuntime } from './telemetry.js';
import {
  type ApiAccessOptions,
  connectWorkers,
  hasFailed,
  takesWork,
  type TemporalWorkers,
} from './temporal-workers.js';

/**
 * Runs the worker until it is told to stop.
 *
 * @param env - where to look for credentials
 * @param stop - drain and return
 * @returns the exit code of the process
 */
export async function runWorkerProcess(
  config: WorkerConfig,
  env: NodeJS.ProcessEnv,
  stop: AbortSignal,
): Promise<number> {
  const log = createLogger(config.logLevel, config.logFormat);
  for (const warning of config.warnings) log.warn(warning);
  const metrics = await installRuntime(config, log);
  const running: { workers?: TemporalWorkers; isRefused?: boolean } = {};
  await startHealth(config, log, {
    isAlive: () => !running.workers || !hasFailed(running.workers),
    isReady: () => running.workers !== undefined && takesWork(running.workers) && !running.isRefused,
    metrics,
  });

  const access: ApiAccessOptions = {
    credentials: defaultCredentials(env, {
      warn: (message) => void log.warn(message),
      taken: (source) => void log.info('Credentials taken', { ...source }),
    }),
    onAccessChange(refusal) {
      running.isRefused = refusal !== undefined;
      logAccess(refusal, log);
    },
  };
  const connect = async () => {
    await requireCredentials(access, stop);
    return connectWorkers(config, access, log);
  };
  // An attempt to connect cannot be aborted: it ends with the process.
  const workers = await Promise.race([connect(), aborted(stop)]);
  if (!workers) return 0;
  running.workers = workers;

  const { taskQueue, apiRps, namespace, temporal } = config;
  log.info('Waiting for Redis tasks', { taskQueue, apiRps, address: temporal.address, namespace });
  try {
    await runWorkers(workers.waits, workers.calls, undefined, stop);
    log.info('Stopped: every wait goes on at the next worker');
    return 0;
  } finally {
    await workers.connection.close();
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return undefined;
}

/** Fails when there are no credentials. If their source is only unavailable, reports that and retries. */
async function requireCredentials({ credentials, onAccessChange }: ApiAccessOptions, stop: AbortSignal): Promise<void> {
  try {
    await credentials.getCredential();
  } catch (error) {
    const isFinal = !(error instanceof TencentApiError) || ['unauthorized', 'rejected'].includes(error.errorClass);
    if (isFinal) throw new ConfigError((error as Error).message);
    onAccessChange(error);
    const again = { retries: Infinity, minTimeout: 1_000, maxTimeout: 10_000, unref: true, signal: stop };
    pRetry(() => credentials.getCredential(), again).then(
      () => onAccessChange(undefined),
      () => undefined,
    );
  }
}

function logAccess(refusal: TencentApiError | undefined, log: Logger): void {
  if (!refusal) {
    log.info('There is access to the API again: ready, at the whole rate');
    return;
  }
  const { code, message, requestId } = refusal;
  log.error(
    'No access to the API: not ready, and a tenth of the rate, until a call is accepted. ' +
      "Repair this worker's key, its permission redis:DescribeTaskInfo, or its source of credentials",
    { code, reason: message, requestId },
  );
}

async function startHealth({ http }: WorkerConfig, log: Logger, health: Health): Promise<void> {
  if (!http) return;
  const address = `${http.host}:${http.port}`;
  await serveHealth(http, health).catch((error: unknown) => {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    if (http.required)
      throw new ConfigError(`REDIS_TASK_HTTP is "${address}", but it cannot be listened on: ${reason}`);
    log.warn('No health page: its default address is taken', { address, reason });
  });
}
