import { type LeftBehind, type LeftBehindParameters, measureLeftBehind } from './memory/left-behind.js';
import { measureOpenWaits, type OpenWaits, type OpenWaitsParameters } from './memory/open-waits.js';
import { definePart } from './support/part.js';
import { PACINGS } from './support/waits.js';

export interface MemoryParameters {
  readonly waits: readonly number[];
  readonly open: OpenWaitsParameters;
  readonly leftBehind: LeftBehindParameters;
}

export interface MemoryFigures {
  readonly open: readonly OpenWaits[];
  readonly leftBehind: readonly LeftBehind[];
}

export const memory = definePart({
  about: 'the memory of a worker with many waits open, and its restart',

  parametersFor: ({ quick, waits, seconds, settings }): MemoryParameters => ({
    waits: waits ?? (quick ? [200] : [1_000, 5_000, 10_000]),
    open: { seconds: seconds ?? (quick ? 6 : 300), sampleSeconds: quick ? 1 : 5, rps: 15, settings },
    leftBehind: quick ? { waits: 10, seconds: 5 } : { waits: 50, seconds: seconds ?? 120 },
  }),

  async measure({ waits, open, leftBehind }, say): Promise<MemoryFigures> {
    const figures = { open: [] as OpenWaits[], leftBehind: [] as LeftBehind[] };
    for (const pacing of PACINGS) {
      say(`left behind by polls, ${pacing}`);
      figures.leftBehind.push(await measureLeftBehind(pacing, leftBehind));
    }
    for (const count of waits) {
      for (const pacing of PACINGS) figures.open.push(await measureOpenWaits(pacing, count, open, say));
    }
    return figures;
  },
});
