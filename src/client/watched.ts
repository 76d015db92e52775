import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { type RedisTaskWaitState, viewOf } from '../contract/view.js';
import { readWatchMemory } from '../contract/watch.js';
import { decodeFirst } from './readable.js';
import { msOf } from './workers.js';

/**
 * The state of a wait, with what the server knows more: with compact pacing, the wait hears of polls only when something
 * changes, but their activity has told the server of each.
 */
export async function withWatchedPolls(
  state: RedisTaskWaitState,
  { raw }: WorkflowExecutionDescription,
  client: Client,
): Promise<RedisTaskWaitState> {
  const watch = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'watchTaskInfo');
  if (!watch?.heartbeatDetails) return state;
  const memory = readWatchMemory(await decodeFirst(client, watch.heartbeatDetails.payloads));
  // The wait may have heard of more since it was described.
  if (!memory || memory.state.polls < state.polls) return state;
  const { nextAttemptScheduleTime: next } = watch;
  const { status, polls, lastError, observation } = viewOf(state, memory.state, Date.now());
  return {
    ...state,
    status,
    polls,
    nextPollAt: next ? new Date(msOf(next)).toISOString() : null,
    ...(lastError && { lastError }),
    ...(observation && { observation }),
  };
}
