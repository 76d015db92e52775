import { type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import pMap from 'p-map';
import type { RedisTaskReference } from '../client/index.js';
import type { RedisTaskWaitState } from '../contract/task/view.js';
import { EXIT, type ExitCode, worstOf } from './exit-codes.js';
import { readTask } from './flags.js';
import type { Host } from './host.js';
import type { TaskFlags } from './options.js';
import { endingOfError, nameOf, stateText, type Subject, createEnding, writeEnding } from './outcome.js';
import { withTimeout, type Temporal, withTemporal } from './temporal.js';
import { type Output, printable } from './terminal.js';

const FINDS_AT_ONCE = { concurrency: 5 };

/** The list of running waits may be long. */
const FIND_TIMEOUT_MS = 30_000;

export interface WaitFlags extends TaskFlags {
  /** Acts on each of several waits for a task. */
  readonly all?: boolean;
}

export interface Target {
  readonly wait: WorkflowExecutionDescription;
  readonly subject: Subject;
  readonly temporal: Temporal;
  readonly output: Output;
}

/** Finds all waits first: when an argument means several, nothing is done to any, unless `all`. */
export async function forEachWait(
  host: Host,
  args: readonly string[],
  { all = false, ...flags }: WaitFlags,
  act: (target: Target) => Promise<ExitCode>,
): Promise<ExitCode> {
  const references = [...new Set(args)].map((arg) => readReference(arg, flags));
  return withTemporal(host, flags, async (temporal, output) => {
    const find = (reference: RedisTaskReference) =>
      withTimeout(temporal, () => temporal.waits.find(reference), FIND_TIMEOUT_MS);
    const found = await pMap(references, async (each) => ({ subject: each, waits: await find(each) }), FINDS_AT_ONCE);
    const unclear = all ? [] : found.filter(({ waits }) => waits.length > 1);
    for (const { subject, waits } of unclear) writeSeveral(subject, waits, output);
    if (unclear.length > 0) return EXIT.usage;
    const codes: ExitCode[] = [];
    for (const { subject, waits } of found) {
      if (waits.length === 0) {
        const missing = new WorkflowNotFoundError('', '', undefined);
        codes.push(writeEnding(output, endingOfError(missing, subject, temporal)));
      }
      for (const wait of waits) {
        const { workflowId } = wait;
        const named = { ...subject, workflowId };
        const writeError = (error: unknown) =>
          writeEnding(output, endingOfError(error, named, temporal), temporal.link(workflowId));
        codes.push(await act({ wait, subject: named, temporal, output }).catch(writeError));
      }
    }
    return worstOf(codes);
  });
}

/** Digits are the id of a task, anything else is a workflow id. */
function readReference(arg: string, flags: TaskFlags): RedisTaskReference & Subject {
  if (!/^\d*$/.test(arg)) return { workflowId: arg };
  const { taskId, region } = readTask(arg, flags);
  return { taskId, region };
}

function writeSeveral(subject: Subject, waits: readonly WorkflowExecutionDescription[], output: Output): void {
  const workflowIds = waits.map(({ workflowId }) => workflowId);
  const advice = 'Nothing was done. Name one by its workflow id, or add --all.';
  const message = `${waits.length} waits run where ${nameOf(subject)} was meant. ${advice}`;
  writeEnding(output, createEnding(EXIT.usage, 'SeveralWaits', message, { ...subject, workflowIds }));
  for (const workflowId of workflowIds) output.say(printable(workflowId));
}

export function writeState(state: RedisTaskWaitState, { wait, temporal, output }: Target): ExitCode {
  const { workflowId } = wait;
  const where = output.paint('dim', temporal.link(workflowId) ?? printable(workflowId));
  output.result({ ...state, workflowId }, `${stateText(state)} · ${where}`);
  return EXIT.succeeded;
}
