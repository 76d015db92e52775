import { setTimeout } from 'node:timers/promises';
import { type Client, QueryNotRegisteredError, type WorkflowHandle } from '@temporalio/client';
import type { LimitFunction } from 'p-limit';
import { WAIT_IS_LOADING } from '../contract/messages.js';
import type { RedisTaskWaitState } from '../contract/view.js';
import { readerOf } from './readable.js';
import { withWatchedPolls } from './watched.js';
import { grpcCode, isUnanswered, pollersSince, WORKFLOWS } from './workers.js';

/**
 * Options of `RedisTaskClient.progress`.
 *
 * @example
 * ```ts
 * const options: ProgressOptions = {
 *   intervalMs: 5_000,
 *   signal: AbortSignal.timeout(60_000),
 *   onWorkerChange: (hasWorker) => console.log(hasWorker ? 'a worker is back' : 'no worker'),
 * };
 * for await (const { status } of waits.progress({ taskId: 18215, region: 'ap-guangzhou' }, options)) console.log(status);
 * ```
 */
export interface ProgressOptions {
  /**
   * Shortest time between two looks, in milliseconds. Each is a query, which a worker answers. While the next poll is
   * further away, or no worker answers, the time is longer: up to ten times this.
   * @default 1000
   */
  readonly intervalMs?: number;
  /** Stops the iteration without an error. The wait goes on. */
  readonly signal?: AbortSignal;
  /**
   * Called with `false` when the wait turns out to have no worker (within some 3 s of a look), and with `true` when it has
   * one again. The wait goes on by itself when a worker comes.
   */
  readonly onWorkerChange?: (hasWorker: boolean) => void;
}

/** An idle worker answers in milliseconds. */
const ANSWER_WITHIN_MS = 1_500;
const ASK_AGAIN_MS = 100;

/** The server refuses to ask a wait that no worker has begun: FAILED_PRECONDITION. */
const NOT_BEGUN = 9;

/** How long after its time a poll is visible. */
const POLL_SHOWS_AFTER_MS = 300;

/** Yields the state of a wait whenever it has changed, until the wait has ended. */
export async function* progressOf(
  client: Client,
  handle: WorkflowHandle,
  limit: LimitFunction,
  { intervalMs = 1_000, signal, onWorkerChange }: ProgressOptions = {},
): AsyncGenerator<RedisTaskWaitState, void> {
  let last: string | undefined;
  let hasWorker = true;
  let pauseMs = intervalMs;
  for (;;) {
    const { isEnded, ...look } = await limit(async () => {
      // Before the query, so that the last state is the final one.
      const description = await readerOf(client).getHandle(handle.workflowId).describe();
      const { state, hasWorker } = await lookAt(client, handle, description.taskQueue);
      const known = state && (await withWatchedPolls(state, description, client));
      return { isEnded: description.status.name !== 'RUNNING', hasWorker, state: known };
    });
    if (signal?.aborted) return;
    if (look.hasWorker !== hasWorker) onWorkerChange?.(look.hasWorker);
    ({ hasWorker } = look);
    const { state } = look;
    // The time waited alone is no change.
    const facts = JSON.stringify({ ...state, waitedMs: 0 });
    if (state && facts !== last) yield state;
    last = facts;
    if (isEnded) return;
    const quietMs = state ? Date.parse(state.nextPollAt ?? '') - Date.now() + POLL_SHOWS_AFTER_MS : 2 * pauseMs;
    pauseMs = Math.min(Math.max(intervalMs, quietMs || 0), 10 * intervalMs);
    await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal?.aborted) return;
  }
}

/** Asks again while a worker is loading the wait: it refuses a query of events that it has not been given yet. */
export async function queryState(handle: Pick<WorkflowHandle, 'query'>): Promise<RedisTaskWaitState> {
  for (;;) {
    try {
      return await handle.query<RedisTaskWaitState>('getState');
    } catch (error) {
      if (!(error instanceof QueryNotRegisteredError && error.message === WAIT_IS_LOADING)) throw error;
      await setTimeout(ASK_AGAIN_MS);
    }
  }
}

interface Look {
  readonly state?: RedisTaskWaitState;
  readonly hasWorker: boolean;
}

async function lookAt(client: Client, handle: WorkflowHandle, taskQueue: string): Promise<Look> {
  const answer = await ask(client, handle);
  if (answer) return answer;
  // The server has asked the worker that has the wait in its cache, which may be gone.
  const request = { namespace: client.options.namespace, execution: { workflowId: handle.workflowId } };
  await client.workflowService.resetStickyTaskQueue(request).catch(() => undefined);
  const answerOfAny = await ask(client, handle);
  if (answerOfAny) return answerOfAny;
  const pollers = await pollersSince(client, taskQueue, WORKFLOWS, Date.now() - ANSWER_WITHIN_MS);
  return { hasWorker: pollers.length > 0 };
}

/** Undefined when nobody answers. */
async function ask(client: Client, handle: WorkflowHandle): Promise<Look | undefined> {
  try {
    const state = await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => queryState(handle));
    return { state, hasWorker: true };
  } catch (error) {
    // A wait whose input was refused has no state.
    if (error instanceof QueryNotRegisteredError) return { hasWorker: true };
    if (isUnanswered(error) || grpcCode(error) === NOT_BEGUN) return undefined;
    throw error;
  }
}
