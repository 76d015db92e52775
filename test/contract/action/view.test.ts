// What a stranger reads of a change in Temporal UI.
import { readActionInput } from '../../../src/contract/action/input.js';
import { type ActionState, beginAction } from '../../../src/contract/action/state.js';
import {
  type ActionProgress,
  actionMarkdownOf,
  actionViewOf,
  finalActionMarkdownOf,
} from '../../../src/contract/action/view.js';

const AT = Date.parse('2026-01-01T10:00:00Z');
const plan = readActionInput({
  action: 'UpgradeInstance',
  region: 'ap-guangzhou',
  params: { InstanceId: 'crs-1', MemSize: 4_096 },
  expect: { memSizeMb: 4_096 },
});
const locked = {
  code: 'ResourceUnavailable.InstanceLockedError',
  message: 'locked',
  requestId: 'r-1',
  at: '2026-01-01T10:00:01Z',
};
const busy: ActionState = {
  ...beginAction(plan, AT),
  submits: 1,
  lastSubmitAt: AT + 1_000,
  lastClass: 'busy',
  lastError: locked,
};
const accepted: ActionState = { ...busy, submits: 2, lastClass: 'accepted' };
const started = { taskIds: [7], dealName: 'deal-1', instanceIds: [] };
const pausing: ActionProgress = { stage: 'pausing', dueAt: AT + 11_000, started: undefined };

test('a busy change tells what was submitted, when, by which error it waits, and until when', () => {
  expect(actionMarkdownOf(plan, busy, pausing).split('\n')).toEqual([
    '**UpgradeInstance** in ap-guangzhou until `{"memSizeMb":4096}`',
    '',
    '- Instance: `crs-1`',
    '- Since: 2026-01-01 10:00:00 UTC',
    '- Submits: 1, the last at 2026-01-01 10:00:01 UTC: busy',
    '- Last error: `ResourceUnavailable.InstanceLockedError` `locked` at 2026-01-01 10:00:01 UTC, RequestId `r-1`',
    '- Now: another flow holds the instance; it is submitted again at 2026-01-01 10:00:11 UTC',
    '- Deadline: 2026-01-01 12:00:00 UTC',
    '',
    'Nothing has to be done. More Actions: Request Cancellation ends the change; what was submitted goes on. Do not reset it: that submits again.',
  ]);
});

test('an accepted change names what it waits for', () => {
  const details = actionMarkdownOf(plan, accepted, { stage: 'waiting', dueAt: null, started });

  expect(details).toContain('- Task: 7\n- Deal: `deal-1`\n- Now: it waits for what was started: each wait has a page');
});

test.each([
  ['RedisActionRefused', busy, undefined, 'Fix what the last error names, then run it again, under another id.'],
  [
    'RedisActionUncertain',
    busy,
    undefined,
    'Look at the tasks of crs-1 (none of them was new) and at the instance itself.',
  ],
  ['RedisTaskTimedOut', busy, undefined, 'nothing was started'],
  ['RedisTaskTimedOut', accepted, started, 'Start the wait again with the input at the end of the message below'],
  ['RedisTaskUnauthorized', busy, undefined, 'Fix the key or its permissions'],
  ['RedisInstanceFailed', accepted, started, 'Open the failure below'],
  ['cancelled', accepted, started, 'What was submitted goes on'],
  ['cancelled', beginAction(plan, AT), undefined, 'nothing was started'],
] as const)('a change that ended as %s says what to do', (ending, state, what, said) => {
  expect(finalActionMarkdownOf(plan, state, what, ending)).toContain(said);
});

test('a state has what was started, or what it is about', () => {
  expect(actionViewOf(plan, busy, pausing, AT + 2_000)).toMatchObject({
    ...{ stage: 'pausing', nextStepAt: '2026-01-01T10:00:11.000Z', submittedAt: '2026-01-01T10:00:01.000Z' },
    ...{ instanceIds: ['crs-1'], taskIds: [], dealName: null, lastSubmit: 'busy', waitedMs: 2_000, lastError: locked },
  });
  const waiting = actionViewOf(plan, accepted, { stage: 'waiting', dueAt: null, started }, AT);
  expect(waiting).toMatchObject({ taskIds: [7], dealName: 'deal-1', nextStepAt: null });
});
