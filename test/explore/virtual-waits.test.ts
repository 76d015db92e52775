// Random waits in virtual time, judged by the contract. `npm run explore` plays such waits on a real server.
import fc from 'fast-check';
import { judge } from './oracle.js';
import { storyOf } from './story.js';
import { playVirtually } from './virtual/play.js';
import { surroundings } from './virtual/surroundings.js';
import { WorkflowVm } from './virtual/workflow-vm.js';
import { type WaitScript, waitScripts } from './wait-script.js';

const LONGEST_MS = 120_000;
const WAITS = Number(process.env['EXPLORE_WAITS'] ?? 200);
const SEED = process.env['EXPLORE_SEED'];

let vm: WorkflowVm;

beforeAll(async () => {
  vm = await WorkflowVm.create();
});
// After the time limit a wait may still be under way.
afterAll(() => vm.close().catch(() => undefined));

test('a wait ends as the contract says, however it is steered and whatever goes wrong', async () => {
  await playAndJudge(waitScripts(LONGEST_MS), LONGEST_MS, WAITS);
}, 3_600_000);

test('no poll is missed of a watch that polls each second, when the deadline comes at any moment', async () => {
  const polling = { initialInterval: 1_000, backoffCoefficient: 1, maximumInterval: 1_000, jitter: 0.1 };
  const scripts = fc.record({
    maxWaitMs: fc.integer({ min: 3_000, max: 6_000 }),
    polling: fc.constant({ ...polling, pacing: 'compact' as const }),
    task: fc.constant({ visibleAfterMs: 0, statuses: [{ fromMs: 0, status: 'running' }] }),
    faults: fc.constant([]),
    acts: fc.constant([]),
  });
  await playAndJudge(scripts, 6_000, Math.ceil(WAITS / 4));
}, 3_600_000);

function playAndJudge(scripts: fc.Arbitrary<WaitScript>, longestMs: number, waits: number): Promise<void> {
  const property = fc.asyncProperty(scripts, surroundings(longestMs), async (script, around) => {
    const record = await playVirtually(vm, script, around);
    const wrong = judge(record, { clockMs: 20, busyMs: 100 + 2 * around.callMs });
    if (wrong.length > 0) throw new Error(`${wrong.join('\n')}\n\n${storyOf(record)}`);
  });
  const seed = SEED === undefined ? {} : { seed: Number(SEED) };
  return fc.assert(property, { numRuns: waits, interruptAfterTimeLimit: 240_000, ...seed });
}
