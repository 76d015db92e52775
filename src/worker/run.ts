import type { Server } from 'node:http';
import { IllegalStateError, type Logger, Runtime } from '@temporalio/worker';
import { runTogether } from '../activities/run-workers.js';
import { ConfigError } from '../tencent/config-error.js';
import { defaultCredentials } from '../tencent/credentials/index.js';
import { type ApiAccessOptions, logAccess, requireCredentials } from './api-access.js';
import { readConfig, type WorkerConfig } from './config.js';
import { livenessProblem, readinessProblem, type WorkerFacts } from './health.js';
import { type Health, serveHealth } from './http-server.js';
import { createLogger } from './logger.js';
import { watchNamespace } from './namespace.js';
import { askNeighbour, identityHeader, neighbourWarning } from './neighbour.js';
import type { RedisTaskWorkerOptions } from './options.js';
import { installRuntime } from './telemetry.js';
import { connectWorkers, type TemporalWorkers } from './temporal-workers.js';

/**
 * Runs the worker that `npm start` and `redis-task worker` run: it takes waits from the task queue `redis-task`, makes their
 * calls on `redis-task-api`, and serves `/healthz`, `/readyz` and `/metrics`. Settings come from the environment; the
 * options are for what an environment cannot hold.
 *
 * A `Runtime` that the application has installed before is used as it is, with its logger and its metrics.
 *
 * @returns when `signal` has been aborted and the calls under way have ended; the waits go on at the next worker
 * @throws ConfigError for a setting that cannot be used: one line that names it
 * @throws the error of a Temporal worker that failed for good
 *
 * @example
 * ```ts
 * const stop = new AbortController();
 * process.once('SIGTERM', () => stop.abort());
 * await runRedisTaskWorker({ signal: stop.signal, dataConverter: { payloadCodecs: [codec] } });
 * ```
 */
export async function runRedisTaskWorker(options: RedisTaskWorkerOptions = {}): Promise<void> {
  const { env = process.env, signal = new AbortController().signal } = options;
  const fromEnv = readConfig(env);
  const config = { ...fromEnv, namespace: options.namespace ?? fromEnv.namespace };
  const { log, metrics } = await startRuntime(config);
  for (const warning of config.warnings) log.warn(warning);
  const facts: WorkerFacts = {};
  const health = await startHealth(config, log, {
    livenessProblem: () => livenessProblem(facts),
    readinessProblem: () => readinessProblem({ ...facts, isStopping: signal.aborted }),
    metrics,
  });
  const told = () => void log.info('Told to stop', { reason: String((signal.reason as Partial<Error>).message) });
  signal.addEventListener('abort', told, { once: true });
  try {
    // Imported only then: OpenTelemetry's SDK is a hundred modules.
    const tracing = config.traces && (await (await import('./tracing.js')).startTracing(config.traces, log));
    const plugins = [...(options.plugins ?? []), ...(tracing ? [tracing.plugin] : [])];
    const run = connectAndRun(config, { ...options, plugins, env, signal }, facts, log);
    await run.finally(() => tracing?.end());
  } finally {
    signal.removeEventListener('abort', told);
    health?.close();
  }
}

async function connectAndRun(
  config: WorkerConfig,
  options: RedisTaskWorkerOptions & { readonly signal: AbortSignal },
  facts: WorkerFacts,
  log: Logger,
): Promise<void> {
  const { signal } = options;
  const access: ApiAccessOptions = {
    credentials:
      options.credentials ??
      defaultCredentials(options.env, {
        warn: (message) => void log.warn(message),
        taken: (source) => void log.info('Credentials taken', { ...source }),
      }),
    onAccessChange(refusal) {
      facts.refusedWith = refusal?.code;
      logAccess(refusal, log);
    },
  };
  const connect = async () => {
    await requireCredentials(access, signal);
    return connectWorkers(config, access, options, log, (reason) => void (facts.temporalProblem = reason));
  };
  // An attempt to connect cannot be aborted. If it succeeds after all, its workers end at once.
  const connecting = connect();
  const workers = await Promise.race([connecting, aborted(signal)]);
  if (!workers) {
    connecting.then((late) => serve(late, options)).catch(() => undefined);
    return;
  }
  facts.workers = workers;
  facts.temporalProblem = undefined;

  const { taskQueue, namespace, temporal } = config;
  const { requestsPerSecond: apiRps } = config.api;
  log.info('Waiting for Redis tasks', { taskQueue, apiRps, address: temporal.address, namespace });
  const ended = new AbortController();
  void watchNamespace(workers.connection, namespace, AbortSignal.any([signal, ended.signal]), (problem) => {
    logTemporal(facts.temporalProblem, problem, log);
    facts.temporalProblem = problem;
  });
  await serve(workers, options).finally(() => ended.abort());
  log.info('Stopped: every wait goes on at the next worker');
}

async function serve({ waits, calls, watch, connection }: TemporalWorkers, { signal, ...own }: RedisTaskWorkerOptions) {
  try {
    await runTogether([waits, calls, watch], { signal });
  } finally {
    if (!own.connection) await connection.close();
  }
}

/** Installs Temporal's runtime with our logger and metrics, unless the application has installed one. */
async function startRuntime(config: WorkerConfig): Promise<{ log: Logger; metrics: Health['metrics'] }> {
  const log = createLogger(config.logLevel, config.logFormat);
  try {
    return { log, metrics: await installRuntime(config, log) };
  } catch (error) {
    if (!(error instanceof IllegalStateError)) throw error;
    return { log: Runtime.instance().logger, metrics: undefined };
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return undefined;
}

/** One line when Temporal is lost, and one when it is back. */
function logTemporal(before: string | undefined, now: string | undefined, log: Logger): void {
  if (now !== undefined && before === undefined) log.warn('Temporal cannot be used: not ready', { reason: now });
  if (now === undefined && before !== undefined) log.info('Temporal can be used again: ready');
}

async function startHealth(config: WorkerConfig, log: Logger, health: Health): Promise<Server | undefined> {
  const { http, namespace, taskQueue } = config;
  if (!http) return undefined;
  const own = { namespace, taskQueue, pid: process.pid };
  const address = `${http.host}:${http.port}`;
  try {
    return await serveHealth(http, { ...health, headers: identityHeader(own) });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    if (http.required)
      throw new ConfigError(`REDIS_TASK_HTTP is "${address}", but it cannot be listened on: ${reason}`);
    log.warn(neighbourWarning(own, await askNeighbour(http)), { address, reason });
    return undefined;
  }
}
