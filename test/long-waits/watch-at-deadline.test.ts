// A race that random waits found once in some thousands: here its waits only, so that it is met within a hundred.
import fc from 'fast-check';
import { judge } from '../explore/oracle.js';
import { storyOf } from '../explore/story.js';
import { playVirtually } from '../explore/virtual/play.js';
import { surroundings } from '../explore/virtual/surroundings.js';
import { WorkflowVm } from '../explore/virtual/workflow-vm.js';

const POLLING = { initialInterval: 1_000, backoffCoefficient: 1, jitter: 0.1, maximumInterval: 1_000 };
const TASK = { visibleAfterMs: 0, statuses: [{ fromMs: 0, status: 'preparing' }] };

let vm: WorkflowVm;

beforeAll(async () => {
  vm = await WorkflowVm.create();
});
afterAll(() => vm.close().catch(() => undefined));

test('a call that falls due while its wait asks, at the deadline, where the watch stands is counted', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 3_000, max: 6_000 }),
      surroundings(20_000),
      async (maxWaitMs, { callMs, ...rest }) => {
        const around = { ...rest, callMs: callMs % 20, backlog: [], deserted: [], stalled: [], killed: [] };
        const script = {
          maxWaitMs,
          polling: { ...POLLING, pacing: 'compact' as const },
          task: TASK,
          faults: [],
          acts: [],
        };
        const played = await playVirtually(vm, script, around);
        // Nothing is in the way here, so an answer just before the end has to count as well.
        const record = { ...played, polls: played.polls.map((poll) => ({ ...poll, isDoubtful: false })) };
        const wrong = judge(record, { clockMs: 20, busyMs: 100 + 2 * around.callMs });
        if (wrong.length > 0) throw new Error(`${wrong.join('\n')}\n\n${storyOf(record)}`);
      },
    ),
    { numRuns: 150, seed: 7 },
  );
});
