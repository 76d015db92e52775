import { TerminatedFailure, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import {
  RedisTaskError,
  RedisTaskIdTakenError,
  RedisTaskNoWorkerError,
  RedisTaskWaitCancelledError,
  RedisTaskWaitEndedError,
} from '../client/index.js';
import { isUnanswered } from '../client/workers.js';
import { formatDuration } from '../contract/duration.js';
import type { RedisTaskResult } from '../contract/task/outcome.js';
import type { RedisTaskWaitState } from '../contract/task/view.js';
import { CliError, EXIT, type ExitCode, FAILURE_EXIT } from './exit-codes.js';
import type { Temporal } from './temporal.js';
import { type Output, printable } from './terminal.js';
import { ADVICE, describeNoWorker } from './workers.js';

/** How one wait ended, for stdout and stderr. */
export interface Ending {
  readonly exitCode: ExitCode;
  /** The contract's result, or `{ type, message, details }`. */
  readonly json: unknown;
  readonly text: string;
}

/** The wait that a message is about, as far as it is known. */
export interface Subject {
  readonly taskId?: number;
  readonly region?: string;
  readonly workflowId?: string;
}

export function nameOf({ taskId, region, workflowId }: Subject): string {
  if (taskId === undefined) return `the wait ${printable(workflowId ?? '')}`;
  return `the wait for task ${taskId} in ${region ?? ''}${workflowId ? ` (${printable(workflowId)})` : ''}`;
}

/** The JSON is the result as it came, with any field that a newer worker has added. */
export function endingOf(result: RedisTaskResult): Ending {
  const { taskId, status, instanceId, polls, waitedMs } = result;
  const instance = instanceId ? ` · ${printable(instanceId)}` : '';
  const text = `${taskId} ${printable(status)}${instance} · polls ${polls} · waited ${formatDuration(waitedMs)}`;
  return { exitCode: EXIT.succeeded, json: result, text };
}

export function createEnding(exitCode: ExitCode, type: string, message: string, details: object): Ending {
  return { exitCode, json: { type, message, details }, text: message };
}

export const GOES_ON = 'The task itself goes on.';

/** The ending that an error means for a wait. @throws CliError when the error concerns the connection or the workers */
export function endingOfError(error: unknown, subject: Subject, temporal: Temporal): Ending {
  const { address, namespace, waits } = temporal;
  const name = nameOf(subject);
  if (error instanceof RedisTaskError) {
    const { type, message, details } = error.failure;
    return { ...createEnding(FAILURE_EXIT[type], type, message, details), text: `${type}: ${printable(message)}` };
  }
  if (error instanceof RedisTaskWaitCancelledError) {
    return createEnding(EXIT.cancelled, 'WaitCancelled', `Cancelled: ${name}. ${GOES_ON}`, subject);
  }
  if (error instanceof WorkflowFailedError && error.cause instanceof TerminatedFailure) {
    return createEnding(EXIT.cancelled, 'WaitTerminated', `Terminated in Temporal: ${name}. ${GOES_ON}`, subject);
  }
  if (error instanceof RedisTaskWaitEndedError) {
    const { workflowId, status } = error;
    const how = status.toLowerCase().replaceAll('_', ' ');
    const message = `Had already ended: ${name}, as ${how}. See: redis-task status ${printable(workflowId)}`;
    return createEnding(EXIT.noWait, 'WaitEnded', message, { ...subject, workflowId, status });
  }
  if (error instanceof RedisTaskIdTakenError) {
    const { workflowId, workflowType, message } = error;
    return createEnding(EXIT.error, 'IdTaken', printable(message), { ...subject, workflowId, workflowType });
  }
  if (error instanceof WorkflowNotFoundError) {
    const where = subject.taskId === undefined ? `in namespace ${namespace}` : `on queue ${waits.taskQueue}`;
    return createEnding(EXIT.noWait, 'NoWait', `There is no such wait ${where}: ${name}.`, subject);
  }
  if (error instanceof CliError) throw error;
  if (error instanceof RedisTaskNoWorkerError) {
    const advice = 'The wait stays started and begins when one comes; the same command attaches to it.';
    throw new CliError(
      EXIT.noWorker,
      `${describeNoWorker(error.taskQueue, temporal, error.advice)} ${advice} ${ADVICE}`,
    );
  }
  if (isUnanswered(error)) {
    const advice = 'The wait goes on once it is back; the same command attaches to it again.';
    const where = `${address}, namespace ${namespace}`;
    throw new CliError(EXIT.noConnection, `Temporal no longer answers at ${where}. ${advice}`);
  }
  return createEnding(EXIT.error, 'Error', `Unexpected error, ${name}: ${printable(reasonOf(error))}`, subject);
}

/** The command that cancels a change. */
export function cancelCommand(key: string): string {
  return `temporal workflow cancel --workflow-id ${printable(key)}`;
}

/** Writes a result to stdout, and the reason for a missing one to stderr. */
export function writeEnding(output: Output, { exitCode, json, text }: Ending, link?: string): ExitCode {
  // A wait that does not exist has no page.
  const page = link && exitCode !== EXIT.noWait ? ` · ${output.paint('dim', link)}` : '';
  if (exitCode === EXIT.succeeded) {
    output.result(json, `${output.paint('green', '✓')} ${text}${page}`);
  } else {
    if (!output.isHuman) output.result(json, text);
    output.say(output.isHuman ? `${output.paint('red', '✗')} ${text}${page}` : text);
  }
  return exitCode;
}

/** What an error says, and what caused it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** The state of a wait on one line. */
export function stateText(state: RedisTaskWaitState): string {
  const { taskId, status, observation, polls, nextPollAt, deadline, lastError, watch } = state;
  const nextPollMs = nextPollAt === null ? 0 : Date.parse(nextPollAt) - Date.now();
  const parts = [
    `${taskId} ${printable(status ?? 'not seen yet')}`,
    observation?.instanceId && printable(observation.instanceId),
    `polls ${polls}`,
    watch?.since && `watched for ${timeSince(Date.parse(watch.since))}`,
    watch?.reason && `paces itself: ${printable(watch.reason)}`,
    nextPollMs < 1_000 ? 'polling now' : `next poll in ${wholeSeconds(nextPollMs)}`,
    lastError && `last error ${printable(lastError.code)}: ${printable(lastError.message)}`,
    `deadline in ${wholeSeconds(Date.parse(deadline) - Date.now())}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

/** How a wait in a list is watched. */
export function watchText(seenAt: Date | null): string {
  return seenAt ? `watched, seen ${timeSince(seenAt.getTime())} ago` : 'watched';
}

function timeSince(at: number): string {
  return wholeSeconds(Math.max(1_000, Date.now() - at));
}

/** A time that is left, without its parts of a second. */
export function wholeSeconds(ms: number): string {
  return formatDuration(Math.max(0, Math.floor(ms / 1_000)) * 1_000);
}
