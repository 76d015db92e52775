import { proxyActivities } from '@temporalio/workflow';
import { type AwaitRedisTaskInput, decodeRedisTaskFailure, type RedisTaskFailure } from 'temporal-tencent-redis';
import { executeAwaitRedisTask } from 'temporal-tencent-redis/workflows';
import type * as activities from './activities.js';

/** How often one task is waited for before a person has to decide. */
const WAITS_MAX = 2;

/** An earlier step has submitted the task. */
export type ProvisionInput = Pick<AwaitRedisTaskInput, 'taskId' | 'region' | 'maxWait'>;

/** How a pipeline ended. */
export interface ProvisionOutcome {
  readonly outcome: 'ready' | 'gave up' | 'alerted' | 'stopped';
  readonly taskId: number;
  readonly waits: number;
  readonly status: string | null;
  readonly instanceId: string | null;
  /** What the API said. */
  readonly message: string | null;
  /** Type and message of the failure. */
  readonly type: string | null;
  readonly reason: string | null;
  readonly errorCode: string | null;
  readonly invalidField: string | null;
}

const { alert } = proxyActivities<typeof activities>({ startToCloseTimeout: '30s' });

/**
 * Waits until the change of an instance is really done, and decides what a failure means. Cancelled, it ends as
 * cancelled once its wait has.
 */
export async function provisionRedis(input: ProvisionInput): Promise<ProvisionOutcome> {
  let wait: AwaitRedisTaskInput = input;
  for (let waits = 1; ; waits++) {
    try {
      return await ready(wait, waits);
    } catch (error) {
      const failure = decodeRedisTaskFailure(error);
      switch (failure?.type) {
        case 'RedisTaskFailed':
          // The API says why, and nothing is half done: whoever asked for it can try something else.
          return ended('gave up', input, waits, failure);
        case 'RedisTaskErrored':
          // The instance may be half changed: a person has to look before anything else touches it.
          await alert(failure.message);
          return ended('alerted', input, waits, failure);
        case 'RedisTaskTimedOut':
          if (waits === WAITS_MAX) {
            await alert(failure.message);
            return ended('alerted', input, waits, failure);
          }
          // The task goes on, so the wait can too: with what the failure hands over.
          wait = failure.details.resumeInput;
          break;
        case 'RedisTaskUnauthorized':
        case 'RedisTaskRejected':
        case 'RedisTaskInvalidInput':
          // Asking again would not help: the key, the task or the input is wrong.
          return ended('stopped', input, waits, failure);
        default:
          // A cancellation, or something that is no failure of a wait.
          throw error;
      }
    }
  }
}

async function ready(wait: AwaitRedisTaskInput, waits: number): Promise<ProvisionOutcome> {
  // docs:start
  // It sets the id, the static summary and the memo; { taskQueue } as a second argument, when it is another one.
  const { taskId, status, instanceId, message } = await executeAwaitRedisTask(wait);
  // docs:end
  const noFailure = { type: null, reason: null, errorCode: null, invalidField: null };
  return { outcome: 'ready', taskId, waits, status, instanceId, message, ...noFailure };
}

function ended(
  outcome: ProvisionOutcome['outcome'],
  input: ProvisionInput,
  waits: number,
  { type, message: reason, details }: RedisTaskFailure,
): ProvisionOutcome {
  const { status, instanceId, message } = details;
  return {
    outcome,
    taskId: Number(input.taskId),
    waits,
    status,
    instanceId,
    message,
    type,
    reason,
    errorCode: details.lastError?.code ?? null,
    invalidField: 'invalid' in details ? details.invalid.field : null,
  };
}
