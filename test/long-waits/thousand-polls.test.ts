// A wait of a thousand polls, three weeks long, on a server that skips time.
import { type Queue, serveQueue } from '../fuzz/call-workers.js';
import { timeSkipping } from '../support/environments.js';
import { failedWorkflowTasks } from '../support/histories.js';
import { REGION, Waits } from '../support/waits.js';

const POLLS = 1_000;
const HALF_AN_HOUR = 1_800_000;

let waits: Waits;
let queue: Queue;

beforeAll(async () => {
  waits = await Waits.start(() => timeSkipping(280_000));
  queue = await serveQueue(waits);
});
afterAll(async () => {
  await queue.close();
  await waits.close();
});

/** The calls around which the first run ends: 500 events at eleven a poll. */
const AROUND_THE_END = { from: 38, to: 53 };

test('a wait of a thousand polls continues as new in time and loses nothing', async () => {
  const taskId = waits.addTask({ status: 'running', forPolls: POLLS }, { status: 'succeed' });
  const polling = { initialInterval: '30m', maximumInterval: '30m', jitter: 0 };
  const input = { taskId, region: REGION, maxWait: '30d', polling };
  const handle = await waits.start(input, { taskQueue: queue.taskQueue, memo: { taskId } });
  const newest = waits.client.workflow.getHandle(handle.workflowId);

  // A signal in the moment in which each of these calls has ended.
  const signals: Promise<void>[] = [];
  let calls = 0;
  const unwatch = waits.simulator.watchCalls(({ outcome }) => {
    if (outcome === 'pending') return;
    calls += 1;
    if (calls >= AROUND_THE_END.from && calls <= AROUND_THE_END.to) signals.push(newest.signal('pollNow'));
  });
  const result = await handle.result();
  unwatch();
  await Promise.all(signals);

  // Each signal brought a poll forward by half an hour. One that was lost would not have; two before a call are one.
  expect(signals.length).toBeGreaterThan(10);
  expect(result.polls).toBe(POLLS + 1);
  expect(result.waitedMs).toBeGreaterThan((POLLS - signals.length - 1) * HALF_AN_HOUR);
  expect(result.waitedMs).toBeLessThan((POLLS - signals.length / 2) * HALF_AN_HOUR);

  const histories = (await waits.histories()).map(({ history }) => history);
  const lengths = histories.map(({ events }) => events?.length ?? 0);
  console.log(`${result.polls} polls in ${histories.length} runs of ${lengths.join(', ')} events`);
  expect(histories.length).toBeGreaterThanOrEqual(20);
  expect(Math.max(...lengths)).toBeLessThan(600);
  for (const history of histories) expect(failedWorkflowTasks(history)).toEqual([]);
  await expect(newest.describe()).resolves.toMatchObject({ memo: { taskId } });
}, 300_000);
