import {
  ActivityExecutionFailedError,
  ApplicationFailure,
  ServiceError,
  TimeoutFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import { BEGUN_WITHIN_MS, isUnanswered, pollersSince, takersAmong, WORKFLOWS } from '../client/workers.js';
import { AWAIT_REDIS_TASK } from '../contract/ids.js';
import type { Temporal } from './temporal.js';

/** A wait that no worker has taken has started, scheduled its first task and timed out. */
const UNTAKEN_EVENTS = 3;

/** What became of a probe. `undone`: a worker took it and did something else. `unclear`: busy workers, or not allowed. */
export type Verdict = 'done' | 'untaken' | 'undone' | 'unclear';

/**
 * Puts work with an invalid input into a queue, which ends it at once. Nothing is asked of the API.
 *
 * @throws what {@link verdictOnError} knows
 */
export type Probe = (temporal: Temporal, queue: string, id: string) => Promise<Verdict>;

export async function probeWaits(
  { waits: { client }, namespace }: Temporal,
  taskQueue: string,
  workflowId: string,
): Promise<Verdict> {
  try {
    await client.workflow.execute(AWAIT_REDIS_TASK, {
      taskQueue,
      workflowId,
      staticSummary: 'A probe of redis-task doctor',
      workflowExecutionTimeout: BEGUN_WITHIN_MS,
      args: [{}],
    });
    return 'undone';
  } catch (error) {
    if (!(error instanceof WorkflowFailedError && error.cause instanceof TimeoutFailure)) throw error;
    const handle = client.workflow.getHandle(workflowId);
    const [{ startTime }, { events }] = await Promise.all([handle.describe(), handle.fetchHistory()]);
    if (events?.some(({ workflowTaskFailedEventAttributes: failed }) => failed)) return 'undone';
    if ((events?.length ?? 0) > UNTAKEN_EVENTS) return 'unclear';
    const pollers = await pollersSince(client, taskQueue, WORKFLOWS, startTime.getTime());
    return takersAmong(pollers).length > 0 ? 'unclear' : 'untaken';
  } finally {
    const request = { namespace, workflowExecution: { workflowId } };
    await client.workflowService.deleteWorkflowExecution(request).catch(() => undefined);
  }
}

/** Servers without standalone activities do not accept the probe. */
export function probeOf(activity: string): Probe {
  return async ({ waits: { client }, namespace }, taskQueue, activityId) => {
    try {
      await client.activity.execute(activity, {
        id: activityId,
        taskQueue,
        summary: 'A probe of redis-task doctor',
        scheduleToStartTimeout: BEGUN_WITHIN_MS,
        startToCloseTimeout: BEGUN_WITHIN_MS,
        retry: { maximumAttempts: 1 },
        // Before the work that waits for the queue's rate limit.
        priority: { priorityKey: 1 },
        args: [{}],
      });
      return 'undone';
    } finally {
      await client.workflowService.deleteActivityExecution({ namespace, activityId }).catch(() => undefined);
    }
  };
}

/** Every version of the workflow and the activities refuses an input that lacks everything. */
export function verdictOnError(error: unknown): Verdict {
  if (error instanceof WorkflowFailedError || error instanceof ActivityExecutionFailedError) {
    const { cause } = error;
    // A worker that has taken the call and not answered in time is there: what does not serve it answers at once.
    if (cause instanceof TimeoutFailure) return cause.timeoutType === 'SCHEDULE_TO_START' ? 'untaken' : 'unclear';
    return cause instanceof ApplicationFailure && cause.type === 'RedisTaskInvalidInput' ? 'done' : 'undone';
  }
  if (error instanceof ServiceError && !isUnanswered(error)) return 'unclear';
  throw error;
}
