import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { RedisTaskDuration } from '../contract/duration.js';
import type { RedisTaskWaitState } from '../contract/view.js';

/** Where a wait stands. */
export const getState = defineQuery<RedisTaskWaitState>('getState');

/** Polls at once, for instance because the task is known to have ended. Its pace goes on unchanged. */
export const pollNow = defineSignal('pollNow');

/**
 * Joins a wait that runs: its deadline moves to no earlier than `maxWait` from now, never nearer. For whoever would have
 * started the wait and found it running, as `RedisTaskClient` and the Nexus handler do by themselves. An argument that
 * breaks the rules of the input's `maxWait` changes nothing.
 */
export const joinWait = defineSignal<[{ readonly maxWait: RedisTaskDuration }]>('joinWait');

/** Sets the total of `maxWait`, counted from the start of the wait. Returns the new state. */
export const extendWait = defineUpdate<RedisTaskWaitState, [{ readonly maxWait: RedisTaskDuration }]>('extendWait');
