// The explorer must find bugs: each of these is planted in a copy of the code, alone, and waits are played until one of
// them is judged wrong.
import path from 'node:path';
import fc from 'fast-check';
import { judge } from '../explore/oracle.js';
import { playVirtually } from '../explore/virtual/play.js';
import { surroundings } from '../explore/virtual/surroundings.js';
import { WorkflowVm } from '../explore/virtual/workflow-vm.js';
import { waitScripts } from '../explore/wait-script.js';
import { bundled } from '../support/environments.js';
import { type Bug, plantingIn } from './plant.js';

const LONGEST_MS = 120_000;
const WAITS_MAX = 1_000;

const BUGS: readonly Bug[] = [
  {
    name: 'extendWait cancels the call under way',
    file: 'workflows/wait/poll-once.ts',
    text: 'const poll = new PollUnderWay(() => wait.ask(limits));',
    becomes:
      'const poll = new PollUnderWay(() => wait.ask(limits)); const before = wait.state.deadline; void clock.until(() => wait.state.deadline !== before).then(() => poll.giveUp());',
  },
  {
    name: 'a wait times out without a last poll',
    file: 'contract/task/outcome.ts',
    text: 'isPastDeadline(state, beganAt) ?',
    becomes: 'now >= state.deadline - 5_000 ?',
  },
  {
    name: 'one stray refusal ends a wait whose task was seen',
    file: 'contract/wait/refusal.ts',
    text: 'const REFUSALS_MIN = 3;\nconst REFUSED_FOR_MIN_MS = MINUTE;',
    becomes: 'const REFUSALS_MIN = 1;\nconst REFUSED_FOR_MIN_MS = 0;',
  },
  {
    name: 'pollNow polls at once, however close the poll before was',
    file: 'contract/wait/polls.ts',
    text: 'return Math.max(state.soonestAt, Math.min(...due));',
    becomes: 'return Math.min(...due);',
  },
  {
    name: 'a condition reads the clock',
    file: 'workflows/wait/wait-clock.ts',
    text: 'return isPastDeadline(this.wait.state, this.rungAt);',
    becomes: 'return isPastDeadline(this.wait.state, Date.now());',
  },
  {
    name: 'a joiner leaves nothing in history',
    file: 'workflows/task/await-redis-task.ts',
    text: '      leaveTrace(now);\n',
    becomes: '',
  },
  {
    name: 'a pause to the deadline has no timer',
    file: 'workflows/wait/polled-wait.ts',
    text: 'isLate(), timerMs, { summary: this.pauseSummary(dueAt, now) });',
    becomes: 'isLate(), isToDeadline ? undefined : timerMs, { summary: this.pauseSummary(dueAt, now) });',
  },
  {
    name: 'a status in capitals is not known',
    file: 'contract/task/observation.ts',
    text: 'PHASES.get(status.toLowerCase())',
    becomes: 'PHASES.get(status)',
  },
  {
    name: 'a failed poll counts',
    file: 'contract/wait/polls.ts',
    text: '    lastError: error,\n',
    becomes: '    lastError: error,\n    polls: state.polls + 1,\n',
  },
];

const plant = plantingIn('src');

test.each(BUGS.map((bug) => [bug.name, bug] as const))('finds that %s', async (name, bug) => {
  const source = await plant(name, bug);
  const vm = await WorkflowVm.create(await bundled(path.join(source, 'workflows/task/await-redis-task.ts')));
  const plays = fc.sample(fc.tuple(waitScripts(LONGEST_MS), surroundings(LONGEST_MS)), { seed: 1, numRuns: WAITS_MAX });
  let found: string[] = [];
  let waits = 0;
  for (const [script, around] of plays) {
    waits += 1;
    found = judge(await playVirtually(vm, script, around), { clockMs: 20, busyMs: 100 + 2 * around.callMs });
    if (found.length > 0) break;
  }
  await vm.close();

  expect(found).not.toEqual([]);
  process.stdout.write(`${name}: found by wait ${waits}: ${found[0] ?? ''}\n`);
});
