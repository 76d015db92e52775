// Every kind of wait once more with a worker that caches nothing: each workflow task replays the whole history.
import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { REDIS_ACTIONS } from '../../src/contract/action/actions.js';
import { devServer } from '../support/environments.js';
import { failedWorkflowTasks } from '../support/histories.js';
import { endingOf, KINDS_OF_WAITS } from '../support/kinds-of-waits.js';
import { Waits } from '../support/waits.js';

/** Each query replays a history too: on a slow machine, those of all waits together would be answered too late. */
const AT_ONCE = { concurrency: 12 };

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(devServer, { actions: REDIS_ACTIONS, waitWorker: { maxCachedWorkflows: 0 } });
});
afterAll(() => waits.close());

test('every kind of wait ends as it must, and no workflow task fails', async () => {
  const kinds = Object.entries(KINDS_OF_WAITS).filter(([, { isLong }]) => !isLong);
  const endings = await pMap(
    kinds,
    async ([name, kind]) => [name, await endingOf(await kind.play(waits, `${name}-${randomUUID()}`))],
    AT_ONCE,
  );

  expect(endings).toEqual(kinds.map(([name, { ending }]) => [name, ending]));
  const histories = await waits.histories();
  for (const { history } of histories) expect(failedWorkflowTasks(history)).toEqual([]);
  expect(histories.length).toBeGreaterThanOrEqual(kinds.length);
});
