import type { WorkerOptions } from '@temporalio/worker';
import type { CredentialProvider } from '../tencent/credentials/provider.js';

/**
 * Options of {@link runRedisTaskWorker}: what an environment cannot hold. The names are those of Temporal's `WorkerOptions`.
 *
 * @example
 * ```ts
 * const options: RedisTaskWorkerOptions = {
 *   env: { ...process.env, REDIS_TASK_QUEUE: 'redis-task' },
 *   signal: AbortSignal.timeout(3_600_000),
 *   connection,
 *   namespace: 'production',
 *   dataConverter: { payloadCodecs: [codec] },
 *   interceptors: { activity: [] },
 *   sinks: {},
 *   plugins: [],
 *   tuner: { tunerOptions: { targetCpuUsage: 0.8, targetMemoryUsage: 0.8 } },
 *   identity: 'redis-task-1',
 *   credentials: defaultCredentials(),
 * };
 * ```
 */
export interface RedisTaskWorkerOptions {
  /**
   * Where all other settings come from; see docs/configuration.md. The proxy, and the exporter of traces, read
   * `process.env`.
   * @default process.env
   */
  readonly env?: NodeJS.ProcessEnv;
  /** Abort it to drain: calls under way may end (11 s at most). Without it, the worker runs until it fails. */
  readonly signal?: AbortSignal;
  /**
   * Stays open when the worker ends. The worker uses its plugins too.
   * @default a connection of its own, by `TEMPORAL_ADDRESS` and the like
   */
  readonly connection?: WorkerOptions['connection'];
  /** The namespace of the waits. @default TEMPORAL_NAMESPACE, or the one of the profile, or `default` */
  readonly namespace?: WorkerOptions['namespace'];
  /** Codecs and converters of the namespace. With a converter's path, the workflow is bundled at the start. */
  readonly dataConverter?: WorkerOptions['dataConverter'];
  /** Those of workflows, activities and clients. With `workflowModules`, the workflow is bundled at the start. */
  readonly interceptors?: WorkerOptions['interceptors'];
  /** What interceptors in workflows call. */
  readonly sinks?: WorkerOptions['sinks'];
  /** With one that configures the bundler, the workflow is bundled at the start. @experimental as in Temporal's SDK */
  readonly plugins?: WorkerOptions['plugins'];
  /**
   * Slots of the worker that runs the waits. The one that makes the calls takes what the API's rate allows.
   * @default Temporal's
   */
  readonly tuner?: WorkerOptions['tuner'];
  /** What Temporal calls this worker. @default `pid@host` */
  readonly identity?: WorkerOptions['identity'];
  /**
   * Where keys for the API come from.
   * @default TENCENTCLOUD_… in the environment, then the profile file, then a role of the machine
   */
  readonly credentials?: CredentialProvider;
}
