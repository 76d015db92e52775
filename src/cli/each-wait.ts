import { type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import pMap from 'p-map';
import type { RedisTaskReference } from '../client/index.js';
import { clientWorkflowId } from '../contract/ids.js';
import type { RedisTaskWaitState } from '../contract/view.js';
import { EXIT, type ExitCode, worst } from './exit-codes.js';
import { readTask } from './flags.js';
import type { TaskFlags } from './options.js';
import { endedBadly, type Subject, unsuccessful, waitFor, writeEnding } from './outcome.js';
import { stateText } from './state-text.js';
import { soon, type Temporal, withTemporal } from './temporal.js';
import { type Output, printable } from './terminal.js';

const FINDS_AT_ONCE = { concurrency: 5 };

/** The list of running waits may be long. */
const FIND_TIMEOUT_MS = 30_000;

export interface WaitFlags extends TaskFlags {
  /** Acts on each of several waits for a task. */
  readonly all?: boolean;
}

/** A wait to show or to act on. */
export interface Target {
  readonly wait: WorkflowExecutionDescription;
  readonly subject: Subject;
  readonly temporal: Temporal;
  readonly output: Output;
}

/** Finds all waits first: when an argument means several, nothing is done to any, unless `all`. */
export async function forEachWait(
  args: readonly string[],
  { all = false, ...flags }: WaitFlags,
  act: (target: Target) => Promise<ExitCode>,
): Promise<ExitCode> {
  const read = [...new Set(args)].map((arg) => readReference(arg, flags));
  return withTemporal(flags, async (temporal, output) => {
    const find = (reference: RedisTaskReference) =>
      soon(temporal, () => temporal.waits.find(reference), FIND_TIMEOUT_MS);
    const found = await pMap(read, async (each) => ({ ...each, waits: await find(each.reference) }), FINDS_AT_ONCE);
    const unclear = all ? [] : found.filter(({ waits }) => waits.length > 1);
    for (const { subject, waits } of unclear) writeSeveral(subject, waits, output);
    if (unclear.length > 0) return EXIT.usage;
    const codes: ExitCode[] = [];
    for (const { subject, waits } of found) {
      if (waits.length === 0) {
        const missing = new WorkflowNotFoundError('', '', undefined);
        codes.push(writeEnding(output, endedBadly(missing, subject, temporal), undefined));
      }
      for (const wait of waits) {
        const target = { wait, subject: subjectOf(subject, wait), temporal, output };
        codes.push(await act(target).catch((error: unknown) => writeError(error, target)));
      }
    }
    return worst(codes);
  });
}

/** Digits are the id of a task, anything else is a workflow id. */
function readReference(arg: string, flags: TaskFlags): { reference: RedisTaskReference; subject: Subject } {
  if (!/^\d*$/.test(arg)) {
    const reference = { workflowId: arg };
    return { reference, subject: { name: `the wait ${printable(arg)}`, details: reference } };
  }
  const { taskId, region } = readTask(arg, flags);
  return { reference: { taskId, region }, subject: waitFor({ taskId, region }) };
}

/** Adds the workflow id to the name of a wait that no client has started. */
function subjectOf({ name, details }: Subject, { workflowId, taskQueue }: WorkflowExecutionDescription): Subject {
  const { taskId, region = '' } = details;
  const isKnown = taskId === undefined || workflowId === clientWorkflowId(taskQueue, region, taskId);
  return { name: isKnown ? name : `${name} (${printable(workflowId)})`, details: { ...details, workflowId } };
}

function writeSeveral({ name, details }: Subject, waits: readonly WorkflowExecutionDescription[], output: Output) {
  const workflowIds = waits.map(({ workflowId }) => workflowId);
  const advice = 'Nothing was done. Name one by its workflow id, or add --all.';
  const message = `${waits.length} waits run where ${name} was meant. ${advice}`;
  const { json } = unsuccessful(EXIT.usage, 'SeveralWaits', message, { ...details, workflowIds });
  if (!output.isHuman) output.result(json, message);
  for (const line of [message, ...workflowIds.map(printable)]) output.say(line);
}

/** Shows the state of a running wait. */
export function writeState(state: RedisTaskWaitState, { wait, temporal, output }: Target): ExitCode {
  const { workflowId } = wait;
  const where = output.paint('dim', temporal.link(workflowId) ?? printable(workflowId));
  output.result({ ...state, workflowId }, `${stateText(state)} · ${where}`);
  return EXIT.succeeded;
}

function writeError(error: unknown, { wait, subject, temporal, output }: Target): ExitCode {
  return writeEnding(output, endedBadly(error, subject, temporal), temporal.link(wait.workflowId));
}
