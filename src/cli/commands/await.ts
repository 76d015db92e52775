import { untilBegun } from '../../client/workers.js';
import { clientWorkflowId } from '../../contract/ids.js';
import { CliError, EXIT, type ExitCode, worst } from '../exit-codes.js';
import { readTasks, type Task } from '../flags.js';
import { LiveView } from '../live-view.js';
import { startLocal } from '../local.js';
import type { PollingFlags, TaskFlags } from '../options.js';
import { endedBadly, type Ending, succeeded, writeEnding } from '../outcome.js';
import { connect, type Temporal } from '../temporal.js';
import { createOutput, type Output, pressedKey } from '../terminal.js';
import { BEGUN_WITHIN_MS, requireWorkers } from '../workers.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const CTRL_C = '\x03';

interface AwaitFlags extends TaskFlags, PollingFlags {
  readonly local?: boolean;
  readonly waitForWorker?: boolean;
}

interface Stage {
  readonly temporal: Temporal;
  readonly output: Output;
  readonly view: LiveView;
  /** The tasks whose waits have not ended. */
  readonly open: Set<Task>;
}

/** `redis-task await`: starts waits, or joins those that run, and shows them until all have ended. */
export async function awaitTasks(taskIds: readonly string[], flags: AwaitFlags): Promise<ExitCode> {
  const { local: isLocal = false, waitForWorker = isLocal } = flags;
  const tasks = readTasks(taskIds, flags);
  const output = createOutput(flags);
  const tooEarly = new CliError(EXIT.interrupted, 'Stopped before any wait was started.');
  let onSignal: () => void;
  const interrupted = new Promise<never>((_, reject) => (onSignal = () => reject(tooEarly)));
  const listener = () => onSignal();
  for (const signal of SIGNALS) process.on(signal, listener);
  const local = isLocal ? startLocal(flags, output) : undefined;
  let view: LiveView | undefined;
  const open = new Set(tasks);
  try {
    const connecting = local ? local.temporal : connectToWorkers(flags, waitForWorker, output);
    const temporal = await Promise.race([connecting, interrupted]);
    view = new LiveView(temporal, output);
    const stage = { temporal, output, view, open };
    const stopped = new Promise<[ExitCode]>((resolve) => {
      onSignal = () => void onInterrupt(stage, isLocal, () => resolve([EXIT.interrupted]));
    });
    const ended = Promise.all(tasks.map((task) => show(task, stage, waitForWorker)));
    const codes = await Promise.race([ended, stopped, ...(local ? [local.failed] : [])]);
    const good = codes.filter((code) => code === EXIT.succeeded).length;
    if (output.isLive && codes.length > 1) {
      view.above(() => output.say(`${codes.length} tasks: ${good} succeeded, ${codes.length - good} did not.`));
    }
    return worst(codes);
  } finally {
    open.clear();
    view?.stop();
    await local?.stop();
    for (const signal of SIGNALS) process.off(signal, listener);
  }
}

async function connectToWorkers(flags: AwaitFlags, isPatient: boolean, output: Output): Promise<Temporal> {
  const temporal = await connect(flags);
  await requireWorkers(temporal, isPatient, output);
  return temporal;
}

/** Shows one wait until it has ended, then its end. */
async function show(task: Task, { temporal, output, view, open }: Stage, waitForWorker: boolean): Promise<ExitCode> {
  const ending = await endOf(task, view, temporal, waitForWorker);
  const link = temporal.link(workflowIdOf(task, temporal));
  // After Ctrl-C, or once --local has stopped its server, an open wait has not ended.
  if (open.delete(task)) view.remove(task, () => writeEnding(output, ending, link));
  return ending.exitCode;
}

async function endOf(task: Task, view: LiveView, temporal: Temporal, waitForWorker: boolean): Promise<Ending> {
  const { waits } = temporal;
  try {
    const { workflowId } = await waits.start(task.input);
    if (!waitForWorker) await untilBegun(waits.client, workflowId, performance.now() + BEGUN_WITHIN_MS);
    void view.follow(task, workflowId);
    return succeeded(await waits.result({ workflowId }));
  } catch (error) {
    return endedBadly(error, { taskId: task.taskId, region: task.region }, temporal);
  }
}

async function onInterrupt(stage: Stage, isLocal: boolean, stop: () => void): Promise<void> {
  const { output, view, open } = stage;
  const tasks = `${open.size} ${open.size === 1 ? 'task' : 'tasks'}`;
  if (!isLocal && output.isLive && process.stdin.isTTY) {
    view.pause(true);
    process.stderr.write(`Cancel the wait for ${tasks} [c], only stop watching [s], or go on [any other key]? `);
    const key = (await pressedKey(process.stdin)) ?? 's';
    process.stderr.write('\n');
    view.pause(false);
    if (key === 'c') return cancelAll(stage);
    if (key !== 's' && key !== CTRL_C) return;
  }
  const text = isLocal
    ? `Stopped, and the wait for ${tasks} with it. The tasks themselves go on.`
    : `Stopped watching; the wait for ${tasks} goes on. The same command attaches to it again.`;
  view.above(() => output.say(text));
  stop();
}

/** Cancels the waits that were started here, not those of parents. Each shows its end by itself. */
async function cancelAll({ temporal, output, view, open }: Stage): Promise<void> {
  const cancel = (task: Task) => temporal.waits.cancel({ workflowId: workflowIdOf(task, temporal) });
  const cancelled = await Promise.allSettled([...open].map(cancel));
  const failed = cancelled.filter((each) => each.status === 'rejected' || each.value === 'requested').length;
  if (failed === 0) return;
  const text = `Cancellation requested, not yet confirmed, of ${failed}: no worker has acted on it within 5 s.`;
  view.above(() => output.say(text));
}

function workflowIdOf({ taskId, region }: Task, { waits: { taskQueue } }: Temporal): string {
  return clientWorkflowId(taskQueue, region, taskId);
}
