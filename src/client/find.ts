import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  WorkflowNotFoundError,
} from '@temporalio/client';
import pMap, { pMapSkip } from 'p-map';
import { AWAIT_REDIS_TASK, clientWorkflowId } from '../contract/ids.js';
import { inputOf } from './first-event.js';
import { type TaskIdentity, taskOf, taskToldBy } from './reference.js';

/** How many waits are asked about at once. */
const LOOKS_AT_ONCE = 20;

/** How many of the waits that have ended are looked through for the last one of a task. */
const ENDED_AT_MOST = 10_000;

const PAGE_SIZE = 1_000;

/**
 * The waits for a task that run on a queue, started by clients, Nexus callers and parents alike; when none runs, the one
 * that ended last.
 *
 * The server lists what others have started a moment late; a wait with the id of a client is always seen.
 */
export async function findWaits(
  client: Client,
  taskQueue: string,
  task: TaskIdentity,
): Promise<readonly WorkflowExecutionDescription[]> {
  const own = clientWorkflowId(taskQueue, task.region, task.taskId);
  const listed = await pMap(
    list(client, taskQueue, `ExecutionStatus = 'Running'`),
    async (wait) => (isSame(task, await taskOfWait(client, taskQueue, wait)) ? wait.workflowId : pMapSkip),
    { concurrency: LOOKS_AT_ONCE },
  );
  const ids = new Set([own, ...listed]);
  const found = await pMap(ids, async (id) => (await describeWait(client, id)) ?? pMapSkip, {
    concurrency: LOOKS_AT_ONCE,
  });
  const running = found.filter(isRunning);
  if (running.length > 0) return running;
  const ended = [...found, ...(await lastEnded(client, taskQueue, task, Math.max(0, ...found.map(endedAt))))];
  return ended.sort((one, other) => endedAt(other) - endedAt(one)).slice(0, 1);
}

/** A wait by its workflow id, as the server knows it now; undefined when there is none. */
export async function describeWait(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    const description = await client.workflow.getHandle(workflowId, runId).describe();
    return description.type === AWAIT_REDIS_TASK ? description : undefined;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

export function isRunning({ closeTime }: Pick<WorkflowExecutionInfo, 'closeTime'>): boolean {
  return closeTime === undefined;
}

function endedAt({ closeTime }: Pick<WorkflowExecutionInfo, 'closeTime'>): number {
  return closeTime?.getTime() ?? 0;
}

/** The last wait for a task among those that have ended since, if there is one. */
async function lastEnded(
  client: Client,
  taskQueue: string,
  task: TaskIdentity,
  since: number,
): Promise<WorkflowExecutionDescription[]> {
  const ended = `ExecutionStatus IN ('Completed', 'Failed', 'Canceled', 'Terminated', 'TimedOut')`;
  let looks = 0;
  // Those that ended last come first.
  for await (const wait of list(client, taskQueue, ended)) {
    if (endedAt(wait) <= since || (looks += 1) > ENDED_AT_MOST) return [];
    if (!isSame(task, taskToldBy(wait, taskQueue))) continue;
    const description = await describeWait(client, wait.workflowId, wait.runId);
    return description ? [description] : [];
  }
  return [];
}

function list(client: Client, taskQueue: string, which: string) {
  const queue = taskQueue.replace(/['\\]/g, (character) => `\\${character}`);
  const query = `WorkflowType = '${AWAIT_REDIS_TASK}' AND TaskQueue = '${queue}' AND ${which}`;
  return client.workflow.list({ query, pageSize: PAGE_SIZE });
}

/** A parent in another language may set no memo and an id of its own: then only the input tells. */
async function taskOfWait(client: Client, taskQueue: string, wait: WorkflowExecutionInfo) {
  return taskToldBy(wait, taskQueue) ?? taskOf(await inputOf(client, wait));
}

function isSame(one: TaskIdentity, other: TaskIdentity | undefined): boolean {
  return one.taskId === other?.taskId && one.region === other.region;
}
