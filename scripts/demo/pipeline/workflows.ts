import { proxyActivities } from '@temporalio/workflow';
import { type AwaitRedisTaskInput, decodeRedisTaskFailure, type RedisTaskDuration } from 'temporal-tencent-redis';
import { executeAwaitRedisTask } from 'temporal-tencent-redis/workflows';
import type { PipelineActivities } from './activities.js';

/** How often a wait that timed out is extended before the pipeline fails. */
const EXTENSIONS_MAX = 2;

export interface ClearRedisInput {
  readonly instanceId: string;
  readonly region: string;
  readonly maxWait: RedisTaskDuration;
}

export type ClearRedisOutcome =
  | { readonly outcome: 'cleared'; readonly taskId: number; readonly extensions: number }
  | { readonly outcome: 'gave up'; readonly taskId: number; readonly because: string; readonly message: string };

const { clearInstance, alert } = proxyActivities<PipelineActivities>({ startToCloseTimeout: '30s' });

/** Clears an instance and waits until that is done. */
export async function clearRedis({ instanceId, region, maxWait }: ClearRedisInput): Promise<ClearRedisOutcome> {
  const taskId = await clearInstance({ instanceId, region });
  let wait: AwaitRedisTaskInput = { taskId, region, maxWait };

  for (let extensions = 0; ; extensions++) {
    try {
      await executeAwaitRedisTask(wait);
      return { outcome: 'cleared', taskId, extensions };
    } catch (error) {
      const failure = decodeRedisTaskFailure(error);
      switch (failure?.type) {
        case 'RedisTaskTimedOut':
          // The task goes on. Wait on with the input that the failure carries.
          if (extensions === EXTENSIONS_MAX) throw error;
          await alert(`Still waiting: ${failure.message}`);
          wait = failure.details.resumeInput;
          break;
        case 'RedisTaskFailed':
          // The API says why, and nothing is half done. The caller can try something else.
          return { outcome: 'gave up', taskId, because: failure.type, message: failure.message };
        case 'RedisTaskErrored':
          // The instance may be half cleared. A person has to check it before anything else touches it.
          await alert(failure.message);
          return { outcome: 'gave up', taskId, because: failure.type, message: failure.message };
        case 'RedisTaskUnauthorized':
        case 'RedisTaskRejected':
          await alert(failure.message);
          throw error;
        default:
          // An invalid input of ours, a cancellation, or an error that does not come from a wait.
          throw error;
      }
    }
  }
}
