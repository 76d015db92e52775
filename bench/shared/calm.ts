import { setTimeout as sleep } from 'node:timers/promises';
import type { Say } from '../support/part.js';
import { startStage } from '../support/start-stage.js';
import { type Calls, type Lateness, type Pacing, type Rates, Side } from './side.js';

export interface CalmParameters {
  readonly waits: number;
  /** By when the intervals of a wait have grown to the longest. */
  readonly grownSeconds: number;
  readonly seconds: number;
  /** Over how long the tasks end after that. */
  readonly endSeconds: number;
}

/** Few waits: their calls while nothing changes, and how late they end after that. */
export type Calm = { readonly waits: number } & Readonly<Record<Pacing, CalmSide>>;

interface CalmSide {
  readonly calls: Calls;
  readonly late: Lateness;
}

export async function measureCalm(
  { waits, grownSeconds, seconds, endSeconds }: CalmParameters,
  rates: Rates,
  say: Say,
): Promise<Calm> {
  const stage = await startStage();
  try {
    const measure = async (pacing: Pacing): Promise<CalmSide> => {
      const side = await Side.start(stage, pacing, rates);
      await side.startWaits(waits);
      await side.firstPollsMade();
      await sleep(grownSeconds * 1_000);
      say(`${waits} waits, ${pacing}: ${seconds} s in which nothing changes`);
      const fromMs = Date.now();
      await sleep(seconds * 1_000);
      const calls = side.calls(fromMs);
      await side.endTasks(waits, endSeconds);
      return { calls, late: await side.lateness() };
    };
    const [timers, shared] = await Promise.all([measure('timers'), measure('shared')]);
    return { waits, timers, shared };
  } finally {
    await stage.close();
  }
}
