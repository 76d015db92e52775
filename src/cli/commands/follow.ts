import { withWaits } from '../each-wait.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { type Host, untilStopped } from '../host.js';
import type { TaskFlags } from '../options.js';
import { codeOfAll, showUntilEnd, viewOfWaits } from '../watched-waits.js';

/** `redis-task status --follow`: shows waits that exist, whoever started them, until all have ended. */
export function followWaits(host: Host, args: readonly string[], flags: TaskFlags): Promise<ExitCode> {
  return withWaits(host, args, { ...flags, all: true }, async (targets, temporal, output) => {
    const waits = targets.map(({ wait: { workflowId }, subject }) => ({ workflowId, subject }));
    const view = viewOfWaits(temporal, output, host, waits);
    const { stopped, leave } = untilStopped(host);
    try {
      const ended = Promise.all(waits.map((wait) => showUntilEnd(wait, view)));
      const codes = await Promise.race([ended, stopped]);
      if (codes) return codeOfAll(codes, view);
      view.say('Stopped watching; what was watched goes on.');
      return EXIT.interrupted;
    } finally {
      view.stop();
      leave();
    }
  });
}
