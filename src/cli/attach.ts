import { openWaitsFor } from '../client/find.js';
import { clientWorkflowId } from '../contract/ids.js';
import type { Task } from './flags.js';
import { reasonOf } from './outcome.js';
import { LISTING_TIMEOUT_MS, type Temporal, withTimeout } from './temporal.js';
import { type Output, printable } from './terminal.js';
import type { WatchedWait } from './watched-waits.js';

/** A wait that a command starts or joins; without an input, one of somebody else that it only watches. */
export interface AwaitedWait extends WatchedWait {
  readonly input?: Task['input'];
}

export function ownWait({ waits: { taskQueue } }: Temporal): (task: Task) => AwaitedWait {
  return ({ taskId, region, input }) => {
    return { subject: { taskId, region }, workflowId: clientWorkflowId(taskQueue, region, taskId), input };
  };
}

/** Whoever waits for a task already does so for this command, too. */
export async function attach(tasks: readonly Task[], temporal: Temporal, output: Output): Promise<AwaitedWait[]> {
  const open = await openWaits(tasks, temporal, output);
  return tasks.map(ownWait(temporal)).map((own) => {
    const { taskId, region } = own.subject;
    const found = open.filter((each) => each.taskId === taskId && each.region === region);
    const [other] = found;
    if (!other || found.some(({ workflowId }) => workflowId === own.workflowId)) return own;
    const { workflowId, parent } = other;
    const who = found.length > 1 ? `${found.length} others wait` : `${printable(parent ?? 'Somebody')} waits`;
    output.say(
      `${who} for task ${taskId} already: watching ${printable(workflowId)}. To start another wait, add --new.`,
    );
    return { subject: { ...own.subject, workflowId }, workflowId };
  });
}

/** None when the server cannot list them: a second wait for a task costs calls, no wait at all loses its end. */
async function openWaits(tasks: readonly Task[], temporal: Temporal, output: Output) {
  const { client, taskQueue } = temporal.waits;
  try {
    return await withTimeout(temporal, () => openWaitsFor(client, taskQueue, tasks), LISTING_TIMEOUT_MS);
  } catch (error) {
    const why = printable(reasonOf(error));
    output.say(`Starting a wait although somebody may wait already: Temporal does not list the open waits (${why}).`);
    return [];
  }
}
