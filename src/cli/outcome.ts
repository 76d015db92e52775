import { TerminatedFailure, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import {
  RedisTaskError,
  RedisTaskNoWorkerError,
  RedisTaskWaitCancelledError,
  RedisTaskWaitEndedError,
} from '../client/index.js';
import { formatDuration } from '../contract/duration.js';
import type { RedisTaskResult } from '../contract/outcome.js';
import { CliError, EXIT, type ExitCode, FAILURE_EXIT } from './exit-codes.js';
import { isOutOfReach, type Temporal } from './temporal.js';
import { type Output, printable } from './terminal.js';
import { ADVICE, nobodyTakes } from './workers-present.js';

/** How the command line shows the end of one wait. */
export interface Ending {
  readonly exitCode: ExitCode;
  /** The JSON line: the contract's result, or the type of what happened and its details. */
  readonly json: unknown;
  /** For a person. */
  readonly text: string;
}

export function succeeded(result: RedisTaskResult): Ending {
  // Whatever a newer worker adds to a result goes into the JSON line as it came.
  const { taskId, status, instanceId, polls, waitedMs } = result;
  const instance = instanceId ? ` · ${printable(instanceId)}` : '';
  const text = `${taskId} ${printable(status)}${instance} · polls ${polls} · waited ${formatDuration(waitedMs)}`;
  return { exitCode: EXIT.succeeded, json: result, text };
}

/** The wait that an end is about. */
export interface Subject {
  /** As a person reads it, in a sentence. */
  readonly name: string;
  readonly details: { readonly taskId?: number; readonly region?: string; readonly workflowId?: string };
}

/** The wait for a task. */
export function waitFor({ taskId, region }: { readonly taskId: number; readonly region: string }): Subject {
  return { name: `the wait for task ${taskId} in ${region}`, details: { taskId, region } };
}

/** There is no such wait. */
export function noWait({ name, details }: Subject, { namespace, waits: { taskQueue } }: Temporal): Ending {
  const where = details.taskId === undefined ? `in namespace ${namespace}` : `on queue ${taskQueue}`;
  return bad(EXIT.noWait, 'NoWait', `There is no such wait ${where}: ${name}.`, details);
}

/** The wait is to be cancelled, and no worker has done so yet. */
export function unconfirmed({ name, details }: Subject, queue: string): Ending {
  const message = `Cancellation requested, not yet confirmed: no worker on queue ${queue} has acted on it within 5 s. It ends ${name} when one does; the task itself goes on.`;
  return bad(EXIT.noWorker, 'CancelRequested', message, details);
}

/** The end of a wait that brought no result. @throws CliError when it is about the connection, not about this wait */
export function endedBadly(error: unknown, subject: Subject, temporal: Temporal): Ending {
  if (error instanceof RedisTaskError) {
    const { type, message, details } = error.failure;
    return { exitCode: FAILURE_EXIT[type], json: { type, message, details }, text: `${type}: ${printable(message)}` };
  }
  const { name, details } = subject;
  if (error instanceof RedisTaskWaitCancelledError) {
    return bad(EXIT.cancelled, 'WaitCancelled', `Cancelled: ${name}. The task itself goes on.`, details);
  }
  if (error instanceof WorkflowFailedError && error.cause instanceof TerminatedFailure) {
    return bad(EXIT.cancelled, 'WaitTerminated', `Terminated in Temporal: ${name}. The task itself goes on.`, details);
  }
  if (error instanceof RedisTaskWaitEndedError) {
    const { workflowId, status } = error;
    const how = status.toLowerCase().replaceAll('_', ' ');
    const message = `Had ended already: ${name}, as ${how}. How it ended: redis-task status ${printable(workflowId)}`;
    return bad(EXIT.noWait, 'WaitEnded', message, { ...details, workflowId, status });
  }
  if (error instanceof WorkflowNotFoundError) return noWait(subject, temporal);
  if (error instanceof CliError) throw error;
  if (error instanceof RedisTaskNoWorkerError) {
    const advice = 'What was started begins when one comes, and the same command attaches to it.';
    throw new CliError(EXIT.noWorker, `${nobodyTakes(error.taskQueue, temporal)} ${advice} ${ADVICE}`);
  }
  if (isOutOfReach(error)) {
    const where = `${temporal.address}, namespace ${temporal.namespace}`;
    const advice = 'A wait goes on once it is back, and the same command attaches to it again.';
    throw new CliError(EXIT.noConnection, `Temporal does not answer any more at ${where}. ${advice}`);
  }
  return bad(EXIT.error, 'Error', `Unexpected, ${name}: ${printable(reasonOf(error))}`, details);
}

function bad(exitCode: ExitCode, type: string, message: string, details: object): Ending {
  return { exitCode, json: { type, message, details }, text: message };
}

/** Writes an end: the result to stdout, and why there is none to stderr. */
export function writeEnding(output: Output, ending: Ending, link: string | undefined): void {
  // A wait that is not there has no page.
  const where = link && ending.exitCode !== EXIT.noWait ? ` · ${output.paint('dim', link)}` : '';
  if (ending.exitCode === EXIT.succeeded) {
    output.result(ending.json, `${output.paint('green', '✓')} ${ending.text}${where}`);
    return;
  }
  if (!output.isHuman) output.result(ending.json, ending.text);
  output.say(output.isHuman ? `${output.paint('red', '✗')} ${ending.text}${where}` : ending.text);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
