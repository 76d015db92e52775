// Random changes in virtual time: workers killed, answers lost before and after the API has acted, a list that is behind, two
// pipelines on one instance. None that must not be repeated is executed twice, and each ending is true.
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { Activities } from './changes/pipeline.js';
import { activitiesOf, changePlays, playChanges } from './changes/play.js';
import { WorkflowVm } from './virtual/workflow-vm.js';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));
const PLAYS = Number(process.env['EXPLORE_CHANGES'] ?? 40);
const SEED = process.env['EXPLORE_SEED'];

let vm: WorkflowVm;
let activities: Activities;

beforeAll(async () => {
  vm = await WorkflowVm.create();
  activities = await activitiesOf(SOURCE);
});
afterAll(() => vm.close().catch(() => undefined));

test('no change that must not be repeated is executed twice, and none is lost silently', async () => {
  const property = fc.asyncProperty(changePlays, async (play) => {
    expect(await playChanges(vm, activities, play)).toEqual([]);
  });
  const seed = SEED === undefined ? {} : { seed: Number(SEED) };
  await fc.assert(property, { numRuns: PLAYS, interruptAfterTimeLimit: 240_000, ...seed });
}, 3_600_000);
