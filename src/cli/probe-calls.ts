import { randomUUID } from 'node:crypto';
import { ActivityExecutionFailedError, ServiceError, TimeoutFailure } from '@temporalio/client';
import type { RedisActivities } from '../activities/index.js';
import { apiTaskQueue } from '../contract/ids.js';
import { isRefusal, TAKEN_WITHIN_MS, type Verdict } from './probe.js';
import { isOutOfReach, type Temporal } from './temporal.js';

const DESCRIBE_TASK_INFO: keyof RedisActivities = 'describeTaskInfo';

/**
 * Puts a call into the queue of calls that ends at once, since its input is invalid on purpose: nothing is asked of the
 * API. Servers without activities of their own do not take it.
 */
export async function probeCalls({ waits: { client, taskQueue }, namespace }: Temporal): Promise<Verdict> {
  const activityId = `${taskQueue}/doctor/${randomUUID()}`;
  try {
    const probe = await client.activity.start(DESCRIBE_TASK_INFO, {
      id: activityId,
      taskQueue: apiTaskQueue(taskQueue),
      summary: 'A probe of redis-task: is there a worker?',
      scheduleToStartTimeout: TAKEN_WITHIN_MS,
      startToCloseTimeout: TAKEN_WITHIN_MS,
      retry: { maximumAttempts: 1 },
      // Others may be in the queue that is held to a rate.
      priority: { priorityKey: 1 },
      args: [{}],
    });
    await probe.result();
    return 'undone';
  } catch (error) {
    if (error instanceof ActivityExecutionFailedError) return verdictOf(error.cause);
    if (error instanceof ServiceError && !isOutOfReach(error)) return 'unknown';
    throw error;
  } finally {
    await client.workflowService.deleteActivityExecution({ namespace, activityId }).catch(() => undefined);
  }
}

function verdictOf(cause: unknown): Verdict {
  if (isRefusal(cause)) return 'done';
  return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START' ? 'untaken' : 'undone';
}
