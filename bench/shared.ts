import { type Beside, type BesideParameters, measureBeside } from './shared/beside.js';
import { type Calm, type CalmParameters, measureCalm } from './shared/calm.js';
import { type Crowd, type CrowdParameters, measureCrowd } from './shared/crowd.js';
import { type KilledWorker, type KilledWorkerParameters, measureKilledWorker } from './shared/killed-worker.js';
import type { Rates } from './shared/side.js';
import { definePart } from './support/part.js';

export interface SharedParameters {
  readonly rates: Rates;
  readonly beside: BesideParameters;
  readonly crowd: CrowdParameters;
  readonly calm: CalmParameters;
  readonly killedWorker: KilledWorkerParameters;
}

export interface SharedFigures {
  readonly beside: Beside;
  readonly crowd: Crowd;
  readonly calm: Calm;
  readonly killedWorker: readonly KilledWorker[];
}

export const shared = definePart({
  about: 'shared waits beside waits that are paced by timers',

  parametersFor: ({ quick, settings }): SharedParameters => ({
    rates: { rps: 15, listRps: 40, settings },
    beside: quick ? { waits: 30, endSeconds: 20 } : { waits: 300, endSeconds: 240 },
    crowd: quick
      ? { waits: 100, quietSeconds: 10, endsPerSecond: 5, endSeconds: 10 }
      : { waits: 2_000, quietSeconds: 60, endsPerSecond: 5, endSeconds: 60 },
    calm: quick ? { waits: 10, grownSeconds: 5, seconds: 15 } : { waits: 40, grownSeconds: 45, seconds: 60 },
    killedWorker: quick ? { waits: 30, endSeconds: 20 } : { waits: 150, endSeconds: 60 },
  }),

  async measure({ rates, beside, crowd, calm, killedWorker }, say): Promise<SharedFigures> {
    // Calls are counted in a calm, and that does not depend on how busy the machine is.
    const [besides, calms] = await Promise.all([measureBeside(beside, rates, say), measureCalm(calm, rates, say)]);
    return {
      beside: besides,
      calm: calms,
      crowd: await measureCrowd(crowd, rates, say),
      killedWorker: await measureKilledWorker(killedWorker, rates, say),
    };
  },
});
