// What follows what in a change: played without a workflow, under a clock of its own.
import fc from 'fast-check';
import { type ActionPlan, readActionInput, type RunRedisActionInput } from '../../../src/contract/action/input.js';
import {
  type ActionEnd,
  afterBaseline,
  afterLook,
  afterPause,
  afterSubmit,
  isTaskOfDealWanted,
  taskOfDeal,
} from '../../../src/contract/action/next-step.js';
import {
  endOf,
  failureAfterStart,
  instanceInputOf,
  readActionState,
  resultOf,
  taskInputOf,
} from '../../../src/contract/action/outcome.js';
import {
  type ActionState,
  beginAction,
  type ListedTask,
  submitBegan,
  submitEnded,
  type Submitted,
} from '../../../src/contract/action/state.js';
import type { SubmitClass } from '../../../src/contract/action/submit-class.js';
import { readInstanceInput } from '../../../src/contract/instance/input.js';
import type { PollErrorClass } from '../../../src/contract/poll-error.js';
import { readInput } from '../../../src/contract/task/input.js';
import { inBeijing } from '../../../src/testing/beijing-time.js';
import { refused, START } from '../task/played-wait.js';

const CLEAR = planOf({ action: 'ClearInstance' });
const PARAMS = planOf({ action: 'ModifyInstanceParams' });
const CREATE = planOf({ action: 'CreateInstances', params: { GoodsNum: 1 } });

function planOf(input: Partial<RunRedisActionInput> & Pick<RunRedisActionInput, 'action'>): ActionPlan {
  return readActionInput({ region: 'ap-guangzhou', params: { InstanceId: 'crs-a' }, maxWait: '10m', ...input });
}

const error = {
  code: 'Some.Code',
  message: 'In the words of the API.',
  requestId: 'r-1',
  at: new Date(START).toISOString(),
};
const brings = (submitClass: Exclude<SubmitClass, 'accepted'>): Submitted => ({ class: submitClass, error });
const accepted = {
  class: 'accepted',
  started: { taskIds: [7], dealName: null, instanceIds: [] },
  requestId: 'r-2',
  response: { TaskId: 7 },
} as const satisfies Submitted;
const task = (
  taskId: number,
  taskType: string | null = '004',
  instanceId = 'crs-a',
  startTime: string | null = inBeijing(START + 1_000),
): ListedTask => ({ taskId, taskType, instanceId, startTime });
const listedAt = (now: number, tasks: readonly ListedTask[]) => ({
  tasks: [...tasks],
  at: new Date(now).toISOString(),
});

/** What the API does in a play, by the number of the submit and by the time. */
interface Api {
  /** The tasks that there are before a submit. */
  readonly baseline?: (elapsedS: number) => readonly number[];
  readonly submit: (submits: number, elapsedS: number) => Submitted;
  /** What the list shows; null where it cannot be read. */
  readonly list?: (elapsedS: number) => readonly ListedTask[] | null;
}

interface Played {
  readonly end: ActionEnd | 'goOn';
  readonly taskIds: readonly number[];
  /** When each submit was made, in seconds. */
  readonly submitsAt: number[];
  readonly endedS: number;
  readonly state: ActionState;
}

/** Plays a change until it goes on or fails; each call takes a second. */
function play(plan: ActionPlan, { baseline = () => [], submit, list = () => [] }: Api): Played {
  let state = beginAction(plan, START);
  let now = START;
  const submitsAt: number[] = [];
  const elapsedS = () => (now - START) / 1_000;
  let next = afterPause(state);
  for (let steps = 0; steps < 10_000; steps += 1) {
    switch (next.do) {
      case 'begin':
        now += 1_000;
        ({ state, next } = afterBaseline(state, { observation: baseline(elapsedS()) }, now));
        break;
      case 'submit': {
        submitsAt.push(elapsedS());
        state = submitBegan(state, now);
        const submitted = submit(state.submits, elapsedS());
        now += 1_000;
        state = submitEnded(state, submitted);
        next = afterSubmit(plan, state, submitted, now);
        break;
      }
      case 'look': {
        const listed = list(elapsedS());
        now += 1_000;
        ({ state, next } = afterLook(plan, state, listed && listedAt(now, listed), { askedAt: now, now }));
        break;
      }
      case 'pause':
        now += next.ms;
        next = afterPause(state);
        break;
      case 'fail':
        return { end: next.type, taskIds: [], submitsAt, endedS: elapsedS(), state };
      case 'goOn':
        return { end: 'goOn', taskIds: next.started.taskIds, submitsAt, endedS: elapsedS(), state };
    }
  }
  throw new Error('The change does not end');
}

