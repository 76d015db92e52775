import pMap from 'p-map';
import { RedisTaskNoWorkerError } from '../../client/index.js';
import { untilBegun } from '../../client/workers.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readTasks } from '../flags.js';
import type { PollingFlags, TaskFlags } from '../options.js';
import { type Temporal, withTemporal } from '../temporal.js';
import { ADVICE, BEGUN_WITHIN_MS, describeNoWorker, findMissingWorker } from '../workers.js';

/** `redis-task start`: starts waits, or joins those that run, and leaves them. */
export function startWaits(taskIds: readonly string[], flags: TaskFlags & PollingFlags): Promise<ExitCode> {
  const tasks = readTasks(taskIds, flags);
  return withTemporal(flags, async (temporal, output) => {
    const start = async ({ taskId, region, input }: (typeof tasks)[number]) => {
      const { workflowId } = await temporal.waits.start(input);
      return { taskId, region, workflowId };
    };
    const started = await pMap(tasks, start, { concurrency: 50 });
    for (const wait of started) {
      const where = temporal.link(wait.workflowId) ?? wait.workflowId;
      output.result(wait, `${wait.taskId} has a wait · ${output.paint('dim', where)}`);
    }
    // The last one in the queue is taken last.
    const missing =
      (await findMissingWorker(temporal)) ?? (await findUntaken(temporal, started.at(-1)?.workflowId ?? ''));
    if (missing !== undefined) output.say(`${missing} The waits begin when one comes. ${ADVICE}`);
    return EXIT.succeeded;
  });
}

async function findUntaken(temporal: Temporal, workflowId: string): Promise<string | undefined> {
  try {
    await untilBegun(temporal.waits.client, workflowId, performance.now() + BEGUN_WITHIN_MS);
    return undefined;
  } catch (error) {
    if (!(error instanceof RedisTaskNoWorkerError)) throw error;
    return describeNoWorker(error.taskQueue, temporal, error.advice);
  }
}
