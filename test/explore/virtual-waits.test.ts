// Random waits in virtual time, judged by the contract. `npm run explore` plays such waits on a real server.
import fc from 'fast-check';
import { judge } from './oracle.js';
import { storyOf } from './story.js';
import { playVirtually } from './virtual/play.js';
import { surroundings, watches } from './virtual/surroundings.js';
import { WorkflowVm } from './virtual/workflow-vm.js';
import { type FaultKind, type WaitScript, waitScripts } from './wait-script.js';

const LONGEST_MS = 120_000;
/** Time enough to be told for ten minutes that a task does not exist. */
const LONG_WAIT_MS = 1_800_000;
const WAITS = Number(process.env['EXPLORE_WAITS'] ?? 30);
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

test('no poll is missed of a wait that polls each second, when the deadline comes at any moment', async () => {
  const scripts = fc.record({
    maxWaitMs: fc.integer({ min: 3_000, max: 6_000 }),
    polling: fc.constant({ initialInterval: 1_000, backoffCoefficient: 1, maximumInterval: 1_000, jitter: 0.1 }),
    task: fc.constant({ visibleAfterMs: 0, statuses: [{ fromMs: 0, status: 'running' }] }),
    faults: fc.constant([]),
    acts: fc.constant([]),
  });
  await playAndJudge(scripts, 6_000, Math.ceil(WAITS / 4));
}, 3_600_000);

test('a task that was seen and is forgotten ends its wait, whatever other answers come in between', async () => {
  const span = { fromMs: fc.integer({ min: 5_000, max: 300_000 }), forMs: fc.integer({ min: 1_000, max: 300_000 }) };
  const kind = fc.constantFrom<FaultKind>('noSuchTask', 'badToken', 'unsupportedRegion', 'internalError');
  const forgotten = fc.record({ kind: fc.constantFrom<FaultKind>('noSuchTask', 'unsupportedRegion'), ...span });
  const polling = fc.record({
    initialInterval: fc.constantFrom(5_000, 20_000),
    backoffCoefficient: fc.constant(1.5),
    jitter: fc.constantFrom(0, 0.1),
  });
  const scripts = fc.record({
    maxWaitMs: fc.constant(LONG_WAIT_MS),
    polling: polling.map((each) => ({ ...each, maximumInterval: 2 * each.initialInterval })),
    task: fc.constant({ visibleAfterMs: 0, statuses: [{ fromMs: 0, status: 'running' }] }),
    // The first span that covers a call decides.
    faults: fc
      .tuple(fc.array(fc.record({ kind, ...span }), { maxLength: 2 }), forgotten)
      .map(([between, last]) => [...between, { ...last, forMs: LONG_WAIT_MS }]),
    acts: fc.constant([]),
  });
  await playAndJudge(scripts, LONG_WAIT_MS, Math.ceil(WAITS / 8));
}, 3_600_000);

// How soon it polls is the matter of `npm run explore`, where a watch is real.
test('a shared wait does the same on every worker, whatever its watch tells it', async () => {
  const scripts = waitScripts(LONGEST_MS).map((script) => ({
    ...script,
    polling: { ...script.polling, pacing: 'shared' as const },
  }));
  const around = fc.tuple(surroundings(LONGEST_MS), watches(LONGEST_MS)).map(([each, watch]) => ({ ...each, watch }));
  const property = fc.asyncProperty(scripts, around, async (script, surrounding) => {
    const { failedTasks, ending } = await playVirtually(vm, script, surrounding);
    expect(failedTasks).toEqual([]);
    expect(ending).toBeDefined();
  });
  await fc.assert(property, { numRuns: WAITS, interruptAfterTimeLimit: 240_000, ...seeded() });
}, 3_600_000);

function playAndJudge(scripts: fc.Arbitrary<WaitScript>, longestMs: number, waits: number): Promise<void> {
  const property = fc.asyncProperty(scripts, surroundings(longestMs), async (script, around) => {
    const record = await playVirtually(vm, script, around);
    const wrong = judge(record, { clockMs: 20, busyMs: 100 + 2 * around.callMs });
    if (wrong.length > 0) throw new Error(`${wrong.join('\n')}\n\n${storyOf(record)}`);
  });
  return fc.assert(property, { numRuns: waits, interruptAfterTimeLimit: 240_000, ...seeded() });
}

function seeded(): { readonly seed?: number } {
  return SEED === undefined ? {} : { seed: Number(SEED) };
}