test('a change that is accepted goes on with what was started', () => {
  expect(play(CLEAR, { submit: () => accepted })).toMatchObject({ end: 'goOn', taskIds: [7], submitsAt: [1] });
});

describe('a busy instance', () => {
  test('is asked again after 10 s, 20 s, 40 s, then every minute', () => {
    const { submitsAt, end } = play(CLEAR, { submit: (submits) => (submits < 6 ? brings('busy') : accepted) });

    // Each time the tasks are read before, which takes a second here, as does a submit.
    expect(submitsAt).toEqual([1, 13, 35, 77, 139, 201]);
    expect(end).toBe('goOn');
  });

  test('times out at the deadline, and nothing was started', () => {
    const played = play(CLEAR, { submit: () => brings('busy') });

    expect(played.end).toBe('RedisTaskTimedOut');
    expect(played.endedS).toBeLessThanOrEqual(600);
    expect(Math.max(...played.submitsAt)).toBeLessThan(600);
  });

  test.each(['5s', '40s', '100s', '10m'])('is submitted until shortly before a deadline of %s', (maxWait) => {
    const plan = planOf({ action: 'ClearInstance', maxWait });
    const { submitsAt, endedS } = play(plan, { submit: () => brings('busy') });

    // A pause of two seconds, a read of the tasks and a submit.
    expect(plan.maxWaitMs / 1_000 - endedS).toBeLessThanOrEqual(4);
    expect(endedS - Math.max(...submitsAt)).toBeLessThanOrEqual(6);
    expect(submitsAt.length).toBeLessThanOrEqual(20);
  });

  test('is not submitted any more when its tasks could only be read after the deadline', () => {
    const late = afterBaseline(beginAction(CLEAR, START), { observation: [] }, START + 600_000);

    expect(late.next).toEqual({ do: 'fail', type: 'RedisTaskTimedOut' });
  });

  test('is asked again soon after something else came between', () => {
    const { submitsAt } = play(CLEAR, {
      submit: (submits) =>
        submits < 3 ? brings('busy') : submits === 3 ? brings('throttled') : submits === 4 ? brings('busy') : accepted,
    });

    expect(submitsAt).toEqual([1, 13, 35, 39, 51]);
  });
});

test.each([
  ['refused', 'RedisActionRefused'],
  ['unauthorized', 'RedisTaskUnauthorized'],
] as const)('a change that is %s ends as %s after one submit', (submitClass, end) => {
  expect(play(CLEAR, { submit: () => brings(submitClass) })).toMatchObject({ end, submitsAt: [1] });
});

