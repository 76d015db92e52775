import { forEachWait, writeState } from '../each-wait.js';
import type { ExitCode } from '../exit-codes.js';
import type { TaskFlags } from '../options.js';
import { succeeded, writeEnding } from '../outcome.js';
import { soon } from '../temporal.js';
import { askWorker } from '../workers.js';

/** `redis-task status`: the state of waits, or how they ended. */
export function showStatus(args: readonly string[], flags: TaskFlags): Promise<ExitCode> {
  return forEachWait(args, { ...flags, all: true }, async (target) => {
    const { wait, temporal, output } = target;
    const { waits } = temporal;
    if (wait.closeTime !== undefined) {
      const ending = succeeded(await soon(temporal, () => waits.result(wait)));
      return writeEnding(output, ending, temporal.link(wait.workflowId));
    }
    return writeState(await askWorker(temporal, () => waits.state(wait)), target);
  });
}
