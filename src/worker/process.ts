import type { Logger } from '@temporalio/worker';
import pRetry from 'p-retry';
import { defaultCredentials } from '../tencent/credentials/index.js';
import type { CredentialProvider } from '../tencent/credentials/provider.js';
import { TencentApiError, type TencentErrorClass } from '../tencent/errors.js';
import { ConfigError, configError } from './config-error.js';
import type { WorkerConfig } from './config.js';
import { type Health, serveHealth } from './http-server.js';
import { createLogger } from './logger.js';
import { installRuntime } from './telemetry.js';
import {
  connectWorkers,
  hasFailed,
  runWorkers,
  takesWork,
  type TemporalWorkers,
  whereTemporalIs,
} from './temporal-workers.js';

/** How a service that gives credentials says that it will not, however often it is asked. */
const REFUSED: readonly TencentErrorClass[] = ['unauthorized', 'rejected'];

/**
 * Runs the worker until it is told to stop.
 *
 * @param env - where credentials are looked for
 * @param stop - SIGTERM and SIGINT: drain and return
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
    metrics: () => metrics.page(),
  });

  const credentials = defaultCredentials(env, {
    warn: (message) => void log.warn(message),
    taken: (source) => void log.info('Credentials taken', { ...source }),
  });
  const onAccessChange = (refusal: TencentApiError | undefined) => {
    running.isRefused = refusal !== undefined;
    logAccess(refusal, log);
  };
  const connect = async () => {
    await requireCredentials(credentials, onAccessChange, stop);
    return connectWorkers(config, { credentials, onAccessChange }, log);
  };
  // Trying ends with the process: an attempt under way may take long, and cannot be aborted.
  const workers = await Promise.race([connect(), aborted(stop)]);
  if (!workers) return 0;
  running.workers = workers;

  const { taskQueue, apiRps } = config;
  log.info('Waiting for Redis tasks', { taskQueue, apiRps, ...whereTemporalIs(config) });
  try {
    await runWorkers(workers, stop);
    log.info('Stopped: every wait goes on at the next worker');
    return 0;
  } finally {
    await workers.connection.close();
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/**
 * A worker that could never make a call should say so now, not in a failed poll. A source that is configured and cannot
 * answer at the moment is no reason to stop: it is asked again.
 */
async function requireCredentials(
  credentials: CredentialProvider,
  onAccessChange: (refusal: TencentApiError | undefined) => void,
  stop: AbortSignal,
): Promise<void> {
  try {
    await credentials.getCredential();
  } catch (error) {
    if (!(error instanceof TencentApiError) || REFUSED.includes(error.errorClass)) {
      throw new ConfigError((error as Error).message);
    }
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
  try {
    await serveHealth(http, health);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    const where = `${http.host}:${http.port}`;
    if (http.required) throw configError('REDIS_TASK_HTTP', `is "${where}", but it cannot be listened on: ${reason}`);
    log.warn('No health page: its default address is taken', { address: where, reason });
  }
}
