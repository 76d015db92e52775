import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  WorkflowNotFoundError,
} from '@temporalio/client';
import pMap, { pMapSkip } from 'p-map';
import { AWAIT_REDIS_TASK, clientWorkflowId, waitsQuery } from '../contract/ids.js';
import { decodeFirst, readerOf } from './readable.js';
import { type TaskIdentity, taskOf, taskToldBy } from './reference.js';

export const RUNNING = ['Running'];
/** The statuses of a wait that has ended, not merely continued in another run. */
export const ENDED = ['Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut'];

const CALLS_AT_ONCE = { concurrency: 20 };
const PAGE_SIZE = 1_000;

/** The search for the wait that ended last stops after this many. */
const ENDED_AT_MOST = 10_000;

/**
 * The waits for a task that run on a queue, whoever started them; when none runs, the one that ended last.
 *
 * The server lists new waits a moment late. A wait with the id of a client is always found.
 */
export async function findWaits(
  client: Client,
  taskQueue: string,
  task: TaskIdentity,
): Promise<WorkflowExecutionDescription[]> {
  const own = clientWorkflowId(taskQueue, task.region, task.taskId);
  const ids = new Set([own, ...(await openWaitsFor(client, taskQueue, [task])).map(({ workflowId }) => workflowId)]);
  const found = (await pMap(ids, (id) => describeWait(client, id), CALLS_AT_ONCE)).flat();
  const open = found.filter(({ closeTime }) => closeTime === undefined);
  if (open.length > 0) return open;
  const ended = [...found, ...(await lastEnded(client, taskQueue, task, Math.max(0, ...found.map(endedAt))))];
  return ended.sort((one, other) => endedAt(other) - endedAt(one)).slice(0, 1);
}

/** The open waits for some tasks, whoever started them, as the server lists them: the newest first. */
export async function openWaitsFor(
  client: Client,
  taskQueue: string,
  tasks: readonly TaskIdentity[],
): Promise<(TaskIdentity & { readonly workflowId: string; readonly parent: string | null })[]> {
  // All first: p-map takes an asynchronous list that breaks off for a complete one.
  const running = await collect(listWaits(client, taskQueue, RUNNING));
  return pMap(
    running,
    async (wait) => {
      const task = await taskOfWait(client, taskQueue, wait);
      const isAsked = task && tasks.some((each) => isSame(each, task));
      return isAsked
        ? { ...task, workflowId: wait.workflowId, parent: wait.parentExecution?.workflowId ?? null }
        : pMapSkip;
    },
    CALLS_AT_ONCE,
  );
}

/** Describes a wait by its workflow id; empty when there is no such wait. */
export async function describeWait(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription[]> {
  try {
    const description = await readerOf(client).getHandle(workflowId, runId).describe();
    return description.type === AWAIT_REDIS_TASK ? [description] : [];
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  }
}

function endedAt({ closeTime }: Pick<WorkflowExecutionInfo, 'closeTime'>): number {
  return closeTime?.getTime() ?? 0;
}

/** The wait for a task that ended last, if that was after `since`. */
async function lastEnded(
  client: Client,
  taskQueue: string,
  task: TaskIdentity,
  since: number,
): Promise<WorkflowExecutionDescription[]> {
  let looks = 0;
  // The latest end comes first.
  for await (const wait of listWaits(client, taskQueue, ENDED)) {
    if (endedAt(wait) <= since || (looks += 1) > ENDED_AT_MOST) return [];
    if (!isSame(task, taskToldBy(wait, taskQueue))) continue;
    return describeWait(client, wait.workflowId, wait.runId);
  }
  return [];
}

export function listWaits(client: Client, taskQueue: string, statuses: readonly string[], pageSize = PAGE_SIZE) {
  return readerOf(client).list({ query: waitsQuery(taskQueue, statuses), pageSize });
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A parent in another language may set neither memo nor our id: read the input. */
async function taskOfWait(client: Client, taskQueue: string, wait: WorkflowExecutionInfo) {
  return taskToldBy(wait, taskQueue) ?? taskOf(await readArgument(client, wait));
}

/** An argument of a run. Undefined when the run is gone, or the argument is encoded in an unknown way. */
export async function readArgument(
  client: Client,
  { workflowId, runId }: Pick<WorkflowExecutionInfo, 'workflowId' | 'runId'>,
  index = 0,
): Promise<unknown> {
  const { namespace } = client.options;
  const request = { namespace, execution: { workflowId, runId }, maximumPageSize: 1 };
  try {
    const { history } = await client.workflowService.getWorkflowExecutionHistory(request);
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    return await decodeFirst(client, started?.input?.payloads?.slice(index));
  } catch {
    return undefined;
  }
}

function isSame(one: TaskIdentity, other: TaskIdentity | undefined): boolean {
  return one.taskId === other?.taskId && one.region === other.region;
}
