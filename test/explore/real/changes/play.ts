import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { RUN_REDIS_ACTION } from '../../../../src/contract/ids.js';
import { patiently, untilOver } from '../patience.js';
import { REGION } from '../starter.js';
import type { PlannedChange } from './plan.js';

/** A change that was played. */
export interface PlayedChange {
  readonly planned: PlannedChange;
  readonly wasCancelled: boolean;
  /** The same key was accepted once more after the end. */
  readonly ranTwice: boolean;
}

/** Starts a change in its time, cancels it if that is planned, and lets it go on for at most `limitMs`. */
export async function playChange(
  client: Client,
  planned: PlannedChange,
  runBeganAt: number,
  limitMs: number,
): Promise<PlayedChange> {
  await sleep(Math.max(0, runBeganAt + planned.beginsAtMs - Date.now()));
  // The answer to a start may be lost with the server: the same start again is refused then, too.
  await patiently(() => start(client, planned));
  const stop = new AbortController();
  let wasCancelled = false;
  const { key, cancelAtMs } = planned;
  const cancelling =
    cancelAtMs === undefined
      ? undefined
      : sleep(cancelAtMs, undefined, { signal: stop.signal }).then(
          async () => (wasCancelled = await cancel(client, key)),
          () => undefined,
        );
  const over = await Promise.race([
    patiently(() => untilOver(client.workflow.getHandle(key))).then(() => true),
    // One that has not ended by then is stuck, which its record will show.
    sleep(limitMs, false, { ref: false }),
  ]);
  stop.abort();
  await cancelling;
  return { planned, wasCancelled, ranTwice: over && (await patiently(() => start(client, planned))) };
}

/** @returns whether it was started */
async function start(client: Client, planned: PlannedChange): Promise<boolean> {
  try {
    await client.workflow.start(RUN_REDIS_ACTION, {
      taskQueue: 'redis-task',
      workflowId: planned.key,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      args: [inputOf(planned)],
    });
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}

/** @returns whether there was something to cancel */
function cancel(client: Client, key: string): Promise<boolean> {
  return patiently(async () => {
    try {
      await client.workflow.getHandle(key).cancel();
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  });
}

function inputOf({ key, index, kind, instanceIds, hasSecret, waitFor, maxWaitMs, pacing }: PlannedChange) {
  const { action, secret, params, answers, expect } = kind;
  const [InstanceId] = instanceIds;
  // The action that clears takes no remark.
  const mark =
    secret === undefined ? { Remark: key } : { [secret]: { $secret: hasSecret ? `secret-${index}` : 'missing' } };
  const instances = kind.isNew ? {} : answers === 'tasks' ? { InstanceIds: instanceIds } : { InstanceId };
  return {
    action,
    region: REGION,
    params: { ...instances, ...params, ...mark },
    waitFor,
    ...(expect && { expect }),
    maxWait: maxWaitMs,
    polling: { initialInterval: '1s', maximumInterval: '10s', pacing },
  };
}
