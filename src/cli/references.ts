import type { WorkflowExecutionDescription } from '@temporalio/client';
import pMap from 'p-map';
import type { RedisTaskReference } from '../client/index.js';
import { clientWorkflowId } from '../contract/ids.js';
import { readTasks, type TaskFlags } from './flags.js';
import { type Subject, waitFor } from './outcome.js';
import { soon, type Temporal } from './temporal.js';
import { printable } from './terminal.js';

/** How many arguments are looked up at once. */
const LOOKS_AT_ONCE = 5;

/** The list of all waits that run may be long. */
const FIND_TIMEOUT_MS = 30_000;

/** An argument of the command line, and the waits that it names. */
export interface Named {
  readonly reference: RedisTaskReference;
  readonly subject: Subject;
  /** Those that run, or else the one that ended last. */
  readonly waits: readonly WorkflowExecutionDescription[];
}

/** Reads the arguments of a command: digits are the id of a task, anything else is a workflow id. */
export function readReferences(args: readonly string[], flags: TaskFlags): readonly Omit<Named, 'waits'>[] {
  return [...new Set(args)].map((arg) => {
    if (!/^\d*$/.test(arg)) {
      const subject = { name: `the wait ${printable(arg)}`, details: { workflowId: arg } };
      return { reference: { workflowId: arg }, subject };
    }
    const [task] = readTasks([arg], flags);
    const { taskId = 0, region = '' } = task ?? {};
    return { reference: { taskId, region }, subject: waitFor({ taskId, region }) };
  });
}

/** Finds the waits of all arguments, before anything is done to any of them. */
export function findAll(references: readonly Omit<Named, 'waits'>[], temporal: Temporal): Promise<readonly Named[]> {
  return pMap(
    references,
    async (each) => ({
      ...each,
      waits: await soon(temporal, () => temporal.waits.find(each.reference), FIND_TIMEOUT_MS),
    }),
    { concurrency: LOOKS_AT_ONCE },
  );
}

/** One of the waits that an argument names. That of somebody else than a client is called by its workflow id as well. */
export function subjectOf(
  { subject: { name, details } }: Named,
  { workflowId, taskQueue }: WorkflowExecutionDescription,
): Subject {
  const { taskId, region = '' } = details;
  const isKnown = taskId === undefined || workflowId === clientWorkflowId(taskQueue, region, taskId);
  return { name: isKnown ? name : `${name} (${printable(workflowId)})`, details: { ...details, workflowId } };
}
