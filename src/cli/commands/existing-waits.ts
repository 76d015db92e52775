import { waitingParent } from '../../client/whole-wait.js';
import { endedError, forEachWait, type WaitFlags, writeState } from '../each-wait.js';
import { endOfWait } from '../ending-of-wait.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Host } from '../host.js';
import type { TaskFlags } from '../options.js';
import { createEnding, GOES_ON, nameOf, writeEnding } from '../outcome.js';
import { withTimeout } from '../temporal.js';
import { printable } from '../terminal.js';
import { askWorker } from '../workers.js';
import { followWaits } from './follow.js';

/** A worker has five seconds of it to confirm. */
const CANCEL_TIMEOUT_MS = 15_000;

interface StatusFlags extends TaskFlags {
  readonly follow?: boolean;
}

export function showStatus(host: Host, args: readonly string[], { follow, ...flags }: StatusFlags): Promise<ExitCode> {
  if (follow) return followWaits(host, args, flags);
  return forEachWait(host, args, { ...flags, all: true }, async (target) => {
    const { wait, subject, temporal, output } = target;
    const { workflowId, closeTime } = wait;
    if (closeTime === undefined) return writeState(await askWorker(temporal, () => temporal.waits.state(wait)), target);
    const ending = await withTimeout(temporal, () => endOfWait(temporal, workflowId, subject));
    return writeEnding(output, ending, temporal.link(workflowId));
  });
}

export function pollNow(host: Host, args: readonly string[], flags: WaitFlags): Promise<ExitCode> {
  return forEachWait(host, args, flags, async ({ wait, subject, temporal, output }) => {
    await withTimeout(temporal, () => temporal.waits.pollNow(wait));
    output.result({ ...subject, result: 'asked' }, `Asked to poll at once: ${nameOf(subject)}.`);
    return EXIT.succeeded;
  });
}

export function cancelWaits(host: Host, args: readonly string[], flags: WaitFlags): Promise<ExitCode> {
  return forEachWait(host, args, flags, async ({ wait, subject, temporal, output }) => {
    const { workflowId, taskQueue } = wait;
    const name = nameOf(subject);
    const parent = await withTimeout(temporal, () => waitingParent(temporal.waits.client, wait));
    const outcome = await withTimeout(temporal, () => temporal.waits.cancel(wait), CANCEL_TIMEOUT_MS);
    if (outcome === 'ended') throw await endedError(temporal, wait);
    const waiting = parent === undefined ? '' : ` ${printable(parent)} waits for it.`;
    if (outcome === 'requested') {
      const message = `Cancellation requested, not yet confirmed: no worker on queue ${taskQueue} has acted on it within 5 s. It ends ${name} when one does; the task itself goes on.${waiting}`;
      const ending = createEnding(EXIT.noWorker, 'CancelRequested', message, { ...subject, parent: parent ?? null });
      return writeEnding(output, ending, temporal.link(workflowId));
    }
    const json = { ...subject, result: 'cancelled', parent: parent ?? null };
    output.result(json, `Cancelled: ${name}.${waiting} ${GOES_ON}`);
    return EXIT.succeeded;
  });
}
