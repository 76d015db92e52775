import { CommanderError } from 'commander';
import type { RedisActionFailureType } from '../contract/action/failures.js';
import type { RedisTaskFailureType } from '../contract/task/failures.js';
import { ConfigError } from '../tencent/config-error.js';

/** How `redis-task` ends (docs/cli.md). Of several tasks the highest code counts: the less a retry helps. */
export const EXIT = {
  succeeded: 0,
  /** Unexpected error, failed check of `doctor`, or a worker that could not start. */
  error: 1,
  /** Bad flags, input or setting, or a task with several waits. Nothing was done. */
  usage: 2,
  /** No such wait, or it has already ended and cannot be steered. */
  noWait: 3,
  cancelled: 4,
  timedOut: 5,
  failed: 6,
  errored: 7,
  /** The API refused the credentials, or the request for good. */
  refused: 8,
  /** No worker takes work from a queue that waits need, or none has confirmed a request. */
  noWorker: 9,
  noConnection: 10,
  /** Ctrl-C stopped watching; the wait goes on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const FAILURE_EXIT: Readonly<Record<RedisTaskFailureType, ExitCode>> = {
  RedisTaskFailed: EXIT.failed,
  RedisTaskErrored: EXIT.errored,
  RedisTaskTimedOut: EXIT.timedOut,
  RedisTaskUnauthorized: EXIT.refused,
  RedisTaskRejected: EXIT.refused,
  RedisTaskInvalidInput: EXIT.usage,
};

export const ACTION_FAILURE_EXIT: Readonly<Record<RedisActionFailureType, ExitCode>> = {
  ...FAILURE_EXIT,
  RedisInstanceFailed: EXIT.failed,
  RedisActionRefused: EXIT.refused,
  // A person has to look at the instance, as after a task that broke off.
  RedisActionUncertain: EXIT.errored,
};

export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return codes.reduce((one, other) => (other > one ? other : one), EXIT.succeeded);
}

/** What JSON calls the end of a whole command. */
const TYPES: Readonly<Partial<Record<ExitCode, string>>> = {
  [EXIT.usage]: 'BadUsage',
  [EXIT.refused]: 'Refused',
  [EXIT.noWorker]: 'NoWorker',
  [EXIT.noConnection]: 'NoConnection',
  [EXIT.interrupted]: 'Interrupted',
};

/** Ends the command with a message of one line on stderr. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
  }

  get type(): string {
    return TYPES[this.exitCode] ?? 'Error';
  }
}

/** What an error means for the command. */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof ConfigError) return new CliError(EXIT.usage, error.message);
  if (error instanceof CommanderError) return new CliError(EXIT.usage, error.message.replace(/^error: /, ''));
  return new CliError(EXIT.error, String(error).replace(/\s+/g, ' '));
}
