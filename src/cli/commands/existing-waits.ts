import { RedisTaskWaitEndedError } from '../../client/index.js';
import { forEachWait, type WaitFlags, writeState } from '../each-wait.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readPlan } from '../flags.js';
import type { Host } from '../host.js';
import type { TaskFlags } from '../options.js';
import { createEnding, endingOf, GOES_ON, nameOf, writeEnding } from '../outcome.js';
import { withTimeout } from '../temporal.js';
import { askWorker } from '../workers.js';

/** A worker has five seconds of it to confirm. */
const CANCEL_TIMEOUT_MS = 15_000;

export function showStatus(host: Host, args: readonly string[], flags: TaskFlags): Promise<ExitCode> {
  return forEachWait(host, args, { ...flags, all: true }, async (target) => {
    const { wait, temporal, output } = target;
    const { waits } = temporal;
    if (wait.closeTime !== undefined) {
      const ending = endingOf(await withTimeout(temporal, () => waits.result(wait)));
      return writeEnding(output, ending, temporal.link(wait.workflowId));
    }
    return writeState(await askWorker(temporal, () => waits.state(wait)), target);
  });
}

export function pollNow(host: Host, args: readonly string[], flags: WaitFlags): Promise<ExitCode> {
  return forEachWait(host, args, flags, async ({ wait, subject, temporal, output }) => {
    await withTimeout(temporal, () => temporal.waits.pollNow(wait));
    output.say(`Asked to poll at once: ${nameOf(subject)}.`);
    return EXIT.succeeded;
  });
}

export function cancelWaits(host: Host, args: readonly string[], flags: WaitFlags): Promise<ExitCode> {
  return forEachWait(host, args, flags, async ({ wait, subject, temporal, output }) => {
    const { workflowId, taskQueue } = wait;
    const name = nameOf(subject);
    const outcome = await withTimeout(temporal, () => temporal.waits.cancel(wait), CANCEL_TIMEOUT_MS);
    if (outcome === 'ended') {
      const [latest = wait] = await temporal.waits.find({ workflowId });
      throw new RedisTaskWaitEndedError(workflowId, latest.status.name);
    }
    if (outcome === 'requested') {
      const message = `Cancellation requested, not yet confirmed: no worker on queue ${taskQueue} has acted on it within 5 s. It ends ${name} when one does; the task itself goes on.`;
      const ending = createEnding(EXIT.noWorker, 'CancelRequested', message, subject);
      return writeEnding(output, ending, temporal.link(workflowId));
    }
    output.say(`Cancelled: ${name}. ${GOES_ON}`);
    return EXIT.succeeded;
  });
}

interface ExtendFlags extends WaitFlags {
  readonly maxWait: number | string;
}

export function extendWaits(
  host: Host,
  args: readonly string[],
  { maxWait, ...flags }: ExtendFlags,
): Promise<ExitCode> {
  readPlan({ taskId: 1, region: 'any-region', maxWait });
  return forEachWait(host, args, flags, async (target) => {
    const { wait, temporal } = target;
    const extend = () => temporal.waits.extendWait(wait, maxWait);
    const consequence = 'The new deadline is not confirmed: a worker that comes may still set it. ';
    return writeState(await askWorker(temporal, extend, consequence), target);
  });
}
