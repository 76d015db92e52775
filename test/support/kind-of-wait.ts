import type { WorkflowHandle } from '@temporalio/client';
import type { Waits } from './waits.js';

/** How a workflow must end: `COMPLETED`, `CANCELLED`, or the type of its failure. */
export type Ending = 'COMPLETED' | 'CANCELLED' | `Redis${string}`;

export type AnyHandle = WorkflowHandle<(...args: unknown[]) => Promise<unknown>>;

/** One way in which a wait or a change can go. */
export interface KindOfWait {
  readonly ending: Ending;
  /** It takes half a minute or more, so it is recorded and replayed, but played only by `npm run test:long`. */
  readonly isLong?: true;
  /** Starts it under this id and does what belongs to it; what was started ends by itself afterwards. */
  play(waits: Waits, workflowId: string): Promise<AnyHandle>;
}
