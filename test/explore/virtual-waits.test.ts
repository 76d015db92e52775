// Random waits in virtual time, judged by the contract. `npm run explore` plays such waits on a real server.
import fc from 'fast-check';
import { judge } from './oracle.js';
import { storyOf } from './story.js';
import { playVirtually } from './virtual/play.js';
import { surroundings } from './virtual/surroundings.js';
import { WorkflowVm } from './virtual/workflow-vm.js';
import { waitScripts } from './wait-script.js';

const LONGEST_MS = 120_000;
const WAITS = Number(process.env['EXPLORE_WAITS'] ?? 500);
const SEED = process.env['EXPLORE_SEED'];

let vm: WorkflowVm;

beforeAll(async () => {
  vm = await WorkflowVm.create();
});
// After the time limit a wait may still be under way.
afterAll(() => vm.close().catch(() => undefined));

test('a wait ends as the contract says, however it is steered and whatever goes wrong', async () => {
  await fc.assert(
    fc.asyncProperty(waitScripts(LONGEST_MS), surroundings(LONGEST_MS), async (script, around) => {
      const record = await playVirtually(vm, script, around);
      const wrong = judge(record, { clockMs: 20, busyMs: 100 + 2 * around.callMs });
      if (wrong.length > 0) throw new Error(`${wrong.join('\n')}\n\n${storyOf(record)}`);
    }),
    { numRuns: WAITS, interruptAfterTimeLimit: 240_000, ...(SEED !== undefined && { seed: Number(SEED) }) },
  );
}, 3_600_000);
