import type { WorkflowHandle } from '@temporalio/client';
import pMap from 'p-map';
import { RedisTaskNoWorkerError } from '../../client/index.js';
import { untilBegun } from '../../client/untaken.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { type PollingFlags, readTasks, type TaskFlags } from '../flags.js';
import { TAKEN_WITHIN_MS } from '../probe.js';
import { type Temporal, withTemporal } from '../temporal.js';
import { ADVICE, missingWorker, nobodyTakes } from '../workers-present.js';

/** How many requests are under way at once. */
const STARTS_AT_ONCE = 50;

/** `redis-task start`: starts waits, or finds them running, and leaves them. */
export async function startWaits(taskIds: readonly string[], flags: TaskFlags & PollingFlags): Promise<ExitCode> {
  const tasks = readTasks(taskIds, flags);
  return withTemporal(flags, async (temporal, output) => {
    const started = await pMap(tasks, ({ input }) => temporal.waits.start(input), { concurrency: STARTS_AT_ONCE });
    for (const [index, { workflowId }] of started.entries()) {
      const task = tasks[index];
      if (!task) continue;
      const { taskId, region } = task;
      const where = temporal.link(workflowId) ?? workflowId;
      output.result({ taskId, region, workflowId }, `${taskId} is waited for · ${output.paint('dim', where)}`);
    }
    // What came into the queue last is taken last.
    const missing = (await missingWorker(temporal)) ?? (await leftUntaken(temporal, started.at(-1)));
    if (missing !== undefined) output.say(`${missing} The waits begin when one comes. ${ADVICE}`);
    return EXIT.succeeded;
  });
}

/** What to say when no worker takes up a wait within seconds. */
async function leftUntaken(temporal: Temporal, wait: WorkflowHandle | undefined): Promise<string | undefined> {
  if (!wait) return undefined;
  try {
    await untilBegun(temporal.waits.client, wait.workflowId, performance.now() + TAKEN_WITHIN_MS);
    return undefined;
  } catch (error) {
    if (!(error instanceof RedisTaskNoWorkerError)) throw error;
    return nobodyTakes(error.taskQueue, temporal);
  }
}
