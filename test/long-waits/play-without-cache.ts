import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { REDIS_ACTIONS } from '../../src/contract/action/actions.js';
import { devServer } from '../support/environments.js';
import { failedWorkflowTasks } from '../support/histories.js';
import type { KindOfWait } from '../support/kind-of-wait.js';
import { endingOf } from '../support/kinds-of-waits.js';
import { Waits } from '../support/waits.js';

/** Each query replays a history too: on a slow machine, those of all waits together would be answered too late. */
const AT_ONCE = { concurrency: 12 };

/**
 * Plays kinds of waits with a worker that caches nothing: each workflow task replays the whole history. Each must end as it
 * must, and no workflow task may fail.
 */
export async function playWithoutCache(all: Readonly<Record<string, KindOfWait>>): Promise<void> {
  const waitWorker = { maxCachedWorkflows: 0 };
  const waits = await Waits.start(devServer, { actions: REDIS_ACTIONS, waitWorker });
  try {
    const kinds = Object.entries(all).filter(([, { isLong }]) => !isLong);
    const endings = await pMap(
      kinds,
      async ([name, kind]) => [name, await endingOf(await kind.play(waits, `${name}-${randomUUID()}`))],
      AT_ONCE,
    );

    expect(endings).toEqual(kinds.map(([name, { ending }]) => [name, ending]));
    const histories = await waits.histories();
    for (const { history } of histories) expect(failedWorkflowTasks(history)).toEqual([]);
    expect(histories.length).toBeGreaterThanOrEqual(kinds.length);
  } finally {
    // Now and then the SDK does not end a worker that has to load a workflow meanwhile.
    await waits.endAll();
    await waits.close();
  }
}
