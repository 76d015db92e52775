import type { Worker, WorkerOptions, WorkerPlugin } from '@temporalio/worker';

type Run = (worker: Worker) => Promise<void>;

interface RunOptions {
  /** How to run each. @default its own `run` */
  readonly run?: Run | undefined;
  /** Stops all of them. */
  readonly signal?: AbortSignal | undefined;
}

/** Workers that another plugin holds up, and that are to stop as soon as they run. */
const unwanted = new WeakSet<Worker>();

/** Put it into the options of each worker that runs with others: they can then end it before it has begun. */
export const TOGETHER: WorkerPlugin = {
  name: 'temporal-tencent-redis.Together',
  configureWorker: innermost,
  async runWorker(worker, next) {
    const running = next(worker);
    if (unwanted.has(worker)) stop(worker);
    await running;
  },
};

/** Moves that plugin to the end of all, where nothing comes between it and the worker. */
export function innermost(options: WorkerOptions): WorkerOptions {
  const others = (options.plugins ?? []).filter((each) => each !== TOGETHER);
  return { ...options, plugins: [...others, TOGETHER] };
}

/**
 * Runs workers together: when one ends or fails, the others are stopped.
 *
 * @throws the error of the worker that failed first
 */
export async function runTogether(
  workers: readonly Worker[],
  { run = (worker) => worker.run(), signal }: RunOptions = {},
): Promise<void> {
  const errors: unknown[] = [];
  const stopAll = () => workers.forEach(stop);
  const runs = workers.map((worker) =>
    run(worker)
      .catch((error: unknown) => void errors.push(error))
      .finally(stopAll),
  );
  if (signal?.aborted) stopAll();
  signal?.addEventListener('abort', stopAll);
  await Promise.all(runs);
  signal?.removeEventListener('abort', stopAll);
  if (errors.length > 0) throw errors[0];
}

/**
 * Creates the workers that run together with the first. When one cannot be created, those before it end: they have to run
 * for that, since only then does a worker close what it has open.
 */
export async function createTogether<const Creates extends readonly (() => Promise<Worker>)[]>(
  first: Worker,
  creates: Creates,
  run?: Run,
): Promise<{ -readonly [I in keyof Creates]: Worker }> {
  const others: Worker[] = [];
  try {
    for (const create of creates) others.push(await create());
  } catch (error) {
    await runTogether([first, ...others], { run, signal: AbortSignal.abort() }).catch(() => undefined);
    throw error;
  }
  return others as { -readonly [I in keyof Creates]: Worker };
}

function stop(worker: Worker): void {
  unwanted.add(worker);
  if (worker.getState() === 'RUNNING') worker.shutdown();
}
