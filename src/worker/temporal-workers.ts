import { type Logger, NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import pRetry from 'p-retry';
import { DRAIN_TIME } from '../activities/api-worker.js';
import { createQueueActivities, redisApiWorkerOptions, type RedisActivitiesOptions } from '../activities/index.js';
import { loadWorkflowBundle } from './bundle.js';
import { cachedWaits } from './cached-waits.js';
import type { WorkerConfig } from './config.js';

/** The credentials of the calls, and the listener for refusals. */
export type ApiAccessOptions = Required<Pick<RedisActivitiesOptions, 'credentials' | 'onAccessChange'>>;

/** Two Temporal workers on one connection: one runs the waits, one makes their calls. */
export interface TemporalWorkers {
  readonly connection: NativeConnection;
  readonly waits: Worker;
  readonly calls: Worker;
}

/** Connects, and retries with backoff until Temporal and the namespace are there. */
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
      const { namespace, temporal } = config;
      const facts = { address: temporal.address, namespace, attempt, reason: error.message };
      log.warn('Temporal is not there yet, trying again', facts);
    },
  });
}

async function createWorkers(
  config: WorkerConfig,
  access: ApiAccessOptions,
  workflowBundle: WorkflowBundleOption,
): Promise<TemporalWorkers> {
  const { temporal, namespace, taskQueue, apiRps: requestsPerSecond, endpoint, searchAttributes } = config;
  const api = {
    ...access,
    taskQueue,
    requestsPerSecond,
    searchAttributes,
    ...(endpoint !== undefined && { endpoint }),
  };
  const connection = await NativeConnection.connect(temporal);
  const shared = { connection, namespace, shutdownGraceTime: DRAIN_TIME, shutdownForceTime: '20s' };
  try {
    const waits = await Worker.create({
      ...shared,
      taskQueue,
      workflowBundle,
      // How long a wait, or its cancellation, can be stuck on a killed worker. The SDK's default is 10 s.
      stickyQueueScheduleToStartTimeout: '2s',
      maxCachedWorkflows: cachedWaits(),
      activities: createQueueActivities(),
    });
    return { connection, waits, calls: await Worker.create({ ...shared, ...redisApiWorkerOptions(api) }) };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Whether both workers poll for work. */
export function takesWork({ waits, calls }: TemporalWorkers): boolean {
  return (
    [waits, calls].every((worker) => worker.getState() === 'RUNNING') &&
    waits.getStatus().workflowPollerState === 'POLLING' &&
    calls.getStatus().activityPollerState === 'POLLING'
  );
}

/** Whether one of them has failed for good. */
export function hasFailed({ waits, calls }: TemporalWorkers): boolean {
  return [waits, calls].some((worker) => worker.getState() === 'FAILED');
}
