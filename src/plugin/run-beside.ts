import { setTimeout } from 'node:timers/promises';
import type { Worker } from '@temporalio/worker';

type Run = (worker: Worker) => Promise<void>;

/** Runs both workers to their end. When one ends, however it does, the other is stopped. Rejects if one failed. */
export async function runBeside(outer: Worker, run: Run, inner: Worker): Promise<void> {
  const outerRun = run(outer);
  const innerRun = inner.run();
  const results = await Promise.allSettled([
    outerRun.finally(() => stop(inner, innerRun)),
    innerRun.finally(() => stop(outer, outerRun)),
  ]);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Ends a worker that cannot do its work. Only one that has run lets go of its connection, so it runs for a moment. */
export async function giveUp(worker: Worker, run: Run): Promise<void> {
  const running = run(worker);
  await stop(worker, running);
  await Promise.allSettled([running]);
}

/** Stops a worker, or one that a plugin after ours has yet to let run, as soon as it does. */
async function stop(worker: Worker, run: Promise<void>): Promise<void> {
  const runs = { isOver: false };
  const over = () => void (runs.isOver = true);
  run.then(over, over);
  while (!runs.isOver && worker.getState() === 'INITIALIZED') await setTimeout(5);
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
