import { type Logger, NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import pRetry from 'p-retry';
import { ApiAccount } from '../activities/api/account.js';
import { DRAIN_TIME } from '../activities/api-worker.js';
import { workersBeside } from '../activities/create-workers-beside.js';
import { HEALTHY_START } from '../activities/healthy-start.js';
import { createTogether, TOGETHER } from '../activities/run-workers.js';
import { refusedAsSecond, SecondWorkerError } from '../activities/second-worker.js';
import { ParentCancellations } from '../parents/index.js';
import type { ApiAccessOptions } from './api-access.js';
import { bundleExtras, loadWorkflowBundle } from './bundle.js';
import { cachedWaits } from './cached-waits.js';
import type { WorkerConfig } from './config.js';
import { namespaceProblem } from './namespace.js';
import type { RedisTaskWorkerOptions } from './options.js';

/** Temporal workers on one connection: of the waits, of their calls, and of what they ask about the server. */
export interface TemporalWorkers {
  readonly connection: NativeConnection;
  readonly waits: Worker;
  readonly calls: Worker;
  readonly watch: Worker;
}

/**
 * Connects, and retries with backoff until Temporal and the namespace are there.
 *
 * @param failed - told why an attempt has failed
 */
export async function connectWorkers(
  config: WorkerConfig,
  access: ApiAccessOptions,
  options: RedisTaskWorkerOptions,
  log: Logger,
  failed: (reason: string) => void,
): Promise<TemporalWorkers> {
  const { plugins, interceptors, dataConverter, sinks, tuner, identity } = options;
  const own = { plugins, interceptors, dataConverter, sinks, tuner, identity };
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const workflowBundle = await loadWorkflowBundle(log, bundleExtras(options));
  const create = () => createWorkers(config, access, { ...given, workflowBundle }, options.connection);
  return pRetry(create, {
    retries: Infinity,
    minTimeout: 500,
    maxTimeout: 10_000,
    randomize: true,
    ...(options.signal && { signal: options.signal }),
    shouldRetry: ({ error }) => !(error instanceof SecondWorkerError),
    onFailedAttempt({ error, attemptNumber: attempt }) {
      const { namespace, temporal } = config;
      const facts = { address: temporal.address, namespace, attempt, reason: error.message };
      failed(error.message);
      log.warn('Temporal is not there yet, trying again', facts);
    },
  });
}

async function createWorkers(
  config: WorkerConfig,
  access: ApiAccessOptions,
  given: Partial<WorkerOptions>,
  ownersConnection: NativeConnection | undefined,
): Promise<TemporalWorkers> {
  const { temporal, namespace, taskQueue, version } = config;
  const connection = ownersConnection ?? (await NativeConnection.connect(temporal));
  try {
    // The SDK asks for the namespace only once a worker has its threads, and leaves them behind when that fails: each
    // attempt would keep 16 MB.
    const problem = await namespaceProblem(connection, namespace);
    if (problem !== undefined) throw new Error(problem);
    const waits = await Worker.create({
      ...given,
      connection,
      namespace,
      taskQueue,
      // The worker of the calls takes it over. How a wait moves between builds is said here and not by the workflow, which
      // also runs in workers of others: its releases replay the histories of older ones, so the newest may go on with any.
      ...(version && {
        workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'AUTO_UPGRADE' },
      }),
      shutdownGraceTime: DRAIN_TIME,
      shutdownForceTime: '20s',
      // How long a wait, or its cancellation, can be stuck on a killed worker. The SDK's default is 10 s.
      stickyQueueScheduleToStartTimeout: '2s',
      maxCachedWorkflows: cachedWaits(),
      plugins: [...(given.plugins ?? []), new ParentCancellations(), HEALTHY_START, TOGETHER],
    }).catch(refusedAsSecond(taskQueue));
    const [calls, watch] = await createTogether(waits, await workersBeside(waits, new ApiAccount(config.api, access)));
    return { connection, waits, calls, watch };
  } catch (error) {
    if (!ownersConnection) await connection.close();
    throw error;
  }
}
