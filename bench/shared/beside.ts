import type { Say } from '../support/part.js';
import { startStage } from '../support/start-stage.js';
import { type Calls, type Lateness, type Pacing, type Rates, Side } from './side.js';

export interface BesideParameters {
  readonly waits: number;
  /** Over how long the tasks end. */
  readonly endSeconds: number;
}

/** Waits of one pacing, from the start of the first to the end of the last. */
export interface SideFigures {
  readonly late: Lateness;
  readonly calls: Calls;
  readonly events: { readonly median: number; readonly mean: number; readonly most: number };
}

export interface Beside {
  readonly waits: number;
  readonly timers: SideFigures;
  readonly shared: SideFigures;
}

/** The same tasks for both pacings, in the same minutes and on one server. */
export async function measureBeside({ waits, endSeconds }: BesideParameters, rates: Rates, say: Say): Promise<Beside> {
  const stage = await startStage();
  try {
    const measure = async (pacing: Pacing): Promise<SideFigures> => {
      const side = await Side.start(stage, pacing, rates);
      say(`${waits} waits, ${pacing}: starting`);
      await side.startWaits(waits);
      await side.firstPollsMade();
      say(`${waits} waits, ${pacing}: tasks end over ${endSeconds} s`);
      await side.endTasks(waits, endSeconds);
      const late = await side.lateness();
      return { late, calls: side.calls(), events: await side.events() };
    };
    const [timers, shared] = await Promise.all([measure('timers'), measure('shared')]);
    return { waits, timers, shared };
  } finally {
    await stage.close();
  }
}
