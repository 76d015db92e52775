import { type Logger, NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import pRetry from 'p-retry';
import { DRAIN_TIME } from '../activities/api-worker.js';
import { createQueueActivities, redisApiWorkerOptions, type RedisActivitiesOptions } from '../activities/index.js';
import { loadWorkflowBundle } from './bundle.js';
import type { WorkerConfig } from './config.js';

/** Where the calls' credentials come from, and who hears when they are refused. */
export type ApiAccessOptions = Required<Pick<RedisActivitiesOptions, 'credentials' | 'onAccessChange'>>;

/** Two Temporal workers on one connection: one for the waits, one for their calls. */
export interface TemporalWorkers {
  readonly connection: NativeConnection;
  readonly waits: Worker;
  readonly calls: Worker;
}

/** Connects, and tries again with backoff for as long as Temporal or the namespace is not there. */
export async function connectWorkers(
  config: WorkerConfig,
  access: ApiAccessOptions,
  log: Logger,
): Promise<TemporalWorkers> {
  const workflowBundle = await loadWorkflowBundle(log);
  return pRetry(() => createWorkers(config, access, workflowBundle), {
    retries: Infinity,
    minTimeout: 500,
    maxTimeout: 10_000,
    randomize: true,
    onFailedAttempt({ error, attemptNumber: attempt }) {
      const where = whereTemporalIs(config);
      log.warn('Temporal is not there yet, trying again', { ...where, attempt, reason: error.message });
    },
  });
}

/** For the log: which server, which namespace. */
export function whereTemporalIs({ temporal }: WorkerConfig): { address: string; namespace: string } {
  return {
    address: temporal.connectionOptions.address ?? 'localhost:7233',
    namespace: temporal.namespace ?? 'default',
  };
}

async function createWorkers(
  config: WorkerConfig,
  access: ApiAccessOptions,
  workflowBundle: WorkflowBundleOption,
): Promise<TemporalWorkers> {
  const connection = await NativeConnection.connect(config.temporal.connectionOptions);
  const { endpoint, searchAttributes, taskQueue } = config;
  const shared = {
    connection,
    namespace: whereTemporalIs(config).namespace,
    shutdownGraceTime: DRAIN_TIME,
    shutdownForceTime: '20s',
  };
  try {
    const waits = await Worker.create({
      ...shared,
      taskQueue,
      workflowBundle,
      // How long a wait, or its cancelling, may hang on a worker that was killed: the SDK's 10 s are too long for that.
      stickyQueueScheduleToStartTimeout: '2s',
      activities: createQueueActivities(),
    });
    const calls = await Worker.create({
      ...shared,
      ...redisApiWorkerOptions({
        ...access,
        taskQueue,
        searchAttributes,
        requestsPerSecond: config.apiRps,
        ...(endpoint !== undefined && { endpoint }),
      }),
    });
    return { connection, waits, calls };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Whether both workers poll for work. */
export function takesWork({ waits, calls }: TemporalWorkers): boolean {
  return (
    waits.getState() === 'RUNNING' &&
    calls.getState() === 'RUNNING' &&
    waits.getStatus().workflowPollerState === 'POLLING' &&
    calls.getStatus().activityPollerState === 'POLLING'
  );
}

/** Whether one of them has failed for good. */
export function hasFailed({ waits, calls }: TemporalWorkers): boolean {
  return waits.getState() === 'FAILED' || calls.getState() === 'FAILED';
}

/** Runs both until `signal` asks them to drain, or until one fails, which stops the other and rejects. */
export async function runWorkers({ waits, calls }: TemporalWorkers, signal: AbortSignal): Promise<void> {
  const drain = () => {
    for (const worker of [waits, calls]) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const runs = [waits, calls].map((worker) => worker.run().finally(drain));
  if (signal.aborted) drain();
  signal.addEventListener('abort', drain, { once: true });
  const results = await Promise.allSettled(runs);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
