// Waits of some other worker: the beginning of the name of its queue says how they go.
import { condition, defineQuery, proxyLocalActivities, setHandler, workflowInfo } from '@temporalio/workflow';

interface OddInput {
  readonly taskId: number;
  readonly region: string;
  /** Why an odd one tells no state: `throws`, `isHuge` or, for no handler, anything else. */
  readonly how?: string;
}

const { occupy } = proxyLocalActivities<{ occupy(): Promise<void> }>({ startToCloseTimeout: '1m' });

export async function awaitRedisTask({ taskId, region, how }: OddInput): Promise<unknown> {
  const { taskQueue } = workflowInfo();
  if (taskQueue.startsWith('odd')) await tellNoState(how);
  // Keeps one of its worker's slots for workflows for as long as this takes.
  if (taskQueue.startsWith('busy')) await occupy();
  return { taskId, region, status: 'succeed' };
}

async function tellNoState(how: string | undefined): Promise<void> {
  const getState = defineQuery<string>('getState');
  if (how === 'throws') {
    setHandler(getState, () => {
      throw new TypeError('the state is spoilt');
    });
  }
  if (how === 'isHuge') setHandler(getState, () => 'x'.repeat(2_200_000));
  await condition(() => false);
}
