import { formatDuration } from '../../contract/duration.js';
import { AWAIT_REDIS_TASK } from '../../contract/ids.js';
import { CliError, EXIT, type ExitCode } from '../exit-codes.js';
import type { TemporalFlags } from '../flags.js';
import { soon, withTemporal } from '../temporal.js';
import { printable } from '../terminal.js';

interface ListFlags extends TemporalFlags {
  readonly all?: boolean;
  readonly limit: string;
}

/** `redis-task list`: the waits on the queue, those of parents too. */
export async function listWaits(flags: ListFlags): Promise<ExitCode> {
  const limit = /^[1-9]\d{0,5}$/.test(flags.limit) ? Number(flags.limit) : undefined;
  if (limit === undefined)
    throw new CliError(EXIT.usage, `--limit is ${JSON.stringify(flags.limit)}, but it must be a whole number above 0.`);
  return withTemporal(flags, async (temporal, output) => {
    const { client, taskQueue } = temporal.waits;
    const queue = taskQueue.replace(/['\\]/g, (character) => `\\${character}`);
    const running = flags.all ? '' : ` AND ExecutionStatus = 'Running'`;
    const query = `WorkflowType = '${AWAIT_REDIS_TASK}' AND TaskQueue = '${queue}'${running}`;
    let shown = 0;
    await soon(temporal, async () => {
      for await (const { workflowId, status, startTime, closeTime, memo } of client.workflow.list({
        query,
        pageSize: Math.min(limit, 1_000),
      })) {
        if (shown === limit) {
          output.say(`There are more: --limit ${limit} is reached.`);
          break;
        }
        shown += 1;
        // A parent in another language sets no memo.
        const { taskId = null, region = null } = memo ?? {};
        const wait = { workflowId, taskId, region, status: status.name, startTime, closeTime: closeTime ?? null };
        const lasted = formatDuration((closeTime?.getTime() ?? Date.now()) - startTime.getTime());
        output.result(wait, `${status.name.toLowerCase().padEnd(10)} ${lasted.padEnd(12)} ${printable(workflowId)}`);
      }
    });
    if (shown === 0) output.say(`No ${flags.all ? '' : 'running '}wait on queue ${taskQueue}.`);
    return EXIT.succeeded;
  });
}
