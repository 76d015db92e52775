import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { RedisTaskWatchState, WatchJoins } from '../../contract/watch/register.js';
import {
  JOIN_SIGNAL,
  JOINS_QUERY,
  type SweepStatus,
  SWEPT_SIGNAL,
  WATCH_REPORT_SIGNAL,
  WATCH_STATE_QUERY,
  type WatchedWait,
} from '../../contract/watch/watch.js';
import type { WatchReport } from '../../contract/watch/watched-wait.js';

/**
 * How a watch of shared waits stands.
 *
 * @example
 * ```ts
 * const { waits, lastSweepAt } = await client.workflow.getHandle('redis-task/ap-guangzhou/watch').query(getWatchState);
 * ```
 */
export const getWatchState = defineQuery<RedisTaskWatchState>(WATCH_STATE_QUERY);

// Internal.
export const join = defineSignal<[readonly WatchedWait[]]>(JOIN_SIGNAL);
export const swept = defineSignal<[SweepStatus]>(SWEPT_SIGNAL);
export const joinsAfter = defineQuery<WatchJoins, [number]>(JOINS_QUERY);
export const watchReport = defineSignal<[WatchReport]>(WATCH_REPORT_SIGNAL);
