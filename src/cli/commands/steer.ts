import { type WorkflowExecutionDescription, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { RedisTaskWaitEndedError } from '../../client/index.js';
import { CliError, EXIT, type ExitCode, worst } from '../exit-codes.js';
import { duration, readPlan, type TaskFlags } from '../flags.js';
import { endedBadly, noWait, type Subject, unconfirmed, writeEnding } from '../outcome.js';
import { findAll, readReferences, subjectOf } from '../references.js';
import { severalWaits } from '../several-waits.js';
import { soon, type Temporal, withTemporal } from '../temporal.js';
import type { Output } from '../terminal.js';
import { requireWorkers } from '../workers-present.js';
import { writeState } from './status.js';

/** A worker has five seconds of them to act on it. */
const CANCEL_TIMEOUT_MS = 15_000;

interface SteerFlags extends TaskFlags {
  /** Whether to act on each of several waits for a task. */
  readonly all?: boolean;
}

/** A wait that something is to be done to. */
interface Target {
  readonly wait: WorkflowExecutionDescription;
  readonly subject: Subject;
  readonly temporal: Temporal;
  readonly output: Output;
}

/** `redis-task poll`: lets waits poll at once. */
export function pollNow(references: readonly string[], flags: SteerFlags): Promise<ExitCode> {
  return forEach(references, flags, async ({ wait, subject, temporal, output }) => {
    await soon(temporal, () => temporal.waits.pollNow(wait));
    output.say(`Asked to poll at once: ${subject.name}.`);
    return EXIT.succeeded;
  });
}

/** `redis-task cancel`: ends waits; the tasks themselves go on. */
export function cancelWaits(references: readonly string[], flags: SteerFlags): Promise<ExitCode> {
  return forEach(references, flags, async ({ wait, subject, temporal, output }) => {
    const { waits } = temporal;
    const { workflowId } = wait;
    switch (await soon(temporal, () => waits.cancel(wait), CANCEL_TIMEOUT_MS)) {
      case 'cancelled':
        output.say(`Cancelled: ${subject.name}. The task itself goes on.`);
        return EXIT.succeeded;
      case 'ended': {
        const [now = wait] = await waits.find({ workflowId });
        throw new RedisTaskWaitEndedError(workflowId, now.status.name);
      }
      case 'requested': {
        const ending = unconfirmed(subject, wait.taskQueue);
        writeEnding(output, ending, temporal.link(workflowId));
        return ending.exitCode;
      }
    }
  });
}

/** `redis-task extend`: sets how long waits may last in all. */
export function extendWaits(
  references: readonly string[],
  flags: SteerFlags & { readonly maxWait: string },
): Promise<ExitCode> {
  const maxWait = duration(flags.maxWait) ?? flags.maxWait;
  readPlan({ taskId: 1, region: 'any-region', maxWait });
  return forEach(references, flags, async ({ wait, temporal, output }) => {
    // Only a worker can take an update, and Temporal would wait for one.
    await requireWorkers(temporal, { queue: wait.taskQueue, wait: false, say: (line) => output.say(line) });
    const state = await soon(temporal, () => temporal.waits.extendWait(wait, maxWait));
    writeState(state, wait.workflowId, temporal, output);
    return EXIT.succeeded;
  });
}

/** Finds all waits first: when an argument means several, nothing is done to any. */
async function forEach(
  references: readonly string[],
  { all = false, region, ...flags }: SteerFlags,
  act: (target: Target) => Promise<ExitCode>,
): Promise<ExitCode> {
  const read = readReferences(references, region === undefined ? {} : { region });
  return withTemporal(flags, async (temporal, output) => {
    const named = await findAll(read, temporal);
    const unclear = all ? [] : named.filter(({ waits }) => waits.length > 1);
    if (unclear.length > 0) return severalWaits(unclear, output);
    const codes: ExitCode[] = [];
    for (const each of named) {
      if (each.waits.length === 0) {
        const ending = noWait(each.subject, temporal);
        writeEnding(output, ending, undefined);
        codes.push(ending.exitCode);
      }
      for (const wait of each.waits)
        codes.push(await actOn({ wait, subject: subjectOf(each, wait), temporal, output }, act));
    }
    return worst(codes);
  });
}

async function actOn(target: Target, act: (target: Target) => Promise<ExitCode>): Promise<ExitCode> {
  const { wait, subject, temporal, output } = target;
  try {
    return await act(target);
  } catch (error) {
    const ending = endedBadly(noAnswer(error), subject, temporal);
    writeEnding(output, ending, temporal.link(wait.workflowId));
    return ending.exitCode;
  }
}

/** An update that no worker took. */
function noAnswer(error: unknown): unknown {
  if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) return error;
  const later = 'The server may still hand it to a worker that comes.';
  return new CliError(EXIT.noWorker, `No worker answered within seconds: the new deadline is not confirmed. ${later}`);
}
