// Messages come each second while a call is in a long queue: each of them adds to the history of the run.
import { judge } from './oracle.js';
import { playVirtually } from './virtual/play.js';
import { WorkflowVm } from './virtual/workflow-vm.js';

const SECOND = 1_000;

test('a wait continues as new also while a poll is under way, once the server suggests it', async () => {
  const vm = await WorkflowVm.create();
  const record = await playVirtually(
    vm,
    {
      maxWaitMs: 600 * SECOND,
      polling: { initialInterval: 10_000, backoffCoefficient: 1, maximumInterval: 10_000, jitter: 0 },
      task: { visibleAfterMs: 0, statuses: [{ fromMs: 0, status: 'succeed' }] },
      faults: [],
      acts: Array.from({ length: 60 }, (_, at) => ({ atMs: at * SECOND, act: { does: 'pollNow', times: 1 } })),
    },
    {
      seed: 1,
      backlog: [{ fromMs: 0, forMs: 60 * SECOND, queueMs: 90 * SECOND }],
      deserted: [],
      killed: [],
      stalled: [],
      callMs: 30,
      continueAfter: 12,
    },
  );
  await vm.close();
  const answeredAt = record.polls.find(({ gaveTask }) => gaveTask)?.answeredAt ?? 0;

  expect(judge(record, { clockMs: 20, busyMs: 200 })).toEqual([]);
  expect(record.ending?.as).toBe('succeeded');
  expect(record.continuedAt?.filter((at) => at < answeredAt).length).toBeGreaterThan(3);
});
