import type { WaitRecord } from './wait-record.js';

/** How exactly an oracle can know what happened when. */
export interface Precision {
  /** By how much two clocks, or a report and what it reports, may differ. */
  readonly clockMs: number;
  /** What a busy machine may add to anything that takes time. */
  readonly busyMs: number;
}

/** What the contract says of a wait. Each answer is a sentence that tells what was wrong. */
export type Rule = (record: WaitRecord, precision: Precision) => Iterable<string>;

/** What a cancellation may take, and how long a call may outlive its wait. */
export const CANCEL_MS = 2_000;