describe('an uncertain submit', () => {
  test('goes on with the one new task of its type', () => {
    const list = (s: number) => (s < 20 ? [task(1)] : [task(1), task(8)]);

    expect(play(CLEAR, { baseline: () => [1], submit: () => brings('uncertain'), list })).toMatchObject({
      end: 'goOn',
      taskIds: [8],
      submitsAt: [1],
    });
  });

  test('is looked for through a minute at least, also past the deadline', () => {
    const short = planOf({ action: 'ClearInstance', maxWait: '5s' });
    const played = play(short, { submit: () => brings('uncertain') });

    expect(played).toMatchObject({ end: 'RedisActionUncertain', submitsAt: [1] });
    expect(played.endedS).toBeGreaterThanOrEqual(61);
  });

  test('of a change that would do harm twice is never followed by another', () => {
    expect(play(CLEAR, { submit: () => brings('uncertain') })).toMatchObject({
      end: 'RedisActionUncertain',
      submitsAt: [1],
    });
  });

  test('of a change that can do no harm is followed by another when no task is found', () => {
    const played = play(PARAMS, { submit: (submits) => (submits === 1 ? brings('uncertain') : accepted) });

    expect(played).toMatchObject({ end: 'goOn', taskIds: [7] });
    expect(played.submitsAt).toHaveLength(2);
    expect(played.submitsAt[1]).toBeGreaterThanOrEqual(61);
  });

  test('without an instance cannot be looked for', () => {
    expect(play(CREATE, { submit: () => brings('uncertain') })).toMatchObject({
      end: 'RedisActionUncertain',
      endedS: 2,
    });
  });

  test('with two new tasks of its type is no guess', () => {
    const played = play(PARAMS, { submit: () => brings('uncertain'), list: () => [task(8, '034'), task(9, '034')] });

    expect(played).toMatchObject({
      end: 'RedisActionUncertain',
      submitsAt: [1],
      state: { candidates: [{ taskId: 8 }, { taskId: 9 }] },
    });
  });

  test('does not take a task that began before it for its own, which the list showed late', () => {
    const earlier = task(8, '004', 'crs-a', inBeijing(START - 4_000));
    const own = task(9);

    expect(play(CLEAR, { submit: () => brings('uncertain'), list: () => [earlier] })).toMatchObject({
      end: 'RedisActionUncertain',
      state: { candidates: [{ taskId: 8 }] },
    });
    expect(play(CLEAR, { submit: () => brings('uncertain'), list: () => [earlier, own] })).toMatchObject({
      end: 'goOn',
      taskIds: [9],
    });
  });

  test('does not take an earlier task for its own when the answer of the list was under way for long', () => {
    const submitted = submitEnded(submitBegan(beginAction(CLEAR, START), START), brings('uncertain'));
    const earlier = task(8, '004', 'crs-a', inBeijing(START - 10_000));
    const look = { askedAt: START + 5_000, now: START + 60_000 };

    expect(afterLook(CLEAR, submitted, listedAt(START + 6_000, [earlier]), look).next.do).not.toBe('goOn');
    expect(afterLook(CLEAR, submitted, listedAt(START + 6_000, [task(9)]), look).next.do).toBe('goOn');
    // A clock that is far off.
    expect(afterLook(CLEAR, submitted, listedAt(0, [task(9, '004', 'crs-a', inBeijing(0))]), look).next.do).toBe(
      'goOn',
    );
  });

  test('does not take a task that has not begun for its own, until it has', () => {
    const waiting = (startTime: string | null) => task(8, '004', 'crs-a', startTime);

    for (const startTime of [null, '0000-00-00 00:00:00'])
      expect(play(CLEAR, { submit: () => brings('uncertain'), list: () => [waiting(startTime)] })).toMatchObject({
        end: 'RedisActionUncertain',
        state: { candidates: [{ taskId: 8 }] },
      });
    const list = (elapsedS: number) => [waiting(elapsedS < 20 ? null : inBeijing(START + 15_000))];
    expect(play(CLEAR, { submit: () => brings('uncertain'), list })).toMatchObject({ end: 'goOn', taskIds: [8] });
  });

  test('does not submit again what can be repeated while a task of its type has not begun', () => {
    const played = play(PARAMS, { submit: () => brings('uncertain'), list: () => [task(8, '034', 'crs-a', null)] });

    expect(played).toMatchObject({ end: 'RedisActionUncertain', submitsAt: [1] });
  });

  test.each([0, 3, 8, 9])('takes a task for its own whatever the zone of its time, such as UTC+%d', (hours) => {
    const began = task(8, '004', 'crs-a', inBeijing(START + 2_000 + (hours - 8) * 3_600_000));

    expect(play(CLEAR, { submit: () => brings('uncertain'), list: () => [began] })).toMatchObject({ end: 'goOn' });
  });

  test.each([
    ['of another type', '012'],
    ['of a type that is told by name', 'FLOW_CLEANALL'],
    ['of no type', null],
  ])('does not take a new task %s for its own, and tells it', (_name, taskType) => {
    expect(play(CLEAR, { submit: () => brings('uncertain'), list: () => [task(8, taskType)] })).toMatchObject({
      end: 'RedisActionUncertain',
      state: { candidates: [{ taskId: 8 }] },
    });
  });

  test('does not take a task that the service starts by itself for a candidate', () => {
    expect(play(CLEAR, { submit: () => brings('uncertain'), list: () => [task(8, '046')] }).state.candidates).toEqual(
      [],
    );
  });

  test('waits for a list that cannot be read, and does not submit meanwhile', () => {
    const played = play(PARAMS, {
      submit: () => brings('uncertain'),
      list: (s) => (s < 300 ? null : [task(8, '034')]),
    });

    expect(played).toMatchObject({ end: 'goOn', taskIds: [8], submitsAt: [1] });
  });

  test('makes a later refusal, or time-out, uncertain: something may have been started', () => {
    for (const submitClass of ['refused', 'unauthorized'] as const) {
      const submit = (submits: number) => brings(submits === 1 ? 'uncertain' : submitClass);
      expect(play(PARAMS, { submit })).toMatchObject({
        end: 'RedisActionUncertain',
        submitsAt: [1, expect.any(Number)],
      });
    }
    const busy = play(PARAMS, { submit: (submits) => brings(submits === 1 ? 'uncertain' : 'busy') });
    expect(busy.end).toBe('RedisActionUncertain');
  });

  test('is looked for before each submit that follows: its own flow may be what makes the instance busy', () => {
    const submit = (submits: number) => brings(submits === 1 ? 'uncertain' : 'busy');
    const list = (s: number) => (s < 90 ? [] : [task(8, '034')]);

    expect(play(PARAMS, { submit, list })).toMatchObject({
      end: 'goOn',
      taskIds: [8],
      submitsAt: [1, expect.any(Number)],
    });
  });

  test('of a template needs one task for each instance', () => {
    const template = planOf({
      action: 'ApplyParamsTemplate',
      params: { InstanceIds: ['crs-a', 'crs-b'], TemplateId: 't' },
    });
    const both = [task(8, '034', 'crs-a'), task(9, '034', 'crs-b')];
    const submit = () => brings('uncertain');

    expect(play(template, { submit, list: () => both })).toMatchObject({ end: 'goOn', taskIds: [8, 9] });
    expect(play(template, { submit, list: () => both.slice(0, 1) })).toMatchObject({ end: 'RedisActionUncertain' });
    expect(play(template, { submit, list: () => [task(8, '034'), task(9, '034')] })).toMatchObject({
      end: 'RedisActionUncertain',
    });
  });
});

