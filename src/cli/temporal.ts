import { Client, Connection } from '@temporalio/client';
import { RedisTaskClient } from '../client/index.js';
import { isUnanswered } from '../client/workers.js';
import { grpcCode } from '../contract/grpc.js';
import { DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import { readTemporalSettings } from '../worker/temporal-settings.js';
import { CliError, EXIT, type ExitCode } from './exit-codes.js';
import type { Host } from './host.js';
import { type TemporalFlags, temporalVariables } from './options.js';
import { createOutput, type Output, printable } from './terminal.js';

/** A person waits for the answer. */
const TIMEOUT_MS = 5_000;

/** The list of running waits may be long. */
export const LISTING_TIMEOUT_MS = 30_000;

/** A connection to Temporal and the waits on one queue. */
export interface Temporal {
  readonly address: string;
  readonly namespace: string;
  readonly waits: RedisTaskClient;
  /** The page of a wait in Temporal UI; undefined when the UI is not known. */
  link(workflowId: string): string | undefined;
}

/**
 * Connects as flags and environment say. Stays connected until the process ends: the SDK retries calls on a closed
 * connection and throws where nobody can catch it.
 *
 * @throws CliError `noConnection`, within seconds
 */
export async function connect(flags: TemporalFlags, env: NodeJS.ProcessEnv): Promise<Temporal> {
  return requireNamespace(await reach(flags, env));
}

/** Connects, whether the namespace exists or not. @throws CliError as {@link connect} */
export async function reach(flags: TemporalFlags, env: NodeJS.ProcessEnv): Promise<Temporal> {
  const { connectionOptions, namespace = 'default' } = readTemporalSettings({ ...env, ...temporalVariables(flags) });
  const { address = 'localhost:7233' } = connectionOptions;
  const ui = flags.temporalUi ?? localUi(address);
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: TIMEOUT_MS });
    const taskQueue = flags.taskQueue ?? (env['REDIS_TASK_QUEUE'] || DEFAULT_TASK_QUEUE);
    return {
      address,
      namespace,
      waits: new RedisTaskClient(new Client({ connection, namespace }), { taskQueue }),
      link(workflowId) {
        const page = `namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
        return ui ? `${ui.replace(/\/+$/, '')}/${page}` : undefined;
      },
    };
  } catch (error) {
    throw noConnection(error, { address, namespace });
  }
}

/** Temporal's development server has its UI a thousand ports above its own, unless it was told another. */
function localUi(address: string): string | undefined {
  const [, port] = /^(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)$/.exec(address) ?? [];
  return port && `http://localhost:${Number(port) + 1_000}`;
}

/** @throws CliError as {@link connect} */
export async function requireNamespace(temporal: Temporal): Promise<Temporal> {
  const { namespace, waits } = temporal;
  try {
    await withTimeout(temporal, () => waits.client.workflowService.describeNamespace({ namespace }));
    return temporal;
  } catch (error) {
    throw noConnection(error, temporal);
  }
}

export async function withTemporal(
  host: Host,
  flags: TemporalFlags,
  act: (temporal: Temporal, output: Output) => Promise<ExitCode>,
): Promise<ExitCode> {
  const output = createOutput(host, flags);
  const temporal = await connect(flags, host.env);
  try {
    return await act(temporal, output);
  } catch (error) {
    throw isUnanswered(error) ? noConnection(error, temporal) : error;
  }
}

/** Limits the time of a request to Temporal. */
export function withTimeout<T>({ waits }: Temporal, ask: () => Promise<T>, withinMs = TIMEOUT_MS): Promise<T> {
  return waits.client.withDeadline(Date.now() + withinMs, ask);
}

/** By the gRPC status: NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED. */
const REASONS: Readonly<Record<number, readonly [reason: string, advice: string]>> = {
  5: ['Temporal has no such namespace', 'Create it, or give another one with --namespace.'],
  7: ['Temporal refuses the credentials', 'Check TEMPORAL_API_KEY or the TLS certificate.'],
  16: ['Temporal refuses the credentials', 'Check TEMPORAL_API_KEY or the TLS certificate.'],
};

function noConnection(error: unknown, { address, namespace }: Pick<Temporal, 'address' | 'namespace'>): CliError {
  const where = `${address}, namespace ${namespace}`;
  const [reason, advice] = REASONS[grpcCode(error) ?? -1] ?? [];
  if (reason !== undefined) return new CliError(EXIT.noConnection, `${reason}: ${where}. ${advice}`);
  const message = error instanceof Error ? printable(error.message) : '';
  const hint = isUnanswered(error) || message.includes('before the deadline') ? '' : ` (${message})`;
  const start = 'Start one, or give another one with --address.';
  return new CliError(EXIT.noConnection, `No Temporal server answers at ${where}${hint}. ${start}`);
}
