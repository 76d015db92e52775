import pMap from 'p-map';
import { RedisTaskNoWorkerError } from '../../client/index.js';
import { isUnanswered, untilBegun } from '../../client/workers.js';
import { type ExitCode, worstOf } from '../exit-codes.js';
import { readTasks, type Task } from '../flags.js';
import type { Host } from '../host.js';
import type { PollingFlags, TaskFlags } from '../options.js';
import { endingOfError, writeEnding } from '../outcome.js';
import { type Temporal, withTemporal } from '../temporal.js';
import { ADVICE, describeNoWorker, findMissingWorker } from '../workers.js';

const STARTS_AT_ONCE = { concurrency: 50 };

/** `redis-task start`: starts waits, or joins those that run, and leaves them. */
export function startWaits(host: Host, taskIds: readonly string[], flags: TaskFlags & PollingFlags): Promise<ExitCode> {
  const tasks = readTasks(taskIds, flags);
  return withTemporal(host, flags, async (temporal, output) => {
    const starts = await startAll(tasks, temporal);
    const started = starts.filter(({ workflowId }) => workflowId !== '');
    // First what has been done: an error of the connection ends the command.
    for (const { taskId, region, workflowId } of started) {
      const where = temporal.link(workflowId) ?? workflowId;
      output.result({ taskId, region, workflowId }, `${taskId} has a wait · ${output.paint('dim', where)}`);
    }
    const codes = starts
      .filter(({ workflowId }) => workflowId === '')
      .map(({ taskId, region, error }) => writeEnding(output, endingOfError(error, { taskId, region }, temporal)));
    // The last one in the queue is taken last.
    const last = started.at(-1)?.workflowId;
    const missing = last && ((await findMissingWorker(temporal)) ?? (await findUntaken(temporal, last)));
    if (missing) output.say(`${missing} The waits begin when one comes. ${ADVICE}`);
    return worstOf(codes);
  });
}

interface Start extends Task {
  /** Empty when it was not started. */
  readonly workflowId: string;
  readonly error?: unknown;
}

/** Starts all that can be started; none any more once Temporal no longer answers. */
function startAll(tasks: readonly Task[], { waits }: Temporal): Promise<Start[]> {
  let lost: unknown;
  const start = async (task: Task): Promise<Start> => {
    if (lost !== undefined) return { ...task, workflowId: '', error: lost };
    try {
      const { workflowId } = await waits.start(task.input);
      return { ...task, workflowId };
    } catch (error) {
      if (isUnanswered(error)) lost = error;
      return { ...task, workflowId: '', error };
    }
  };
  return pMap(tasks, start, STARTS_AT_ONCE);
}

async function findUntaken(temporal: Temporal, workflowId: string): Promise<string | undefined> {
  try {
    await untilBegun(temporal.waits.client, workflowId);
    return undefined;
  } catch (error) {
    if (!(error instanceof RedisTaskNoWorkerError)) throw error;
    return describeNoWorker(error.taskQueue, temporal, error.advice);
  }
}
