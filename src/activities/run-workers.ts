import { setTimeout } from 'node:timers/promises';
import type { Worker } from '@temporalio/worker';
import { showGauges } from './worker-gauges.js';

type Run = (worker: Worker) => Promise<void>;

/**
 * Runs two workers: of waits, and of their calls. When one ends or fails, the other is stopped.
 *
 * @param runFirst - how to run the first one
 * @param signal - stops both
 * @throws the error of the worker that failed
 */
export async function runWorkers(first: Worker, second: Worker, runFirst = run, signal?: AbortSignal): Promise<void> {
  const runs = [runFirst(first), second.run()] as const;
  const stopBoth = () => Promise.all([stop(first, runs[0]), stop(second, runs[1])]);
  if (signal?.aborted) void stopBoth();
  signal?.addEventListener('abort', () => void stopBoth(), { once: true });
  const stopGauges = showGauges(first, second);
  const results = await Promise.allSettled(runs.map((each) => each.finally(stopBoth)));
  stopGauges();
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Ends a worker that cannot do its work. It has to run for a moment: only then does it close its connection. */
export async function runAndStop(worker: Worker, run: Run): Promise<void> {
  const running = run(worker);
  await Promise.allSettled([running, stop(worker, running)]);
}

function run(worker: Worker): Promise<void> {
  return worker.run();
}

/** Stops a worker. If a plugin delays its start, it is stopped as soon as it runs. */
async function stop(worker: Worker, running: Promise<void>): Promise<void> {
  const ended = running.then(
    () => true,
    () => true,
  );
  while (worker.getState() === 'INITIALIZED' && !(await Promise.race([ended, setTimeout(5, false)])));
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