test('whatever comes, a change that would do harm twice is submitted again only after answers that started nothing', () => {
  const classes = fc.array(fc.constantFrom('busy', 'throttled', 'uncertain', 'refused', 'unauthorized', 'accepted'), {
    minLength: 1,
  });
  fc.assert(
    fc.property(classes, fc.array(fc.nat(3)), (answers, shown) => {
      const brought: string[] = [];
      const played = play(CLEAR, {
        submit: (submits) => {
          const answer = answers[submits - 1] ?? 'refused';
          brought.push(answer);
          return answer === 'accepted' ? accepted : brings(answer);
        },
        list: (s) => shown.slice(0, Math.floor(s / 10)).map((id) => task(id)),
      });
      const before = brought.slice(0, -1);

      expect(before.filter((answer) => answer !== 'busy' && answer !== 'throttled')).toEqual([]);
      if (played.end === 'RedisActionRefused' || played.end === 'RedisTaskTimedOut')
        expect(brought).not.toContain('uncertain');
      if (brought.at(-1) === 'accepted') expect(played.end).toBe('goOn');
    }),
  );
});

test('whatever comes, a failure that says that nothing was started is told only where no submit was uncertain', () => {
  const classes = fc.array(fc.constantFrom('busy', 'throttled', 'uncertain', 'refused', 'unauthorized'), {
    minLength: 1,
  });
  fc.assert(
    fc.property(classes, (answers) => {
      const submit = (submits: number) => brings(answers[submits - 1] ?? 'busy');
      const { end, submitsAt } = play(PARAMS, { submit });
      const brought = submitsAt.map((_, index) => answers[index] ?? 'busy');

      expect(end === 'RedisActionUncertain').toBe(brought.includes('uncertain'));
    }),
  );
});

