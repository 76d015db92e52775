// A parent as the explorer steers it: told to give its wait up, for good or to start it again, or to hand a `pollNow` on.
import { CancellationScope, defineSignal, defineUpdate, isCancellation, setHandler } from '@temporalio/workflow';
import type { AwaitRedisTaskInput } from '../../../src/contract/task/input.js';
import type { RedisTaskResult } from '../../../src/contract/task/outcome.js';
import { pollNow, startAwaitRedisTask } from '../../../src/workflows/index.js';

export async function exploredParent(input: AwaitRedisTaskInput): Promise<RedisTaskResult | 'gave up'> {
  const start = () => {
    const scope = new CancellationScope();
    return { scope, child: scope.run(() => startAwaitRedisTask(input)), startsOver: false };
  };
  let wait = start();
  setHandler(defineSignal('giveUp'), () => wait.scope.cancel());
  setHandler(defineSignal('startOver'), () => {
    wait.startsOver = true;
    wait.scope.cancel();
  });
  setHandler(defineUpdate('poke'), async () => (await wait.child).signal(pollNow));
  for (;;) {
    const current = wait;
    try {
      return await current.scope.run(async () => (await current.child).result());
    } catch (error) {
      const isCancelled = CancellationScope.current().consideredCancelled;
      if (!current.scope.consideredCancelled || isCancelled || !isCancellation(error)) throw error;
      if (!current.startsOver) return 'gave up';
    }
    wait = start();
  }
}
