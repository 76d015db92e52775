import { type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import pMap from 'p-map';
import { type RedisTaskReference, RedisTaskWaitEndedError } from '../client/index.js';
import { isUnreadable } from '../client/readable.js';
import { taskToldBy } from '../client/reference.js';
import { RUN_REDIS_ACTION } from '../contract/ids.js';
import type { RedisTaskWaitState } from '../contract/task/view.js';
import { EXIT, type ExitCode, worstOf } from './exit-codes.js';
import { readTask } from './flags.js';
import type { Host } from './host.js';
import type { TaskFlags } from './options.js';
import {
  cancelCommand,
  createEnding,
  type Ending,
  endingOfError,
  nameOf,
  stateText,
  type Subject,
  writeEnding,
} from './outcome.js';
import { LISTING_TIMEOUT_MS, type Temporal, withTemporal, withTimeout } from './temporal.js';
import { type Output, printable } from './terminal.js';
import { attributesOf } from './wait-row.js';

const FINDS_AT_ONCE = { concurrency: 5 };

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

/** Acts on one wait after another. */
export function forEachWait(
  host: Host,
  args: readonly string[],
  flags: WaitFlags,
  act: (target: Target) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withWaits(host, args, flags, async (targets) => {
    const codes: ExitCode[] = [];
    for (const target of targets) {
      const { wait, subject, temporal, output } = target;
      const writeError = (error: unknown) => {
        const ending = isUnreadable(error) ? unreadableEnding(target) : endingOfError(error, subject, temporal);
        return writeEnding(output, ending, temporal.link(wait.workflowId));
      };
      codes.push(await act(target).catch(writeError));
    }
    return worstOf(codes);
  });
}

/** Finds all waits first: when an argument means several, nothing is done to any, unless `all`. */
export async function withWaits(
  host: Host,
  args: readonly string[],
  { all = false, ...flags }: WaitFlags,
  act: (targets: readonly Target[], temporal: Temporal, output: Output) => Promise<ExitCode>,
): Promise<ExitCode> {
  const references = [...new Set(args)].map((arg) => readReference(arg, flags));
  return withTemporal(host, flags, async (temporal, output) => {
    const find = (reference: RedisTaskReference) =>
      withTimeout(temporal, () => temporal.waits.find(reference), LISTING_TIMEOUT_MS);
    const found = await pMap(references, async (each) => ({ subject: each, waits: await find(each) }), FINDS_AT_ONCE);
    const unclear = all ? [] : found.filter(({ waits }) => waits.length > 1);
    for (const { subject, waits } of unclear) writeSeveral(subject, waits, output);
    if (unclear.length > 0) return EXIT.usage;
    const missing = found.filter(({ waits }) => waits.length === 0);
    const endings = await Promise.all(missing.map(({ subject }) => endingWithoutWait(subject, temporal)));
    const codes = endings.map((ending) => writeEnding(output, ending));
    const targets = found.flatMap(({ subject, waits }) =>
      waits.map((wait): Target => {
        const task = taskToldBy(wait, temporal.waits.taskQueue);
        return { wait, subject: { ...task, ...subject, workflowId: wait.workflowId }, temporal, output };
      }),
    );
    return worstOf([...codes, await act(targets, temporal, output)]);
  });
}

/** There is no such wait; perhaps there is a change of that id. */
async function endingWithoutWait(subject: Subject, temporal: Temporal): Promise<Ending> {
  const { workflowId } = subject;
  const { client } = temporal.waits;
  const isChange =
    workflowId !== undefined &&
    (await withTimeout(temporal, () => client.workflow.getHandle(workflowId).describe()).then(
      ({ type }) => type === RUN_REDIS_ACTION,
      () => false,
    ));
  if (!isChange) return endingOfError(new WorkflowNotFoundError('', '', undefined), subject, temporal);
  const id = printable(workflowId);
  const advice = `The same redis-task run with --key ${id} shows it, ${cancelCommand(workflowId)} cancels it.`;
  return createEnding(EXIT.noWait, 'NoWait', `${id} is a change, not a wait. ${advice}`, subject);
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

/** What the server alone tells of an open wait. */
function unreadableEnding({ wait, subject }: Target): Ending {
  const { taskStatus, instanceId } = attributesOf(wait);
  const facts = [taskStatus, instanceId].flatMap((each) => (each === null ? [] : [` · ${printable(each)}`])).join('');
  const message = `Runs: ${nameOf(subject)}${facts}. Its payloads are encrypted: what it answers cannot be read here.`;
  const details = { ...subject, status: wait.status.name, taskStatus, instanceId };
  return createEnding(EXIT.error, 'Unreadable', message, details);
}

/** That a wait has ended meanwhile, and how. */
export async function endedError(
  { waits }: Temporal,
  wait: WorkflowExecutionDescription,
): Promise<RedisTaskWaitEndedError> {
  const { workflowId } = wait;
  const [latest = wait] = await waits.find({ workflowId });
  return new RedisTaskWaitEndedError(workflowId, latest.status.name);
}

export function writeState(state: RedisTaskWaitState, { wait, temporal, output }: Target): ExitCode {
  const { workflowId } = wait;
  const where = output.paint('dim', temporal.link(workflowId) ?? printable(workflowId));
  output.result({ ...state, workflowId }, `${stateText(state)} · ${where}`);
  return EXIT.succeeded;
}
