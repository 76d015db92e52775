import { proxyActivities, setHandler } from '@temporalio/workflow';
import { type AwaitRedisTaskInput, decodeRedisTaskFailure, type RedisTaskFailure } from 'temporal-tencent-redis';
import { pollNow, startAwaitRedisTask } from 'temporal-tencent-redis/workflows';
import type * as activities from './activities.js';

export { provisionAll } from './provision-all.js';
export { temporaryRedis } from './temporary-redis.js';

/** The number of waits for one task before a person has to decide. */
const WAITS_MAX = 2;

/** The task to wait for. An earlier step has submitted it. */
export type ProvisionInput = Pick<AwaitRedisTaskInput, 'taskId' | 'region' | 'maxWait'>;

/** The outcome of a pipeline. */
export interface ProvisionOutcome {
  readonly outcome: 'ready' | 'gave up' | 'alerted' | 'stopped';
  readonly taskId: number;
  readonly waits: number;
  readonly status: string | null;
  readonly instanceId: string | null;
  /** The message of the API. */
  readonly message: string | null;
  /** Type and message of the failure. */
  readonly type: string | null;
  readonly reason: string | null;
  readonly errorCode: string | null;
  readonly invalidField: string | null;
}

const { alert } = proxyActivities<typeof activities>({ startToCloseTimeout: '30s' });

/**
 * Waits until the change of an instance is done and handles each failure. If cancelled, it ends as cancelled after its
 * wait. The signal `pollNow` has the wait look at the task at once.
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
          // The API says why, and nothing is half done. The caller can try something else.
          return ended('gave up', input, waits, failure);
        case 'RedisTaskErrored':
          // The instance may be half changed. A person has to check it before anything else touches it.
          await alert(failure.message);
          return ended('alerted', input, waits, failure);
        case 'RedisTaskTimedOut':
          if (waits === WAITS_MAX) {
            await alert(failure.message);
            return ended('alerted', input, waits, failure);
          }
          // The task goes on. Wait on with the input that the failure carries.
          wait = failure.details.resumeInput;
          break;
        case 'RedisTaskUnauthorized':
        case 'RedisTaskRejected':
        case 'RedisTaskInvalidInput':
          // Another wait would not help: the key, the task or the input is wrong.
          return ended('stopped', input, waits, failure);
        default:
          // A cancellation, or an error that does not come from a wait.
          throw error;
      }
    }
  }
}

async function ready(wait: AwaitRedisTaskInput, waits: number): Promise<ProvisionOutcome> {
  // docs:start
  // Sets the id, the static summary and the memo. For another queue, pass { taskQueue } as the second argument.
  const child = await startAwaitRedisTask(wait);
  // Whoever hears that the task has ended tells the pipeline, and it tells the wait, unless that has ended too.
  setHandler(pollNow, () => child.signal(pollNow).catch(() => undefined));
  const { taskId, status, instanceId, message } = await child.result();
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
