import { untilBegun } from '../../client/workers.js';
import { clientWorkflowId } from '../../contract/ids.js';
import type { RedisTaskWaitState } from '../../contract/task/view.js';
import { CliError, EXIT, type ExitCode, worstOf } from '../exit-codes.js';
import { readTasks, type Task } from '../flags.js';
import { type Host, onStopSignal } from '../host.js';
import { LiveView, type Shown } from '../live-view.js';
import { startLocal } from '../local.js';
import type { PollingFlags, TaskFlags } from '../options.js';
import { endingOfError, type Ending, endingOf, stateText, writeEnding } from '../outcome.js';
import { connect } from '../temporal.js';
import { createOutput } from '../terminal.js';
import { requireWorkers } from '../workers.js';

const CTRL_C = '\x03';

type ShownWait = Task & Shown<RedisTaskWaitState>;
type View = LiveView<ShownWait, RedisTaskWaitState>;

interface AwaitFlags extends TaskFlags, PollingFlags {
  readonly local?: boolean;
  readonly waitForWorker?: boolean;
}

/** `redis-task await`: starts waits, or joins those that run, and shows them until all have ended. */
export async function awaitTasks(host: Host, taskIds: readonly string[], flags: AwaitFlags): Promise<ExitCode> {
  const { local: isLocal = false, waitForWorker = isLocal } = flags;
  const tasks = readTasks(taskIds, flags);
  const output = createOutput(host, flags);
  const tooEarly = new CliError(EXIT.interrupted, 'Stopped before any wait was started.');
  let onSignal: (signal: NodeJS.Signals) => void;
  const interrupted = new Promise<never>((_, reject) => (onSignal = () => reject(tooEarly)));
  const leaveSignals = onStopSignal(host, (signal) => onSignal(signal));
  const local = isLocal ? startLocal(host, flags, output) : undefined;
  let view: View | undefined;
  try {
    const connecting =
      local?.temporal ?? connect(flags, host.env).then((to) => requireWorkers(to, waitForWorker, output));
    const temporal = await Promise.race([connecting, interrupted]);
    const { taskQueue } = temporal.waits;
    const waits = tasks.map((task): ShownWait => {
      return { ...task, workflowId: clientWorkflowId(taskQueue, task.region, task.taskId) };
    });
    const shown: View = new LiveView(temporal, output, new Set(waits), host, {
      follow: (wait, options) => temporal.waits.progress(wait, options),
      text: ({ taskId, state }) => (state ? stateText(state) : `${taskId} not seen yet`),
      headline: ({ status, observation, lastError }) => [status, observation?.instanceId, lastError?.code],
    });
    view = shown;
    const stopped = new Promise<[ExitCode]>((resolve) => {
      onSignal = (signal) => void onInterrupt(signal, shown, isLocal, () => resolve([EXIT.interrupted]));
    });
    const ended = Promise.all(waits.map((wait) => show(wait, shown, waitForWorker)));
    const codes = await Promise.race([ended, stopped, ...(local ? [local.failed] : [])]);
    const good = codes.filter((code) => code === EXIT.succeeded).length;
    if (output.isLive && codes.length > 1) {
      view.say(`${codes.length} tasks: ${good} succeeded, ${codes.length - good} did not.`);
    }
    return worstOf(codes);
  } finally {
    view?.stop();
    await local?.stop();
    leaveSignals();
  }
}

/** Shows one wait until it has ended, then its end. */
async function show(wait: ShownWait, view: View, waitForWorker: boolean): Promise<ExitCode> {
  const { temporal, output } = view;
  const ending = await endOf(wait, view, waitForWorker);
  view.end(wait, () => writeEnding(output, ending, temporal.link(wait.workflowId)));
  return ending.exitCode;
}

async function endOf(wait: ShownWait, view: View, waitForWorker: boolean): Promise<Ending> {
  const { taskId, region, input, workflowId } = wait;
  const { waits } = view.temporal;
  try {
    await waits.start(input);
    if (!waitForWorker) await untilBegun(waits.client, workflowId);
    void view.follow(wait);
    return endingOf(await waits.result({ workflowId }));
  } catch (error) {
    return endingOfError(error, { taskId, region }, view.temporal);
  }
}

async function onInterrupt(signal: NodeJS.Signals, view: View, isLocal: boolean, stop: () => void): Promise<void> {
  const { open } = view;
  const tasks = `${open.size} ${open.size === 1 ? 'task' : 'tasks'}`;
  // Who sends another signal than Ctrl-C cannot answer.
  if (signal === 'SIGINT' && !isLocal && view.canAsk) {
    const question = `Cancel the wait for ${tasks} [c], only stop watching [s], or go on [any other key]? `;
    const key = await view.ask(question);
    if (key === 'c') return cancelAll(view);
    if (key !== undefined && key !== 's' && key !== CTRL_C) return;
  }
  const text = isLocal
    ? `Stopped, and the wait for ${tasks} with it. The tasks themselves go on.`
    : `Stopped watching; the wait for ${tasks} goes on. The same command attaches to it again.`;
  view.say(text);
  stop();
}

/** Cancels the waits that were started here, not those of parents. Each shows its end by itself. */
async function cancelAll(view: View): Promise<void> {
  const cancelled = await Promise.allSettled([...view.open].map((wait) => view.temporal.waits.cancel(wait)));
  const failed = cancelled.filter((each) => each.status === 'rejected' || each.value === 'requested').length;
  if (failed === 0) return;
  view.say(`Cancellation requested, not yet confirmed, of ${failed}: no worker has acted on it within 5 s.`);
}
