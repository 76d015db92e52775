import { untilBegun } from '../../client/untaken.js';
import { clientWorkflowId } from '../../contract/ids.js';
import { CliError, EXIT, type ExitCode, worst } from '../exit-codes.js';
import { type PollingFlags, readTasks, type Task, type TaskFlags } from '../flags.js';
import { Interrupts } from '../interrupts.js';
import { LiveView } from '../live-view.js';
import { startLocal } from '../local.js';
import { endedBadly, type Ending, succeeded, waitFor, writeEnding } from '../outcome.js';
import { TAKEN_WITHIN_MS } from '../probe.js';
import { connect, type Temporal } from '../temporal.js';
import { createOutput, type Output, pressedKey } from '../terminal.js';
import { requireWorkers } from '../workers-present.js';

interface AwaitFlags extends TaskFlags, PollingFlags {
  readonly local?: boolean;
  readonly waitForWorker?: boolean;
}

/** `redis-task await`: starts waits, or attaches to those that run, and shows them until all have ended. */
export async function awaitTasks(taskIds: readonly string[], flags: AwaitFlags): Promise<ExitCode> {
  const tasks = readTasks(taskIds, flags);
  const output = createOutput(flags);
  const interrupts = new Interrupts();
  const stack: (() => Promise<unknown>)[] = [];
  try {
    const prepared = await interrupts.during(prepare(flags, output, stack), stoppedEarly);
    return await watch(tasks, { ...prepared, output, interrupts });
  } finally {
    for (const stop of stack.reverse()) await stop();
    interrupts.close();
  }
}

interface Prepared {
  readonly temporal: Temporal;
  /** A wait that no worker takes up is watched until one comes. */
  readonly waitForWorker: boolean;
  /** Rejects when the worker that `--local` started ends too early. */
  readonly failed?: Promise<never>;
}

async function prepare(flags: AwaitFlags, output: Output, stack: (() => Promise<unknown>)[]): Promise<Prepared> {
  if (flags.local) return { ...(await startLocal(flags, stack, (line) => output.say(line))), waitForWorker: true };
  const { waitForWorker = false } = flags;
  const temporal = await connect(flags);
  await requireWorkers(temporal, { wait: waitForWorker, say: (line) => output.say(line) });
  return { temporal, waitForWorker };
}

interface Stage extends Prepared {
  readonly output: Output;
  readonly interrupts: Interrupts;
}

async function watch(tasks: readonly Task[], stage: Stage): Promise<ExitCode> {
  const { temporal, output, interrupts, failed } = stage;
  const view = new LiveView(temporal, output);
  const open = new Set(tasks);
  const stopped = new Promise<ExitCode>((resolve) => {
    interrupts.handle(() => void onInterrupt(open, view, stage, () => resolve(EXIT.interrupted)));
  });
  const ends = tasks.map(async (task) => {
    const ending = await endOf(task, view, stage);
    // After Ctrl-C, or once --local has taken its server away, what is still open has not ended.
    if (open.delete(task))
      view.remove(task, () => writeEnding(output, ending, temporal.link(workflowIdOf(task, temporal))));
    return ending.exitCode;
  });
  let codes: readonly ExitCode[] | ExitCode;
  try {
    codes = await Promise.race([Promise.all(ends), stopped, ...(failed ? [failed] : [])]);
  } finally {
    open.clear();
    await view.stop();
  }
  if (typeof codes === 'number') return codes;
  if (output.isLive && codes.length > 1) {
    const good = codes.filter((code) => code === EXIT.succeeded).length;
    output.say(`${codes.length} tasks: ${good} succeeded, ${codes.length - good} did not.`);
  }
  return worst(codes);
}

async function endOf(task: Task, view: LiveView, { temporal, waitForWorker }: Stage): Promise<Ending> {
  const { waits } = temporal;
  try {
    const wait = await waits.start(task.input);
    view.add(task, wait);
    if (!waitForWorker) await untilBegun(waits.client, wait.workflowId, performance.now() + TAKEN_WITHIN_MS);
    return succeeded(await waits.result(wait));
  } catch (error) {
    return endedBadly(error, waitFor(task), temporal);
  }
}

async function onInterrupt(open: ReadonlySet<Task>, view: LiveView, stage: Stage, stop: () => void): Promise<void> {
  const { output, failed } = stage;
  const tasks = `${open.size} ${open.size === 1 ? 'task' : 'tasks'}`;
  if (failed) {
    view.above(() => output.say(`Stopped, and the wait for ${tasks} with it. The tasks themselves go on.`));
    stop();
    return;
  }
  if (output.isLive && process.stdin.isTTY) {
    view.pause(true);
    process.stderr.write(`Cancel the wait for ${tasks} [c], only stop watching [s], or go on [any other key]? `);
    const key = (await pressedKey(process.stdin)) ?? 's';
    process.stderr.write('\n');
    view.pause(false);
    if (key === 'c') {
      await cancelAll(open, view, stage);
      return;
    }
    if (key !== 's' && key !== CTRL_C) return;
  }
  view.above(() =>
    output.say(`Stopped watching; the wait for ${tasks} goes on. The same command attaches to it again.`),
  );
  stop();
}

/** The waits that were started here, not those of parents for the same tasks. Each shows its end by itself. */
async function cancelAll(open: ReadonlySet<Task>, view: LiveView, { temporal, output }: Stage): Promise<void> {
  const cancel = (task: Task) => temporal.waits.cancel({ workflowId: workflowIdOf(task, temporal) });
  const cancelled = await Promise.allSettled([...open].map(cancel));
  const failed = cancelled.filter((each) => each.status === 'rejected' || each.value === 'requested').length;
  if (failed > 0)
    view.above(() =>
      output.say(`Cancellation requested, not yet confirmed, of ${failed}: no worker has acted on it within 5 s.`),
    );
}

function workflowIdOf({ taskId, region }: Task, { waits: { taskQueue } }: Temporal): string {
  return clientWorkflowId(taskQueue, region, taskId);
}

const CTRL_C = '\x03';

function stoppedEarly(): CliError {
  return new CliError(EXIT.interrupted, 'Stopped before anything was waited for.');
}
