import type { RedisTaskFailureType } from '../contract/failures.js';

/** How `redis-task` ends. Of several tasks the highest code counts: the further up, the less a retry helps. */
export const EXIT = {
  /** The task succeeded, or what was asked for was done. */
  succeeded: 0,
  /** An error that nobody foresaw, a check of `doctor` that did not pass, or a worker that could not start. */
  error: 1,
  /** Bad flags, a bad input or a bad setting, or a task with several waits: nothing was done. */
  usage: 2,
  /** There is no such wait, or none that runs and could be steered. */
  noWait: 3,
  /** The wait was cancelled; the task goes on. */
  cancelled: 4,
  timedOut: 5,
  failed: 6,
  errored: 7,
  /** The API refused the credentials, or the request for good. */
  refused: 8,
  /** No worker takes work from the queue, or none has confirmed what was asked of a wait. */
  noWorker: 9,
  /** Temporal, or its namespace, cannot be reached. */
  noConnection: 10,
  /** Ctrl-C: stopped watching, while the wait goes on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code of each way in which a wait fails. */
export const FAILURE_EXIT: Readonly<Record<RedisTaskFailureType, ExitCode>> = {
  RedisTaskFailed: EXIT.failed,
  RedisTaskErrored: EXIT.errored,
  RedisTaskTimedOut: EXIT.timedOut,
  RedisTaskUnauthorized: EXIT.refused,
  RedisTaskRejected: EXIT.refused,
  RedisTaskInvalidInput: EXIT.usage,
};

/** The code that stands for all of several ends. */
export function worst(codes: Iterable<ExitCode>): ExitCode {
  let highest: ExitCode = EXIT.succeeded;
  for (const code of codes) if (code > highest) highest = code;
  return highest;
}

/** An end with a message of one line for stderr. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly exitCode: ExitCode,
    message: string,
  ) {
    super(message);
  }
}
