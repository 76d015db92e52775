import { measureOpenWaits, type OpenWaits, type OpenWaitsParameters } from './memory/open-waits.js';
import { definePart } from './support/part.js';
import { PACINGS } from './support/waits.js';

export interface MemoryParameters {
  readonly waits: readonly number[];
  readonly open: OpenWaitsParameters;
}

export interface MemoryFigures {
  readonly open: readonly OpenWaits[];
}

export const memory = definePart({
  about: 'the memory of a worker with many waits open, and its restart',

  parametersFor: ({ quick, waits, seconds, settings }): MemoryParameters => ({
    waits: waits ?? (quick ? [200] : [1_000, 5_000, 10_000]),
    open: { seconds: seconds ?? (quick ? 6 : 300), sampleSeconds: quick ? 1 : 5, rps: 15, settings },
  }),

  async measure({ waits, open }, say): Promise<MemoryFigures> {
    const figures = { open: [] as OpenWaits[] };
    for (const count of waits) {
      // At the same time: it is memory that is measured.
      figures.open.push(...(await Promise.all(PACINGS.map((pacing) => measureOpenWaits(pacing, count, open, say)))));
    }
    return figures;
  },
});
