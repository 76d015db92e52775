import { untilBegun } from '../../client/workers.js';
import { type AwaitedWait, attach, ownWait } from '../attach.js';
import { CliError, EXIT, type ExitCode } from '../exit-codes.js';
import { readTasks } from '../flags.js';
import { type Host, onStopSignal } from '../host.js';
import { startLocal } from '../local.js';
import type { PollingFlags, TaskFlags } from '../options.js';
import { connect, type Temporal } from '../temporal.js';
import { createOutput } from '../terminal.js';
import { codeOfAll, showUntilEnd, viewOfWaits, type WaitsView } from '../watched-waits.js';
import { requireWorkers } from '../workers.js';

const CTRL_C = '\x03';

interface AwaitFlags extends TaskFlags, PollingFlags {
  readonly local?: boolean;
  readonly new?: boolean;
  readonly waitForWorker?: boolean;
}

/** `redis-task await`: starts waits, or attaches to those that run, and shows them until all have ended. */
export async function awaitTasks(host: Host, taskIds: readonly string[], flags: AwaitFlags): Promise<ExitCode> {
  const { local: isLocal = false, waitForWorker = isLocal, new: isNew = isLocal } = flags;
  const tasks = readTasks(taskIds, flags);
  const output = createOutput(host, flags);
  const tooEarly = new CliError(EXIT.interrupted, 'Stopped before any wait was started.');
  let onSignal: (signal: NodeJS.Signals) => void;
  const interrupted = new Promise<never>((_, reject) => (onSignal = () => reject(tooEarly)));
  const leaveSignals = onStopSignal(host, (signal) => onSignal(signal));
  const local = isLocal ? startLocal(host, flags, output) : undefined;
  let view: WaitsView | undefined;
  try {
    const connecting =
      local?.temporal ?? connect(flags, host.env).then((to) => requireWorkers(to, waitForWorker, output));
    const temporal = await Promise.race([connecting, interrupted]);
    const waits = await Promise.race([
      isNew ? tasks.map(ownWait(temporal)) : attach(tasks, temporal, output),
      interrupted,
    ]);
    const shown = viewOfWaits(temporal, output, host, waits);
    view = shown;
    const stopped = new Promise<undefined>((resolve) => {
      onSignal = (signal) => void onInterrupt(signal, shown, isLocal, () => resolve(undefined));
    });
    const ended = Promise.all(
      waits.map((wait) => showUntilEnd(wait, shown, () => begin(wait, temporal, waitForWorker))),
    );
    const codes = await Promise.race([ended, stopped, ...(local ? [local.failed] : [])]);
    return codes ? codeOfAll(codes, shown) : EXIT.interrupted;
  } finally {
    view?.stop();
    await local?.stop();
    leaveSignals();
  }
}

async function begin({ input, workflowId }: AwaitedWait, { waits }: Temporal, waitForWorker: boolean): Promise<void> {
  if (input) await waits.start(input);
  if (!waitForWorker) await untilBegun(waits.client, workflowId);
}

/** The waits that are still open, and that are this command's to cancel. */
function ownOf({ open }: WaitsView): readonly AwaitedWait[] {
  return [...open].filter((wait: AwaitedWait) => wait.input !== undefined);
}

async function onInterrupt(signal: NodeJS.Signals, view: WaitsView, isLocal: boolean, stop: () => void): Promise<void> {
  const count = (waits: number) => `${waits} ${waits === 1 ? 'task' : 'tasks'}`;
  const own = ownOf(view).length;
  // Who sends another signal than Ctrl-C cannot answer.
  if (signal === 'SIGINT' && !isLocal && own > 0 && view.canAsk) {
    const question = `Cancel the wait for ${count(own)} [c], only stop watching [s], or go on [any other key]? `;
    const key = await view.ask(question);
    if (key === 'c') return cancelAll(view);
    if (key !== undefined && key !== 's' && key !== CTRL_C) return;
  }
  const tasks = count(view.open.size);
  const text = isLocal
    ? `Stopped, and the wait for ${tasks} with it. The tasks themselves go on.`
    : `Stopped watching; the wait for ${tasks} goes on. The same command attaches to it again.`;
  view.say(text);
  stop();
}

/** Cancels the waits that were started here, not those of parents. Each shows its end by itself. */
async function cancelAll(view: WaitsView): Promise<void> {
  const cancelled = await Promise.allSettled(
    ownOf(view).map(({ workflowId }) => view.temporal.waits.cancel({ workflowId })),
  );
  const failed = cancelled.filter((each) => each.status === 'rejected' || each.value === 'requested').length;
  if (failed === 0) return;
  view.say(`Cancellation requested, not yet confirmed, of ${failed}: no worker has acted on it within 5 s.`);
}
