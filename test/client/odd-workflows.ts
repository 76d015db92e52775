// A wait of some other worker, whose state cannot be had.
import { condition, defineQuery, setHandler } from '@temporalio/workflow';

/** @param how - `throws`, `isHuge` or nothing: no handler */
export async function awaitRedisTask({ how }: { how: string }): Promise<void> {
  const getState = defineQuery<string>('getState');
  if (how === 'throws') {
    setHandler(getState, () => {
      throw new TypeError('the state is spoilt');
    });
  }
  if (how === 'isHuge') setHandler(getState, () => 'x'.repeat(2_200_000));
  await condition(() => false);
}
