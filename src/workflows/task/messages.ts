import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { RedisTaskDuration } from '../../contract/duration.js';
import type { RedisTaskWaitState } from '../../contract/task/view.js';

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
