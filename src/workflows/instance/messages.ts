import { defineQuery } from '@temporalio/workflow';
import type { RedisInstanceWaitState } from '../../contract/instance/view.js';

/**
 * Where a wait for instances stands.
 *
 * @example
 * ```ts
 * const { instances, deal, nextPollAt } = await client.workflow.getHandle(workflowId).query(getInstanceState);
 * ```
 */
export const getInstanceState = defineQuery<RedisInstanceWaitState>('getState');
