import { setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { apiTaskQueue } from '../../contract/ids.js';
import { type AwaitRedisInstanceInput, readInstanceInput } from '../../contract/instance/input.js';
import { readInstanceState, type RedisInstanceResult } from '../../contract/instance/outcome.js';
import { finalInstanceMarkdownOf, instanceMarkdownOf, instanceViewOf } from '../../contract/instance/view.js';
import { beginWait } from '../../contract/wait/state.js';
import { continueIfLong } from '../wait/long-history.js';
import { pollNow } from '../wait/messages.js';
import { followParent } from '../wait/parents.js';
import { getInstanceState } from './messages.js';
import { countInstanceWait } from './metrics.js';
import { RedisInstanceWait } from './redis-instance-wait.js';

/**
 * Waits until Redis instances of Tencent Cloud are running, isolated or gone: after an order, which has no task.
 *
 * Only how an instance is counts, never that it was seen to change. A deal only makes the wait fail early. Handles the
 * query `getState` and the signal `pollNow`. Cancelling it ends the wait, not the change.
 *
 * @param carried - internal: the state that an earlier run of the same wait handed over
 * @returns the instances as the API last described them
 * @throws ApplicationFailure whose `type` is one of `REDIS_INSTANCE_FAILURE_TYPES`; see `decodeRedisInstanceFailure`
 *
 * @example
 * ```ts
 * // In the file that a worker's workflowsPath names:
 * export { awaitRedisInstance, awaitRedisTask, watchRedisTasks } from 'temporal-tencent-redis/workflows';
 * ```
 */
export async function awaitRedisInstance(
  input: AwaitRedisInstanceInput,
  carried?: unknown,
): Promise<RedisInstanceResult> {
  const { plan, state } = readArguments(input, carried);
  const apiQueue = apiTaskQueue(workflowInfo().taskQueue);
  followParent();

  const wait: RedisInstanceWait = new RedisInstanceWait(plan, state, {
    apiQueue,
    changed: (state) => setCurrentDetails(instanceMarkdownOf(plan, state, apiQueue)),
    ended: (ending) => setCurrentDetails(finalInstanceMarkdownOf(plan, wait.state, ending, Date.now())),
    mustContinue: () => workflowInfo().continueAsNewSuggested,
    betweenPolls: () => continueIfLong<typeof awaitRedisInstance>(input, wait.state),
  });
  setHandler(getInstanceState, () => instanceViewOf(plan, wait.state, Date.now()), {
    description: 'Where the wait stands: instances, deal, polls, next poll, deadline, last error',
  });
  setHandler(pollNow, () => wait.pollNow(), { description: 'Polls at once; the pace goes on unchanged' });

  return wait.run();
}

function readArguments(input: unknown, carried: unknown) {
  try {
    const plan = readInstanceInput(input);
    return { plan, state: readInstanceState(carried) ?? beginWait(plan, Date.now()) };
  } catch (error) {
    countInstanceWait('RedisTaskInvalidInput');
    throw error;
  }
}
