// The explorer of changes must find bugs: each of these is planted in a copy of the code, alone, and changes are played until
// one of them is judged wrong.
import path from 'node:path';
import fc from 'fast-check';
import { activitiesOf, changePlays, playChanges } from '../explore/changes/play.js';
import { WorkflowVm } from '../explore/virtual/workflow-vm.js';
import { bundled } from '../support/environments.js';
import { type Bug, plantingIn } from './plant.js';

const PLAYS_MAX = 300;

const BUGS: readonly Bug[] = [
  {
    name: 'a task that began before, which the list shows late, is taken for its own',
    file: 'contract/action/own-task.ts',
    text: "return ageMs > sinceMs + CLOCKS_APART_MS ? 'earlier' : 'own';",
    becomes: "return 'own';",
  },
  {
    name: 'the submit is retried',
    file: 'workflows/action/calls.ts',
    text: 'retry: { maximumAttempts: 1 },',
    becomes: 'retry: { maximumAttempts: 3 },',
  },
  {
    name: 'the baseline is read after the submit',
    file: 'contract/action/next-step.ts',
    text: "uncertainSince === null ? 'begin' : 'look'",
    becomes: "uncertainSince === null ? 'submit' : 'begin'",
  },
  {
    name: 'a lost answer is taken for a refusal',
    file: 'contract/action/submit-class.ts',
    text: "return isRefused ? 'refused' : 'uncertain';",
    becomes: "return isRefused || code.startsWith('NetworkError.') ? 'refused' : 'uncertain';",
  },
  {
    name: 'a lost answer is taken for one to a request that was never sent',
    file: 'contract/action/submit-class.ts',
    text: 'NetworkError\\.(ECONNREFUSED|',
    becomes: 'NetworkError\\.(ECONNRESET|ECONNREFUSED|',
  },
  {
    name: 'a system error is taken for busy',
    file: 'contract/action/submit-class.ts',
    text: "  'FailedOperation.CommitFlowError',\n",
    becomes: "  'FailedOperation.CommitFlowError',\n  'FailedOperation.SystemError',\n",
  },
  {
    name: 'an answer that says nothing is taken for accepted',
    file: 'activities/action/submit.ts',
    text: 'const started = readStarted(answer);',
    becomes: 'const started = readStarted(answer) ?? { taskIds: [], dealName: null, instanceIds: [] };',
  },
  {
    name: 'a change that would do harm twice is submitted again when no task is found',
    file: 'contract/action/actions.ts',
    text: "['value', 'guarded'].includes",
    becomes: "['value', 'guarded', 'never'].includes",
  },
  {
    name: 'any new task is taken for its own',
    file: 'contract/action/own-task.ts',
    text: 'return taskType !== null && factsOf(action).taskTypes.includes(taskType);',
    becomes: 'return taskType !== null && action !== undefined;',
  },
  {
    name: 'a worker that was killed is taken for one that never took the submit',
    file: 'workflows/action/calls.ts',
    text: "cause.timeoutType === 'SCHEDULE_TO_START'",
    becomes: "cause.timeoutType !== 'HEARTBEAT'",
  },
  {
    name: 'a refusal after an uncertain submit says that nothing was started',
    file: 'contract/action/next-step.ts',
    text: "type: uncertainSince === null ? type : 'RedisActionUncertain'",
    becomes: "type: uncertainSince === undefined ? 'RedisActionUncertain' : type",
  },
  {
    name: 'the tasks before the submit are forgotten',
    file: 'contract/action/own-task.ts',
    text: '(baseline ?? []).includes(taskId)',
    becomes: '(baseline ?? []).includes(-taskId)',
  },
];

const plant = plantingIn('src');

test.each(BUGS.map((bug) => [bug.name, bug] as const))('finds that %s', async (name, bug) => {
  const source = await plant(name, bug);
  const vm = await WorkflowVm.create(await bundled(path.join(source, 'workflows/served.ts')));
  const activities = await activitiesOf(source);
  let found: string[] = [];
  let plays = 0;
  for (const play of fc.sample(changePlays, { seed: 1, numRuns: PLAYS_MAX })) {
    plays += 1;
    found = await playChanges(vm, activities, play);
    if (found.length > 0) break;
  }
  await vm.close();

  expect(found).not.toEqual([]);
  process.stdout.write(`${name}: found by play ${plays}: ${found[0] ?? ''}\n`);
});
