import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import type * as SubmitModule from '../../../src/activities/action/submit.js';
import type * as ErrorsModule from '../../../src/tencent/errors.js';
import type * as ListModule from '../../../src/tencent/list-instance-tasks.js';
import { VirtualClock } from '../virtual/clock.js';
import type { WorkflowVm } from '../virtual/workflow-vm.js';
import { judgeChange } from './oracle.js';
import { type Activities, Pipeline, type PipelineScript } from './pipeline.js';
import { SUBMIT_FAULTS, World, type WorldScript } from './world.js';

const START = Date.parse('2026-11-23T10:00:00Z');
const STEPS_MAX = 5_000;

/** One play: the API, and one or two pipelines on one instance. */
export interface ChangePlay {
  readonly world: WorldScript;
  readonly pipelines: readonly PipelineScript[];
}

const pipeline = fc.record({
  action: fc.constantFrom('ClearInstance' as const, 'ModifyInstanceParams' as const, 'RestoreInstance' as const),
  startsAtMs: fc.integer({ min: 0, max: 30_000 }),
  maxWaitMs: fc.constantFrom(5_000, 60_000, 600_000),
  fates: fc.array(
    fc.constantFrom('lives' as const, 'lives' as const, 'killedBefore' as const, 'killedAfter' as const),
    {
      maxLength: 6,
    },
  ),
  callMs: fc.constantFrom(5, 300, 4_000),
});

export const changePlays: fc.Arbitrary<ChangePlay> = fc.record({
  world: fc.record({
    submitFaults: fc.array(fc.constantFrom(...SUBMIT_FAULTS), { maxLength: 5 }),
    listLagMs: fc.constantFrom(0, 0, 3_000, 30_000, 300_000),
    everyListFails: fc.constantFrom(0, 0, 2, 3),
    taskMs: fc.constantFrom(1_000, 20_000, 120_000),
    hasEarlierTasks: fc.boolean(),
    lockedMs: fc.constantFrom(0, 0, 15_000, 300_000),
  }),
  pipelines: fc.array(pipeline, { minLength: 1, maxLength: 2 }),
});

/** What the activities do, by the code in a folder. */
export async function activitiesOf(source: string): Promise<Activities> {
  const load = (file: string): Promise<unknown> => import(pathToFileURL(path.join(source, file)).href);
  const { submitAction } = (await load('activities/action/submit.ts')) as typeof SubmitModule;
  const { listInstanceTasks } = (await load('tencent/list-instance-tasks.ts')) as typeof ListModule;
  const { TencentApiError, classifyErrorCode } = (await load('tencent/errors.ts')) as typeof ErrorsModule;
  type Call = Parameters<Activities['submit']>[1];
  const apiOf = (call: Call) => ({
    call: async ({ action, params }: { action: string; params: Readonly<Record<string, unknown>> }) => {
      try {
        return (await call(action, params)) as Record<string, unknown>;
      } catch (error) {
        const { code } = error as { code: string };
        throw new TencentApiError(code, 'In the words of the API.', classifyErrorCode(code));
      }
    },
  });
  return {
    submit: (question, call) => {
      const asked = question as Parameters<typeof submitAction>[0];
      return submitAction(asked, apiOf(call), { actions: [asked.action], secretsFolder: undefined });
    },
    list: (question, call) => {
      const { region } = question as { region: string };
      return listInstanceTasks(apiOf(call), { region, instanceId: 'crs-a' });
    },
  };
}

/** Plays, and tells what is wrong. */
export async function playChanges(
  vm: WorkflowVm,
  activities: Activities,
  { world: script, pipelines: scripts }: ChangePlay,
): Promise<string[]> {
  const clock = new VirtualClock(START);
  const world = new World(clock, script);
  const pipelines = scripts.map((each, index) => {
    return new Pipeline(`pipeline-${index + 1}`, each, { vm, clock, world, activities, seed: index + 1 });
  });
  for (let steps = 0; steps < STEPS_MAX && clock.step(); steps += 1) {
    for (const { underWay } of pipelines) await underWay;
  }
  for (const each of pipelines) await each.close();
  return pipelines.flatMap((each) => {
    const others = pipelines.filter((other) => other !== each);
    return judgeChange(each, others, world.executed).map((wrong) => `${each.name} (${each.action}): ${wrong}`);
  });
}
