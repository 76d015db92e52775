import { defineQuery } from '@temporalio/workflow';
import type { RedisActionState } from '../../contract/action/view.js';

/**
 * Where a change stands.
 *
 * @example
 * ```ts
 * const { stage, submits, taskIds } = await client.workflow.getHandle('resize-CHG-4711').query(getActionState);
 * ```
 */
export const getActionState = defineQuery<RedisActionState>('getState');
