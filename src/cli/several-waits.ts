import { EXIT, type ExitCode } from './exit-codes.js';
import type { Named } from './references.js';
import { type Output, printable } from './terminal.js';

/** Names the waits of arguments that mean several, one a line: nothing has been done to any of them. */
export function severalWaits(unclear: readonly Named[], output: Output): ExitCode {
  for (const { subject, waits } of unclear) {
    const workflowIds = waits.map(({ workflowId }) => workflowId);
    const message = `${waits.length} waits run where ${subject.name} was meant, and nothing was done: name one by its workflow id, or mean all with --all.`;
    if (!output.isHuman) {
      output.result({ type: 'SeveralWaits', message, details: { ...subject.details, workflowIds } }, message);
    }
    output.say(message);
    for (const workflowId of workflowIds) output.say(printable(workflowId));
  }
  return EXIT.usage;
}
