import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from '../support/part.js';
import { startStage } from '../support/start-stage.js';
import { sumOf } from '../support/worker-page.js';
import { type Lateness, type Rates, Side } from './side.js';

export interface KilledWorkerParameters {
  readonly waits: number;
  /** Over how long the tasks end; a third of it has passed when the worker is killed. */
  readonly endSeconds: number;
}

/** Who sweeps after the worker that swept was killed. */
export type Successor = 'another worker' | 'a new worker 2 s later';

export interface KilledWorker {
  readonly successor: Successor;
  readonly late: Lateness;
}

/** Kills the worker that sweeps. */
export async function measureKilledWorker(
  { waits, endSeconds }: KilledWorkerParameters,
  rates: Rates,
  say: Say,
): Promise<KilledWorker[]> {
  const measure = async (successor: Successor): Promise<KilledWorker> => {
    const stage = await startStage();
    try {
      const side = await Side.start(stage, 'shared', rates);
      if (successor === 'another worker') await side.addWorker();
      await side.startWaits(waits);
      await side.watched();
      await side.firstPollsMade();
      const ending = side.endTasks(waits, endSeconds);
      await sleep((endSeconds * 1_000) / 3);
      say(`${waits} waits: the worker that sweeps is killed, then ${successor}`);
      await (await sweepingWorker(side)).process.kill();
      if (successor !== 'another worker') {
        await sleep(2_000);
        await side.addWorker();
      }
      await ending;
      return { successor, late: await side.lateness() };
    } finally {
      await stage.close();
    }
  };
  return Promise.all([measure('another worker'), measure('a new worker 2 s later')]);
}

async function sweepingWorker({ workers }: Side) {
  const sweeps = () => Promise.all(workers.map(({ http }) => sumOf(http, 'redis_task_watch_sweeps_total')));
  const before = await sweeps();
  for (;;) {
    const after = await sweeps();
    const worker = workers.find((_, index) => (after[index] ?? 0) > (before[index] ?? 0));
    if (worker) return worker;
    await sleep(100);
  }
}
