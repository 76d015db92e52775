// A wait that a failure leaves through any number of hops, up to whoever decodes it.
import { continueAsNew, defineQuery, executeChild, proxyActivities, setHandler } from '@temporalio/workflow';
import { decodeRedisTaskFailure, type RedisTaskFailure } from '../../src/contract/task/failures.js';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import type { RedisTaskResult } from '../../src/contract/task/outcome.js';
import { executeSharedRedisTaskWait } from '../../src/nexus/index.js';
import { waitForRedisTask } from '../../src/workflows/index.js';

export { awaitRedisTask, watchRedisTasks } from '../../src/workflows/index.js';

/** How one workflow hands the wait on to the next thing. The last hop waits. */
export type Hop = 'workflow' | 'continue-as-new' | 'child' | 'inline' | 'nexus' | 'activity';

/** What is waited for, and where. */
export interface Errand {
  readonly input: AwaitRedisTaskInput;
  readonly taskQueue: string;
  readonly endpoint: string;
}

/** An activity of a user that waits with `RedisTaskClient`. */
export interface WaitingActivities {
  awaitOutside(errand: Errand): Promise<RedisTaskResult>;
}

const { awaitOutside } = proxyActivities<WaitingActivities>({
  startToCloseTimeout: '1m',
  retry: { maximumAttempts: 1 },
});

/** Takes the hops one by one, and lets the failure escape. */
export function hop([next, ...rest]: Hop[], errand: Errand): Promise<RedisTaskResult> {
  const { input, taskQueue, endpoint } = errand;
  switch (next) {
    case 'workflow':
      return executeChild(hop, { args: [rest, errand] });
    case 'continue-as-new':
      return continueAsNew<typeof hop>(rest, errand);
    case 'inline':
      return waitForRedisTask(input, { taskQueue });
    case 'nexus':
      return executeSharedRedisTaskWait(input, { endpoint });
    case 'activity':
      return awaitOutside(errand);
    default:
      // By name, as a parent without this package.
      return executeChild('awaitRedisTask', { args: [input], taskQueue });
  }
}

/** What a workflow found at the end of the hops. */
export interface Caught {
  readonly names: string[];
  readonly failure: RedisTaskFailure | undefined;
}

/** What a workflow found. */
export const getCaught = defineQuery<Caught | null>('getCaught');

/** Takes the hops, decodes what comes back, since the decoder works inside a workflow, and lets it escape as it is. */
export async function decode(hops: Hop[], errand: Errand): Promise<RedisTaskResult> {
  let caught: Caught | null = null;
  setHandler(getCaught, () => caught);
  const [next, ...rest] = hops;
  if (next === 'continue-as-new') return continueAsNew<typeof decode>(rest, errand);
  try {
    return await hop(hops, errand);
  } catch (error) {
    const names: string[] = [];
    for (let each = error; each instanceof Error; each = each.cause) names.push(each.name);
    caught = { names, failure: decodeRedisTaskFailure(error) };
    throw error;
  }
}