describe('the baseline', () => {
  test('is read again after a pause: a task that others have started meanwhile is not its own', () => {
    const submit = (submits: number) => brings(submits === 1 ? 'busy' : 'uncertain');
    const baseline = (elapsedS: number) => (elapsedS < 5 ? [] : [8]);

    expect(play(CLEAR, { submit, baseline, list: () => [task(8, '004')] })).toMatchObject({
      end: 'RedisActionUncertain',
      state: { submits: 2, candidates: [] },
    });
  });

  const state = beginAction(CLEAR, START);
  const after = (errorClass: PollErrorClass, now = START) => afterBaseline(state, refused(errorClass) as never, now);

  test.each([
    ['unauthorized', 'RedisTaskUnauthorized'],
    ['rejected', 'RedisActionRefused'],
    ['unknownTask', 'RedisActionRefused'],
  ] as const)('that is %s ends the change as %s', (errorClass, type) => {
    expect(after(errorClass).next).toEqual({ do: 'fail', type });
  });

  test.each(['transient', 'throttled'] as const)(
    'that cannot be read for now (%s) is asked for again, until the deadline',
    (errorClass) => {
      const { state: failed, next } = after(errorClass);

      expect(next).toEqual({ do: 'pause', ms: 10_000 });
      expect(afterPause(failed)).toEqual({ do: 'begin' });
      expect(after(errorClass, START + 595_000).next).toEqual({ do: 'pause', ms: 2_500 });
      expect(after(errorClass, START + 597_000).next).toEqual({ do: 'fail', type: 'RedisTaskTimedOut' });
    },
  );
});

describe('an order', () => {
  const upgrade = planOf({ action: 'UpgradeInstance', params: { InstanceId: 'crs-a', MemSize: 4_096 } });
  const started = { taskIds: [], dealName: '2025', instanceIds: [] };
  const state = { ...beginAction(upgrade, START), baseline: [1] };

  test('is followed by its task where nothing else is expected of the instance', () => {
    expect(isTaskOfDealWanted(upgrade)).toBe(true);
    expect(isTaskOfDealWanted(planOf({ ...upgradeInput(), expect: { memSizeMb: 4_096 } }))).toBe(false);
    expect(isTaskOfDealWanted(planOf({ ...upgradeInput(), waitFor: 'start' }))).toBe(false);
    expect(isTaskOfDealWanted(planOf({ action: 'RenewInstance' }))).toBe(false);
    expect(isTaskOfDealWanted(CREATE)).toBe(false);
    expect(isTaskOfDealWanted(CLEAR)).toBe(false);
    const found = (...tasks: ListedTask[]) =>
      taskOfDeal(upgrade, state, listedAt(START + 1_000, tasks), { askedAt: START, now: START + 1_000 });
    expect(found(task(1, '002'), task(8, '028'), task(9, '012'))).toEqual([8]);
    expect(found(task(1, '002'))).toBeUndefined();
  });

  test('is waited for by the instance that it changes, and what is expected of it', () => {
    const expected = planOf({ ...upgradeInput(), expect: { memSizeMb: 4_096 } });
    const waited = instanceInputOf(expected, state, started, START);

    expect(waited).toMatchObject({
      instanceIds: ['crs-a'],
      dealName: '2025',
      until: 'running',
      expect: { memSizeMb: 4_096 },
      maxWait: 600_000,
    });
    expect(() => readInstanceInput(waited)).not.toThrow();
  });

  test('of new instances is waited for by those', () => {
    expect(instanceInputOf(CREATE, state, { ...started, instanceIds: ['crs-n'] }, START)).toMatchObject({
      instanceIds: ['crs-n'],
    });
    expect(instanceInputOf(CREATE, state, started, START)).not.toHaveProperty('instanceIds');
    const clone = planOf({ action: 'CloneInstances' });
    expect(instanceInputOf(clone, state, started, START)).not.toHaveProperty('instanceIds');
  });

  test('of more instances than one wait can name is waited for by itself', () => {
    const ordered = { ...started, instanceIds: Array.from({ length: 51 }, (_, index) => `crs-${index}`) };
    const waited = instanceInputOf(CREATE, state, ordered, START);

    expect(waited).toMatchObject({ dealName: '2025' });
    expect(waited).not.toHaveProperty('instanceIds');
    expect(() => readInstanceInput(waited)).not.toThrow();
  });

  test('whose name is no name is waited for by its instances', () => {
    const waited = instanceInputOf(upgrade, state, { ...started, dealName: 'a name: of words' }, START);

    expect(waited).toMatchObject({ instanceIds: ['crs-a'] });
    expect(waited).not.toHaveProperty('dealName');
    expect(() => readInstanceInput(waited)).not.toThrow();
  });

  test('that destroys is over when the instance is isolated', () => {
    const destroyed = instanceInputOf(planOf({ action: 'DestroyPrepaidInstance' }), state, started, START);

    expect(destroyed).toMatchObject({ until: 'isolated' });
    expect(() => readInstanceInput(destroyed)).not.toThrow();
  });

  test('is none where the API answered with a task', () => {
    expect(instanceInputOf(CLEAR, state, { ...started, dealName: null, taskIds: [7] }, START)).toBeUndefined();
  });

  function upgradeInput() {
    return { action: 'UpgradeInstance' as const, params: { InstanceId: 'crs-a', MemSize: 4_096 } };
  }
});

