// A parent as the explorer steers it: told to give its wait up, for good or to start it again, or to hand a `pollNow` on.
import { CancellationScope, defineSignal, defineUpdate, isCancellation, setHandler } from '@temporalio/workflow';
import type { AwaitRedisTaskInput } from '../../../src/contract/input.js';
import type { RedisTaskResult } from '../../../src/contract/outcome.js';
import { pollNow, startAwaitRedisTask } from '../../../src/workflows/index.js';

export async function exploredParent(input: AwaitRedisTaskInput): Promise<RedisTaskResult | 'gave up'> {
  const start = () => {
    const scope = new CancellationScope();
    return { scope, child: scope.run(() => startAwaitRedisTask(input)) };
  };
  let wait = start();
  let startsOver = false;
  setHandler(defineSignal('giveUp'), () => wait.scope.cancel());
  setHandler(defineSignal('startOver'), () => {
    startsOver = true;
    wait.scope.cancel();
  });
  setHandler(defineUpdate('poke'), async () => (await wait.child).signal(pollNow));
  for (;;) {
    const { scope, child } = wait;
    try {
      return await scope.run(async () => (await child).result());
    } catch (error) {
      const isCancelled = CancellationScope.current().consideredCancelled;
      if (!scope.consideredCancelled || isCancelled || !isCancellation(error)) throw error;
      if (!startsOver) return 'gave up';
    }
    startsOver = false;
    wait = start();
  }
}
