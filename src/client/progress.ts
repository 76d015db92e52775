import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { LimitFunction } from 'p-limit';
import type { RedisTaskWaitState } from '../contract/task/view.js';
import { RedisTaskStateError } from './error.js';
import { queryState } from './query.js';
import { readerOf } from './readable.js';
import { isUnanswered, pollersSince, WORKFLOWS } from './workers.js';

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

/** How long after its time a poll is visible. */
const POLL_SHOWS_AFTER_MS = 300;

/** Yields the state of a wait, or of a change, whenever it has changed, until that has ended. */
export async function* progressOf<S extends object = RedisTaskWaitState>(
  client: Client,
  handle: WorkflowHandle,
  limit: LimitFunction,
  { intervalMs = 1_000, signal, onWorkerChange }: ProgressOptions = {},
): AsyncGenerator<S, void> {
  // Who follows many waits ends them with one signal. Node would warn of more than ten.
  if (signal instanceof EventTarget) setMaxListeners(0, signal);
  let last: string | undefined;
  let hasWorker = true;
  let pauseMs = intervalMs;
  for (;;) {
    const { isEnded, ...look } = await limit(async () => {
      // Before the query, so that the last state is the final one.
      const description = await readerOf(client).getHandle(handle.workflowId).describe();
      const { state, hasWorker } = await lookAt<S>(client, handle, description.taskQueue);
      return { isEnded: description.status.name !== 'RUNNING', hasWorker, state };
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
    const quietMs = state ? Date.parse(nextPollOf(state)) - Date.now() + POLL_SHOWS_AFTER_MS : 2 * pauseMs;
    pauseMs = Math.min(Math.max(intervalMs, quietMs || 0), 10 * intervalMs);
    await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal?.aborted) return;
  }
}

/** A change has none. */
function nextPollOf(state: { readonly nextPollAt?: string | null }): string {
  return state.nextPollAt ?? '';
}

interface Look<S> {
  readonly state?: S;
  readonly hasWorker: boolean;
}

async function lookAt<S>(client: Client, handle: WorkflowHandle, taskQueue: string): Promise<Look<S>> {
  const answer = await ask<S>(client, handle);
  if (answer) return answer;
  // The server has asked the worker that has the wait in its cache, which may be gone.
  const request = { namespace: client.options.namespace, execution: { workflowId: handle.workflowId } };
  await client.workflowService.resetStickyTaskQueue(request).catch(() => undefined);
  const answerOfAny = await ask<S>(client, handle);
  if (answerOfAny) return answerOfAny;
  const pollers = await pollersSince(client, taskQueue, WORKFLOWS, Date.now() - ANSWER_WITHIN_MS);
  return { hasWorker: pollers.length > 0 };
}

/** Undefined when nobody answers. */
async function ask<S>(client: Client, handle: WorkflowHandle): Promise<Look<S> | undefined> {
  try {
    const state = await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => queryState<S>(handle));
    return { state, hasWorker: true };
  } catch (error) {
    // A wait whose input was refused has no state.
    if (error instanceof RedisTaskStateError) return error.reason === 'refused' ? { hasWorker: true } : undefined;
    if (isUnanswered(error)) return undefined;
    throw error;
  }
}
