import { randomUUID } from 'node:crypto';
import {
  ActivityExecutionFailedError,
  ApplicationFailure,
  ServiceError,
  TimeoutFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import {
  ACTIVITIES,
  adviceOnVersions,
  isUnanswered,
  pollersSince,
  type QueueType,
  takersAmong,
  WORKFLOWS,
} from '../client/workers.js';
import { apiTaskQueue, AWAIT_REDIS_TASK } from '../contract/ids.js';
import { CliError, EXIT } from './exit-codes.js';
import { limitOfQueue, pausedText } from './queue-limit.js';
import type { Temporal } from './temporal.js';
import { ADVICE, listPollers } from './workers.js';

/** An idle worker takes work at once. */
const PROBE_MS = 3_000;

/** A wait that no worker has taken has started, scheduled its first task and timed out. */
const UNTAKEN_EVENTS = 3;

/** What became of a probe. `undone`: a worker took it and did something else. `unclear`: busy workers, or not allowed. */
type Verdict = 'done' | 'untaken' | 'undone' | 'unclear';

/**
 * Puts a wait with an invalid input into the queue, which ends it at once, since the server's list of workers still has
 * those that have just left. Nothing is asked of the API.
 */
export function checkWaitWorkers(temporal: Temporal): Promise<string> {
  return checkQueue(temporal, temporal.waits.taskQueue, WORKFLOWS, probeWaits, 'the workflow awaitRedisTask');
}

/** Does the same with a call. */
export function checkCallWorkers(temporal: Temporal): Promise<string> {
  const queue = apiTaskQueue(temporal.waits.taskQueue);
  return checkQueue(temporal, queue, ACTIVITIES, probeCalls, 'the activity describeTaskInfo');
}

async function checkQueue(
  temporal: Temporal,
  queue: string,
  type: QueueType,
  probe: (temporal: Temporal, id: string) => Promise<Verdict>,
  work: string,
): Promise<string> {
  const id = `${temporal.waits.taskQueue}/doctor/${randomUUID()}`;
  const verdict = await probe(temporal, id).catch(verdictOnError);
  const pollers = await listPollers(temporal, queue, type);
  const set = await limitOfQueue(temporal, queue, type);
  const paused = pausedText(queue, set);
  if (paused) throw new CliError(EXIT.noWorker, paused);
  if (verdict === 'untaken' || takersAmong(pollers).length === 0) {
    const advice = adviceOnVersions(pollers) || ` ${ADVICE}`;
    throw new CliError(EXIT.noWorker, `No worker takes work from queue ${queue}.${advice}`);
  }
  if (verdict === 'undone') {
    const message = `A worker takes work from queue ${queue} but does not do it. Does it serve ${work}? See its log.`;
    throw new CliError(EXIT.noWorker, message);
  }
  const ofWorkers = pollers.map(({ ratePerSecond }) => ratePerSecond).filter((rate) => rate > 0 && rate < 100_000);
  const rates = set ? [set.callsPerSecond] : ofWorkers;
  const limit = rates.length > 0 ? ` Limit of the queue: ${Math.max(...rates)} calls a second.` : '';
  if (verdict === 'done') return `A worker takes work from queue ${queue}.${limit}`;
  return `Queue ${queue} had a worker in the last minutes, which may be busy.${limit}`;
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
async function probeCalls({ waits: { client, taskQueue }, namespace }: Temporal, activityId: string): Promise<Verdict> {
  try {
    await client.activity.execute('describeTaskInfo', {
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
    // A worker that has taken the call and not answered in time is there: what does not serve it answers at once.
    if (cause instanceof TimeoutFailure) return cause.timeoutType === 'SCHEDULE_TO_START' ? 'untaken' : 'unclear';
    return cause instanceof ApplicationFailure && cause.type === 'RedisTaskInvalidInput' ? 'done' : 'undone';
  }
  if (error instanceof ServiceError && !isUnanswered(error)) return 'unclear';
  throw error;
}
