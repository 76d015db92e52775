import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { RedisTaskDuration } from '../contract/duration.js';
import type { RedisInstanceWaitState } from '../contract/instance/view.js';
import type { RedisTaskWaitState } from '../contract/view.js';

/**
 * Where a wait stands.
 *
 * @example
 * ```ts
 * const { status, polls, nextPollAt } = await client.workflow.getHandle(workflowId).query(getState);
 * ```
 */
export const getState = defineQuery<RedisTaskWaitState>('getState');

/**
 * Where a wait for instances stands.
 *
 * @example
 * ```ts
 * const { instances, deal, nextPollAt } = await client.workflow.getHandle(workflowId).query(getInstanceState);
 * ```
 */
export const getInstanceState = defineQuery<RedisInstanceWaitState>('getState');

/**
 * Polls at once, for example because you know that the task has ended. The pace goes on unchanged.
 *
 * @example
 * ```ts
 * await client.workflow.getHandle(workflowId).signal(pollNow);
 * ```
 */
export const pollNow = defineSignal('pollNow');

/**
 * Joins a running wait: its deadline moves to at least `maxWait` from now, never nearer. Send it when you wanted to start
 * a wait that runs already; `RedisTaskClient` and the Nexus handler do so themselves. An invalid `maxWait` changes nothing.
 *
 * @example
 * ```ts
 * await client.workflow.getHandle(workflowId).signal(joinWait, { maxWait: '1h' });
 * ```
 */
export const joinWait = defineSignal<[{ readonly maxWait: RedisTaskDuration }]>('joinWait');

/**
 * Sets the total of `maxWait`, counted from the start of the wait. Returns the new state.
 *
 * @example
 * ```ts
 * const { deadline } = await client.workflow.getHandle(workflowId).executeUpdate(extendWait, { args: [{ maxWait: '4h' }] });
 * ```
 */
export const extendWait = defineUpdate<RedisTaskWaitState, [{ readonly maxWait: RedisTaskDuration }]>('extendWait');
