import { formatDuration } from '../contract/duration.js';
import type { RedisTaskWaitState } from '../contract/view.js';
import { printable } from './terminal.js';

/** The state of a wait on one line. */
export function stateText(state: RedisTaskWaitState): string {
  const { taskId, status, observation, polls, nextPollAt, deadline, lastError } = state;
  const nextPollMs = nextPollAt === null ? 0 : Date.parse(nextPollAt) - Date.now();
  const parts = [
    `${taskId} ${printable(status ?? 'not seen yet')}`,
    observation?.instanceId && printable(observation.instanceId),
    `polls ${polls}`,
    nextPollMs < 1_000 ? 'polling now' : `next poll in ${wholeSeconds(nextPollMs)}`,
    lastError && `last error ${printable(lastError.code)}: ${printable(lastError.message)}`,
    `deadline in ${wholeSeconds(Date.parse(deadline) - Date.now())}`,
  ];
  return parts.filter(Boolean).join(' · ');
}

function wholeSeconds(ms: number): string {
  return formatDuration(Math.max(0, Math.floor(ms / 1_000)) * 1_000);
}
