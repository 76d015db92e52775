import { EXIT, type ExitCode } from '../exit-codes.js';
import { type PollingFlags, readTasks, type TaskFlags } from '../flags.js';
import { withTemporal } from '../temporal.js';
import { ADVICE, missingWorker } from '../workers-present.js';

/** `redis-task start`: starts waits, or finds them running, and leaves them. */
export async function startWaits(taskIds: readonly string[], flags: TaskFlags & PollingFlags): Promise<ExitCode> {
  const tasks = readTasks(taskIds, flags);
  return withTemporal(flags, async (temporal, output) => {
    const started = await Promise.all(tasks.map(({ input }) => temporal.waits.start(input)));
    for (const [index, { workflowId }] of started.entries()) {
      const task = tasks[index];
      if (!task) continue;
      const { taskId, region } = task;
      const where = temporal.link(task) ?? workflowId;
      output.result({ taskId, region, workflowId }, `${taskId} is waited for · ${output.paint('dim', where)}`);
    }
    const missing = await missingWorker(temporal);
    if (missing !== undefined) output.say(`${missing} The waits begin when one comes. ${ADVICE}`);
    return EXIT.succeeded;
  });
}
