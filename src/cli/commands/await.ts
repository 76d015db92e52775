import { untilBegun } from '../../client/workers.js';
import { clientWorkflowId } from '../../contract/ids.js';
import { CliError, EXIT, type ExitCode, worst } from '../exit-codes.js';
import { readTasks, type Task } from '../flags.js';
import { LiveView } from '../live-view.js';
import { startLocal } from '../local.js';
import type { PollingFlags, TaskFlags } from '../options.js';
import { endedBadly, type Ending, succeeded, waitFor, writeEnding } from '../outcome.js';
import { connect, type Temporal } from '../temporal.js';
import { createOutput, type Output, pressedKey } from '../terminal.js';
import { BEGUN_WITHIN_MS, requireWorkers } from '../workers.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const CTRL_C = '\x03';

interface AwaitFlags extends TaskFlags, PollingFlags {
  readonly local?: boolean;
  readonly waitForWorker?: boolean;
}

/** `redis-task await`: starts waits, or joins those that run, and shows them until all have ended. */
export async function awaitTasks(taskIds: readonly string[], flags: AwaitFlags): Promise<ExitCode> {
  const tasks = readTasks(taskIds, flags);
  const output = createOutput(flags);
  const stack: (() => Promise<unknown>)[] = [];
  const tooEarly = new CliError(EXIT.interrupted, 'Stopped before any wait was started.');
  let onSignal: () => void;
  const stopped = new Promise<never>((_, reject) => (onSignal = () => reject(tooEarly)));
  const listener = () => onSignal();
  for (const signal of SIGNALS) process.on(signal, listener);
  try {
    const prepared = await Promise.race([prepare(flags, output, stack), stopped]);
    return await watch(tasks, { ...prepared, output }, (act) => (onSignal = act));
  } finally {
    for (const stop of stack.reverse()) await stop();
    for (const signal of SIGNALS) process.off(signal, listener);
  }
}

interface Prepared {
  readonly temporal: Temporal;
  readonly waitForWorker: boolean;
  /** Rejects when the worker of `--local` ends too early. */
  readonly failed?: Promise<never>;
}

interface Stage extends Prepared {
  readonly output: Output;
}

async function prepare(flags: AwaitFlags, output: Output, stack: (() => Promise<unknown>)[]): Promise<Prepared> {
  if (flags.local) return { ...(await startLocal(flags, stack, output.say)), waitForWorker: true };
  const { waitForWorker = false } = flags;
  const temporal = await connect(flags);
  await requireWorkers(temporal, waitForWorker, output.say);
  return { temporal, waitForWorker };
}

async function watch(
  tasks: readonly Task[],
  stage: Stage,
  handleSignals: (act: () => void) => void,
): Promise<ExitCode> {
  const { temporal, output, failed } = stage;
  const view = new LiveView(temporal, output);
  const open = new Set(tasks);
  const stopped = new Promise<ExitCode>((resolve) => {
    handleSignals(() => void onInterrupt(open, view, stage, () => resolve(EXIT.interrupted)));
  });
  const ends = tasks.map(async (task) => {
    const ending = await endOf(task, view, stage);
    const link = temporal.link(workflowIdOf(task, temporal));
    // After Ctrl-C, or once --local has stopped its server, an open wait has not ended.
    if (open.delete(task)) view.remove(task, () => writeEnding(output, ending, link));
    return ending.exitCode;
  });
  try {
    const codes = await Promise.race([Promise.all(ends), stopped, ...(failed ? [failed] : [])]);
    if (typeof codes === 'number') return codes;
    const good = codes.filter((code) => code === EXIT.succeeded).length;
    if (output.isLive && codes.length > 1) {
      view.above(() => output.say(`${codes.length} tasks: ${good} succeeded, ${codes.length - good} did not.`));
    }
    return worst(codes);
  } finally {
    open.clear();
    view.stop();
  }
}

async function endOf(task: Task, view: LiveView, { temporal, waitForWorker }: Stage): Promise<Ending> {
  const { waits } = temporal;
  try {
    const { workflowId } = await waits.start(task.input);
    if (!waitForWorker) await untilBegun(waits.client, workflowId, performance.now() + BEGUN_WITHIN_MS);
    void view.follow(task, workflowId);
    return succeeded(await waits.result({ workflowId }));
  } catch (error) {
    return endedBadly(error, waitFor(task), temporal);
  }
}

async function onInterrupt(open: ReadonlySet<Task>, view: LiveView, stage: Stage, stop: () => void): Promise<void> {
  const { output, failed } = stage;
  const tasks = `${open.size} ${open.size === 1 ? 'task' : 'tasks'}`;
  if (!failed && output.isLive && process.stdin.isTTY) {
    view.pause(true);
    process.stderr.write(`Cancel the wait for ${tasks} [c], only stop watching [s], or go on [any other key]? `);
    const key = (await pressedKey(process.stdin)) ?? 's';
    process.stderr.write('\n');
    view.pause(false);
    if (key === 'c') return cancelAll(open, view, stage);
    if (key !== 's' && key !== CTRL_C) return;
  }
  const text = failed
    ? `Stopped, and the wait for ${tasks} with it. The tasks themselves go on.`
    : `Stopped watching; the wait for ${tasks} goes on. The same command attaches to it again.`;
  view.above(() => output.say(text));
  stop();
}

/** Cancels the waits that were started here, not those of parents. Each shows its end by itself. */
async function cancelAll(open: ReadonlySet<Task>, view: LiveView, { temporal, output }: Stage): Promise<void> {
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
