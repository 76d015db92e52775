import { randomUUID } from 'node:crypto';
import {
  ActivityExecutionFailedError,
  ApplicationFailure,
  ServiceError,
  TimeoutFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import type { RedisActivities } from '../activities/index.js';
import { ACTIVITIES, isUnanswered, pollersSince, WORKFLOWS } from '../client/workers.js';
import { apiTaskQueue, AWAIT_REDIS_TASK } from '../contract/ids.js';
import type { Finding } from './doctor-api.js';
import { EXIT } from './exit-codes.js';
import type { Temporal } from './temporal.js';
import { ADVICE, listedPollers } from './workers.js';

/** An idle worker takes work at once. */
const PROBE_MS = 5_000;

/** A wait that no worker has taken has started, scheduled its first task and timed out. */
const UNTAKEN_EVENTS = 3;

/** What became of a probe. `undone`: a worker took it and did something else. `unknown`: the server did not accept it. */
type Verdict = 'done' | 'untaken' | 'busy' | 'undone' | 'unknown';

/**
 * Puts work with an invalid input into both queues, which ends it at once, since the server's list of workers still has
 * those that have just left. Nothing is asked of the API.
 */
export function checkWorkers(temporal: Temporal): Promise<Finding[]> {
  const { taskQueue } = temporal.waits;
  const apiQueue = apiTaskQueue(taskQueue);
  return Promise.all([
    checkQueue('workers for waits', temporal, taskQueue, 'the workflow awaitRedisTask'),
    checkQueue('workers for calls', temporal, apiQueue, 'the activity describeTaskInfo'),
  ]);
}

async function checkQueue(check: string, temporal: Temporal, queue: string, work: string): Promise<Finding> {
  const isForWaits = queue === temporal.waits.taskQueue;
  const probe = isForWaits ? probeWaits : probeCalls;
  const [verdict, pollers] = await Promise.all([
    probe(temporal, `${temporal.waits.taskQueue}/doctor/${randomUUID()}`).catch(verdictOnError),
    listedPollers(temporal, queue, isForWaits ? WORKFLOWS : ACTIVITIES),
  ]);
  const failed = (message: string): Finding => ({ check, result: 'failed', message, exitCode: EXIT.noWorker });
  if (verdict === 'untaken' || pollers.length === 0) {
    return failed(`No worker takes work from queue ${queue}. ${ADVICE}`);
  }
  if (verdict === 'undone') {
    return failed(`A worker takes work from queue ${queue} but does not do it. Does it serve ${work}? See its log.`);
  }
  const rates = pollers.map(({ ratePerSecond }) => ratePerSecond ?? 0).filter((rate) => rate > 0 && rate < 100_000);
  const limit = rates.length > 0 ? ` Limit of the queue: ${Math.max(...rates)} calls a second.` : '';
  const seen = {
    done: `A worker takes work from queue ${queue}.`,
    busy: `The workers of queue ${queue} are busy.`,
    unknown: `Queue ${queue} had a worker in the last minutes.`,
  }[verdict];
  return { check, result: 'passed', message: seen + limit };
}

async function probeWaits({ waits: { client, taskQueue }, namespace }: Temporal, workflowId: string): Promise<Verdict> {
  try {
    await client.workflow.execute(AWAIT_REDIS_TASK, {
      taskQueue,
      workflowId,
      staticSummary: 'A probe of redis-task doctor',
      workflowExecutionTimeout: PROBE_MS,
      args: [{}],
    });
    return 'undone';
  } catch (error) {
    if (!(error instanceof WorkflowFailedError && error.cause instanceof TimeoutFailure)) throw error;
    const { historyLength, startTime } = await client.workflow.getHandle(workflowId).describe();
    if (historyLength > UNTAKEN_EVENTS) return 'undone';
    const pollers = await pollersSince(client, taskQueue, WORKFLOWS, startTime.getTime());
    return pollers.length > 0 ? 'busy' : 'untaken';
  } finally {
    const request = { namespace, workflowExecution: { workflowId } };
    await client.workflowService.deleteWorkflowExecution(request).catch(() => undefined);
  }
}

/** Servers without standalone activities do not accept the probe. */
async function probeCalls({ waits: { client, taskQueue }, namespace }: Temporal, activityId: string): Promise<Verdict> {
  try {
    await client.activity.execute('describeTaskInfo' satisfies keyof RedisActivities, {
      id: activityId,
      taskQueue: apiTaskQueue(taskQueue),
      summary: 'A probe of redis-task doctor',
      scheduleToStartTimeout: PROBE_MS,
      startToCloseTimeout: PROBE_MS,
      retry: { maximumAttempts: 1 },
      // Before the calls that wait for the queue's rate limit.
      priority: { priorityKey: 1 },
      args: [{}],
    });
    return 'undone';
  } finally {
    await client.workflowService.deleteActivityExecution({ namespace, activityId }).catch(() => undefined);
  }
}

/** Every version of workflow and activity refuses a missing input. */
function verdictOnError(error: unknown): Verdict {
  if (error instanceof WorkflowFailedError || error instanceof ActivityExecutionFailedError) {
    const { cause } = error;
    if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') return 'untaken';
    return cause instanceof ApplicationFailure && cause.type === 'RedisTaskInvalidInput' ? 'done' : 'undone';
  }
  if (error instanceof ServiceError && !isUnanswered(error)) return 'unknown';
  throw error;
}