test('a change whose tasks cannot be read by the deadline has timed out, and nothing was started', () => {
  expect(afterBaseline(beginAction(CLEAR, START), undefined, START).next).toEqual({
    do: 'fail',
    type: 'RedisTaskTimedOut',
  });
});

test('a task is waited for with what is left of maxWait, and at least a second', () => {
  const state = beginAction(CLEAR, START);

  expect(taskInputOf(CLEAR, state, 7, START + 60_000)).toMatchObject({ taskId: 7, maxWait: 540_000 });
  expect(() => readInput(taskInputOf(CLEAR, state, 7, START + 600_000))).not.toThrow();
});

describe('what a person is told', () => {
  const { state } = play(CLEAR, {
    baseline: () => [1],
    submit: () => brings('uncertain'),
    list: () => [task(8, '012')],
  });

  test('of an uncertain change has the baseline, the candidates and where to look', () => {
    const failure = endOf('RedisActionUncertain', CLEAR, state, START + 62_000);

    expect(failure).toMatchObject({
      type: 'RedisActionUncertain',
      details: {
        action: 'ClearInstance',
        instanceIds: ['crs-a'],
        submits: 1,
        submittedAt: new Date(START + 1_000).toISOString(),
        baseline: [1],
        candidates: [{ taskId: 8 }],
        lookAt: 'Look at the tasks of crs-a (new since before the submit: 8) and at the instance itself.',
        lastError: error,
      },
    });
    expect(failure.message).toContain('Whether ClearInstance of crs-a in ap-guangzhou was started is not known');
  });

  test('of a refusal says that nothing was started, with the words of the API', () => {
    const refusal = play(CLEAR, { submit: () => brings('refused') });
    const { message } = endOf('RedisActionRefused', CLEAR, refusal.state, START + 2_000);

    expect(message).toBe(
      'ClearInstance of crs-a in ap-guangzhou was refused, and nothing was started: Some.Code: In the words of the API. (RequestId r-1). 1 submit, waited 2 s.',
    );
  });

  test('of a task that failed is the failure of its wait, and the change', () => {
    const details = { taskId: 7, region: 'ap-guangzhou', status: 'failed', polls: 3, waitedMs: 5 } as never;
    const started = { taskIds: [7], dealName: null, instanceIds: [] };
    const failure = failureAfterStart(
      { type: 'RedisTaskFailed', message: 'It failed.', details },
      CLEAR,
      state,
      started,
      START,
    );

    expect(failure).toMatchObject({
      type: 'RedisTaskFailed',
      message: expect.stringMatching(/^ClearInstance, .+ after its start: It failed\.$/) as string,
      details: { taskId: 7, status: 'failed', polls: 3, action: 'ClearInstance', taskIds: [7], submits: 1 },
    });
  });
});

test('the state survives the way to the next run, and the result has what the contract names', () => {
  const { state } = play(PARAMS, { submit: (submits) => (submits === 1 ? brings('uncertain') : accepted) });

  expect(readActionState(JSON.parse(JSON.stringify(state)))).toEqual(state);
  expect(readActionState(undefined)).toBeUndefined();
  expect(() => readActionState({ v: 1 })).toThrow('is not a state');
  const { started } = accepted;
  expect(resultOf(PARAMS, state, { started, requestId: 'r-2', response: { TaskId: '7' } }, [], START + 90_000)).toEqual(
    {
      action: 'ModifyInstanceParams',
      region: 'ap-guangzhou',
      requestId: 'r-2',
      taskIds: [7],
      dealName: null,
      instanceIds: [],
      tasks: [],
      response: { TaskId: '7' },
      submits: 2,
      waitedMs: 90_000,
    },
  );
});
