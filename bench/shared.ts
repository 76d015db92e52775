import { type Beside, type BesideParameters, measureBeside } from './shared/beside.js';
import { type Calm, type CalmParameters, measureCalm } from './shared/calm.js';
import { type Crowd, type CrowdParameters, measureCrowd } from './shared/crowd.js';
import { type KilledWorker, type KilledWorkerParameters, measureKilledWorker } from './shared/killed-worker.js';
import type { Rates } from './shared/side.js';
import { definePart } from './support/part.js';

export interface SharedParameters {
  readonly rates: Rates;
  readonly beside: BesideParameters;
  readonly crowds: readonly CrowdParameters[];
  readonly calms: readonly CalmParameters[];
  readonly killedWorker: KilledWorkerParameters;
}

export interface SharedFigures {
  readonly beside: Beside;
  readonly crowds: readonly Crowd[];
  readonly calms: readonly Calm[];
  readonly killedWorker: readonly KilledWorker[];
}

export const shared = definePart({
  about: 'shared waits beside waits that are paced by timers',

  parametersFor: ({ quick, settings }): SharedParameters => ({
    rates: { rps: 15, listRps: 40, settings },
    beside: quick ? { waits: 30, endSeconds: 20 } : { waits: 300, endSeconds: 240 },
    crowds: quick
      ? [{ waits: 100, quietSeconds: 10, endsPerSecond: 5, endSeconds: 10 }]
      : [
          { waits: 3_000, quietSeconds: 60, endsPerSecond: 5, endSeconds: 120 },
          { waits: 10_000, quietSeconds: 0, endsPerSecond: 5, endSeconds: 120 },
        ],
    calms: quick
      ? [{ waits: 10, grownSeconds: 5, seconds: 15, endSeconds: 5 }]
      : [3, 40].map((waits) => ({ waits, grownSeconds: 45, seconds: 60, endSeconds: 60 })),
    killedWorker: quick ? { waits: 30, endSeconds: 20 } : { waits: 150, endSeconds: 60 },
  }),

  async measure({ rates, beside, crowds, calms, killedWorker }, say): Promise<SharedFigures> {
    const figures = {
      beside: await measureBeside(beside, rates, say),
      // These wait for timers most of the time.
      calms: await Promise.all(calms.map((calm) => measureCalm(calm, rates, say))),
      killedWorker: await measureKilledWorker(killedWorker, rates, say),
    };
    const crowded: Crowd[] = [];
    for (const crowd of crowds) crowded.push(await measureCrowd(crowd, rates, say));
    return { ...figures, crowds: crowded };
  },
});
