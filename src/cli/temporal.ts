import { Client, Connection, isGrpcServiceError, ServiceError } from '@temporalio/client';
import { RedisTaskClient } from '../client/index.js';
import { DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import { ConfigError } from '../worker/config-error.js';
import { readTemporalSettings } from '../worker/temporal-settings.js';
import { CliError, EXIT, type ExitCode } from './exit-codes.js';
import type { TemporalFlags } from './flags.js';
import { createOutput, type Output, printable } from './terminal.js';

/** A person waits for the answer: with the start of the process, this stays below 10 s. */
const CONNECT_TIMEOUT_MS = 5_000;

/** How long one question to Temporal may take. */
const ANSWER_TIMEOUT_MS = 5_000;

/** The numbers of the gRPC statuses that are told apart. */
const GRPC = {
  cancelled: 1,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** A connection to Temporal, and the waits on one queue of it. */
export interface Temporal {
  readonly address: string;
  readonly namespace: string;
  readonly waits: RedisTaskClient;
  /** Where Temporal UI shows a wait; undefined when nobody said where the UI is. */
  link(workflowId: string): string | undefined;
}

/**
 * Connects as flags and environment say, until the process ends: a call that is under way when its connection is closed
 * is tried again by the SDK, which then throws where nobody can catch it.
 *
 * @throws CliError `noConnection`, within seconds
 */
export async function connect(flags: TemporalFlags, env: NodeJS.ProcessEnv = process.env): Promise<Temporal> {
  const { connectionOptions, namespace = 'default' } = settings(flags, env);
  const { address = 'localhost:7233' } = connectionOptions;
  const where = `${address}, namespace ${namespace}`;
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT_MS }).catch(
    (error: unknown) => Promise.reject(noConnection(error, where)),
  );
  const client = new Client({ connection, namespace });
  const taskQueue = flags.taskQueue ?? (env['REDIS_TASK_QUEUE'] || DEFAULT_TASK_QUEUE);
  const ui = flags.temporalUi ?? (isLocal(address) ? 'http://localhost:8233' : undefined);
  const temporal: Temporal = {
    address,
    namespace,
    waits: new RedisTaskClient(client, { taskQueue }),
    link(workflowId) {
      const id = encodeURIComponent(workflowId);
      return ui && `${ui.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${id}`;
    },
  };
  try {
    await soon(temporal, () => client.workflowService.describeNamespace({ namespace }));
    return temporal;
  } catch (error) {
    throw noConnection(error, where);
  }
}

/** Connects for the time of one command. */
export async function withTemporal(
  flags: TemporalFlags,
  act: (temporal: Temporal, output: Output) => Promise<ExitCode>,
): Promise<ExitCode> {
  const output = createOutput(flags);
  const temporal = await connect(flags);
  try {
    return await act(temporal, output);
  } catch (error) {
    throw isOutOfReach(error) ? noConnection(error, `${temporal.address}, namespace ${temporal.namespace}`) : error;
  }
}

/** Asks Temporal something that must not take long. */
export function soon<T>(
  { waits }: Pick<Temporal, 'waits'>,
  ask: () => Promise<T>,
  withinMs = ANSWER_TIMEOUT_MS,
): Promise<T> {
  return waits.client.withDeadline(Date.now() + withinMs, ask);
}

/** Whether Temporal, or a worker that it asked, gave no answer in time. */
export function isOutOfReach(error: unknown): boolean {
  const code = grpcCode(error);
  // The server itself cancels what is about to pass its deadline, and nothing else cancels here.
  return code === GRPC.cancelled || code === GRPC.deadlineExceeded || code === GRPC.unavailable;
}

/** The end that an error of the connection means. */
export function noConnection(error: unknown, where: string): CliError {
  if (error instanceof CliError) return error;
  const code = grpcCode(error);
  if (code === GRPC.notFound) {
    return new CliError(
      EXIT.noConnection,
      `Temporal has no such namespace: ${where}. Create it, or give another one with --namespace.`,
    );
  }
  if (code === GRPC.unauthenticated || code === GRPC.permissionDenied) {
    return new CliError(
      EXIT.noConnection,
      `Temporal refuses the credentials: ${where}. Check TEMPORAL_API_KEY or the TLS certificate.`,
    );
  }
  const reason = error instanceof Error ? printable(error.message) : '';
  const hint = isOutOfReach(error) || reason.includes('before the deadline') ? '' : ` (${reason})`;
  return new CliError(
    EXIT.noConnection,
    `No Temporal server answers at ${where}${hint}. Start one, or give another one with --address.`,
  );
}

function settings({ address, namespace }: TemporalFlags, env: NodeJS.ProcessEnv) {
  try {
    return readTemporalSettings({
      ...env,
      ...(address !== undefined && { TEMPORAL_ADDRESS: address }),
      ...(namespace !== undefined && { TEMPORAL_NAMESPACE: namespace }),
    });
  } catch (error) {
    if (error instanceof ConfigError) throw new CliError(EXIT.usage, error.message);
    throw error;
  }
}

function grpcCode(error: unknown): number | undefined {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}

function isLocal(address: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\]):/.test(address);
}
