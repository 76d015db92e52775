import { upsertMemo } from '@temporalio/workflow';

/** The memo of a wait that others have joined: when the last of them did. */
const JOINED_MEMO = 'redisTaskJoinedAt';

/**
 * Leaves an event in history. A workflow task that decides by its time needs one: a timer, a call, or this.
 *
 * A task without commands that follows another such one has no time of its own (measured, SDK 1.24): a worker that loads the
 * workflow for an update is told of both as one task, at the time of the update. If that is refused, nothing of it is kept,
 * and a replay, which is told of the first at its own time, may decide otherwise: the wait would hang.
 */
export function leaveTrace(now: number): void {
  upsertMemo({ [JOINED_MEMO]: new Date(now).toISOString() });
}
