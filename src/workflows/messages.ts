import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { RedisTaskDuration } from '../contract/duration.js';
import type { RedisTaskWaitState } from '../contract/view.js';

/** Where a wait stands. */
export const getState = defineQuery<RedisTaskWaitState>('getState');

/** Polls at once, for instance because the task is known to have ended. Its pace goes on unchanged. */
export const pollNow = defineSignal('pollNow');

/** Sets the total of `maxWait`, counted from the start of the wait. Returns the new state. */
export const extendWait = defineUpdate<RedisTaskWaitState, [{ readonly maxWait: RedisTaskDuration }]>('extendWait');
