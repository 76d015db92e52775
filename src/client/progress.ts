import { setTimeout } from 'node:timers/promises';
import { QueryNotRegisteredError, type WorkflowHandle } from '@temporalio/client';
import type { RedisTaskWaitState } from '../contract/view.js';

/** Options of `RedisTaskClient.progress`. */
export interface ProgressOptions {
  /** Time between two looks, in milliseconds. Each is a query, which a worker answers. @default 1000 */
  readonly intervalMs?: number;
}

/** Yields the state of a wait whenever it differs from the last one seen, until the wait has ended. */
export async function* progressOf(
  handle: WorkflowHandle,
  { intervalMs = 1_000 }: ProgressOptions = {},
): AsyncGenerator<RedisTaskWaitState> {
  let last = '';
  for (;;) {
    // Asked first, so that the state which follows is not older than the answer.
    const { status } = await handle.describe();
    const state = await stateOf(handle);
    // The time waited alone is no news.
    const facts = JSON.stringify({ ...state, waitedMs: 0 });
    if (state && facts !== last) yield state;
    last = facts;
    if (status.name !== 'RUNNING') return;
    await setTimeout(intervalMs);
  }
}

/** A wait whose input was refused has no state; one that has just been started has none yet. */
async function stateOf(handle: WorkflowHandle): Promise<RedisTaskWaitState | undefined> {
  try {
    return await handle.query<RedisTaskWaitState>('getState');
  } catch (error) {
    if (error instanceof QueryNotRegisteredError) return undefined;
    throw error;
  }
}
