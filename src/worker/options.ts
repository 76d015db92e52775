import type { WorkerOptions } from '@temporalio/worker';
import type { CredentialProvider } from '../tencent/credentials/provider.js';

/** Options of {@link runRedisTaskWorker}: what an environment cannot hold. The names are those of Temporal's `WorkerOptions`. */
export interface RedisTaskWorkerOptions {
  /**
   * Where all other settings come from; see docs/configuration.md.
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
  /** @default TEMPORAL_NAMESPACE, or the one of the profile, or `default` */
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
  /** @default `pid@host` */
  readonly identity?: WorkerOptions['identity'];
  /**
   * Where keys for the API come from.
   * @default TENCENTCLOUD_… in the environment, then the profile file, then a role of the machine
   */
  readonly credentials?: CredentialProvider;
}
