import type { WorkflowExecutionInfo } from '@temporalio/client';
import pMap from 'p-map';
import { ENDED, listWaits, RUNNING } from '../../client/find.js';
import { WatchesOfWaits } from '../../client/watches.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Host } from '../host.js';
import type { TemporalFlags } from '../options.js';
import { withTimeout, withTemporal } from '../temporal.js';
import { rowText, WaitRows } from '../wait-row.js';

const LOOKS_AT_ONCE = { concurrency: 10 };

/** Why the deadline of a wait, and what its search attributes do not tell, may be missing. */
const GAPS = {
  unanswered: 'No worker answers: what only a worker tells of open waits is missing.',
  unreadable: 'Some payloads are encrypted: what open waits answer cannot be read here.',
} as const;

interface ListFlags extends TemporalFlags {
  readonly all?: boolean;
  readonly limit: number;
}

export function list(host: Host, { all = false, limit, ...flags }: ListFlags): Promise<ExitCode> {
  return withTemporal(host, flags, async (temporal, output) => {
    const { client, taskQueue } = temporal.waits;
    const listed: WorkflowExecutionInfo[] = [];
    await withTimeout(temporal, async () => {
      const runs = listWaits(client, taskQueue, all ? [...RUNNING, ...ENDED] : RUNNING, Math.min(limit + 1, 1_000));
      for await (const run of runs) if (listed.push(run) > limit) break;
    });
    const rows = new WaitRows(temporal, new WatchesOfWaits(client, taskQueue));
    const shown = await pMap(listed.slice(0, limit), (run) => rows.of(run), LOOKS_AT_ONCE);
    for (const row of shown) if (row) output.result(row, rowText(row, output.columns));
    if (listed.length > limit) output.say(`There are more: --limit ${limit} is reached.`);
    if (listed.length === 0) output.say(`No ${all ? '' : 'running '}wait on queue ${taskQueue}.`);
    if (rows.gap) output.say(GAPS[rows.gap]);
    return EXIT.succeeded;
  });
}
