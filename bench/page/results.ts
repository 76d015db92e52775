import type { CallCosts } from '../call.js';
import type { Fleet, FleetParameters } from '../fleet.js';
import type { SharedFigures, SharedParameters } from '../shared.js';
import type { StartFigures, StartParameters } from '../start.js';
import { readResult, type Result } from '../support/results.js';

export interface CallParameters {
  readonly rounds: number;
  readonly calls: number;
}

/** What the page is made of. */
export interface PageResults {
  readonly call: Result<CallParameters, CallCosts>;
  readonly start: Result<StartParameters, StartFigures>;
  readonly fleet: Result<FleetParameters, readonly Fleet[]>;
  readonly shared: Result<SharedParameters, SharedFigures>;
}

/** @throws Error that names a part which has not been measured yet */
export async function readPageResults(): Promise<PageResults> {
  return {
    call: await read('call'),
    start: await read('start'),
    fleet: await read('fleet'),
    shared: await read('shared'),
  };
}

async function read<Parameters, Figures>(part: string): Promise<Result<Parameters, Figures>> {
  const result = await readResult<Parameters, Figures>(part);
  if (!result) throw new Error(`There is no result yet: npm run bench -- --only ${part}`);
  return result;
}
