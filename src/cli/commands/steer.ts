import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { CliError, EXIT, type ExitCode, worst } from '../exit-codes.js';
import { duration, readPlan, readTasks, type Task, type TaskFlags } from '../flags.js';
import { endedBadly, writeEnding } from '../outcome.js';
import { isOutOfReach, soon, type Temporal, withTemporal } from '../temporal.js';
import type { Output } from '../terminal.js';
import { requireWorkers } from '../workers-present.js';
import { writeState } from './status.js';

/** `redis-task poll`: lets waits poll at once. */
export function pollNow(taskIds: readonly string[], flags: TaskFlags): Promise<ExitCode> {
  return forEach(taskIds, flags, async (task, { waits }, output) => {
    await waits.pollNow(task);
    output.say(`Asked to poll at once: the wait for task ${task.taskId} in ${task.region}.`);
  });
}

/** `redis-task cancel`: ends waits; the tasks themselves go on. */
export function cancelWaits(taskIds: readonly string[], flags: TaskFlags): Promise<ExitCode> {
  return forEach(taskIds, flags, async (task, { waits }, output) => {
    await waits.cancel(task);
    output.say(`Cancelled: the wait for task ${task.taskId} in ${task.region}. The task itself goes on.`);
  });
}

/** `redis-task extend`: sets how long waits may last in all. */
export function extendWaits(
  taskIds: readonly string[],
  flags: TaskFlags & { readonly maxWait: string },
): Promise<ExitCode> {
  const maxWait = duration(flags.maxWait) ?? flags.maxWait;
  readPlan({ taskId: 1, region: 'any-region', maxWait });
  return forEach(taskIds, flags, async (task, temporal, output) => {
    // Only a worker can take an update, and Temporal would wait for one.
    await requireWorkers(temporal, { wait: false, say: (line) => output.say(line) });
    writeState(await temporal.waits.extendWait(task, maxWait), temporal, output);
  });
}

async function forEach(
  taskIds: readonly string[],
  flags: TaskFlags,
  act: (task: Task, temporal: Temporal, output: Output) => Promise<void>,
): Promise<ExitCode> {
  const { region, ...rest } = flags;
  const tasks = readTasks(taskIds, region === undefined ? {} : { region });
  return withTemporal(rest, async (temporal, output) => {
    const codes: ExitCode[] = [];
    for (const task of tasks) {
      try {
        await soon(temporal, () => act(task, temporal, output));
        codes.push(EXIT.succeeded);
      } catch (error) {
        const ending = endedBadly(noAnswer(error), task, temporal);
        writeEnding(output, ending, temporal.link(task));
        codes.push(ending.exitCode);
      }
    }
    return worst(codes);
  });
}

/** An update that no worker took. */
function noAnswer(error: unknown): unknown {
  if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) || isOutOfReach(error)) return error;
  return new CliError(EXIT.noWorker, 'No worker answered within seconds: nothing was changed, as far as is known.');
}
