import { ENDED, listWaits, RUNNING } from '../../client/find.js';
import { taskToldBy } from '../../client/reference.js';
import { WatchesOfWaits } from '../../client/watches.js';
import { formatDuration } from '../../contract/duration.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Host } from '../host.js';
import type { TemporalFlags } from '../options.js';
import { watchText } from '../outcome.js';
import { withTimeout, withTemporal } from '../temporal.js';
import { printable } from '../terminal.js';

interface ListFlags extends TemporalFlags {
  readonly all?: boolean;
  readonly limit: number;
}

export function list(host: Host, { all = false, limit, ...flags }: ListFlags): Promise<ExitCode> {
  return withTemporal(host, flags, async (temporal, output) => {
    const { client, taskQueue } = temporal.waits;
    const statuses = all ? [...RUNNING, ...ENDED, 'ContinuedAsNew'] : RUNNING;
    const watches = new WatchesOfWaits(client, taskQueue);
    let shown = 0;
    await withTimeout(temporal, async () => {
      for await (const wait of listWaits(client, taskQueue, statuses, Math.min(limit, 1_000))) {
        if (shown === limit) {
          output.say(`There are more: --limit ${limit} is reached.`);
          break;
        }
        shown += 1;
        const { workflowId, startTime, closeTime = null } = wait;
        const status = wait.status.name;
        // Unknown where a parent in another language has set neither memo nor our id.
        const { taskId, region } = taskToldBy(wait, taskQueue) ?? { taskId: null, region: null };
        const lasted = formatDuration((closeTime?.getTime() ?? Date.now()) - startTime.getTime());
        const watch = closeTime === null ? await watches.of(wait.memo) : undefined;
        const watched = watch ? ` · ${watchText(watch.seenAt)}` : '';
        const text = `${status.toLowerCase().padEnd(10)} ${lasted.padEnd(12)} ${printable(workflowId)}${watched}`;
        output.result({ workflowId, taskId, region, status, startTime, closeTime, ...(watch && { watch }) }, text);
      }
    });
    if (shown === 0) output.say(`No ${all ? '' : 'running '}wait on queue ${taskQueue}.`);
    return EXIT.succeeded;
  });
}
