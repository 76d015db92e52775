import fc from 'fast-check';
import { InvalidInputFailure } from '../../../src/contract/invalid-input.js';
import { readCarriedState as readState, type TaskWaitState } from '../../../src/contract/task/state.js';
import { type TaskAnswer, pollAnswered } from '../../../src/contract/task/state.js';
import { markdownOf, viewOf } from '../../../src/contract/task/view.js';
import { pauseAfterPoll, pollBegan, requestPoll } from '../../../src/contract/wait/polls.js';
import { beginWait } from '../../../src/contract/wait/state.js';
import { anyCharacter } from '../../support/characters.js';
import { planOf, refused, seen, START } from './played-wait.js';

const plan = planOf();
const begun = beginWait(plan, START);
const readCarriedState = (carried: unknown) => readState(carried, plan);

const answer: fc.Arbitrary<TaskAnswer> = fc.oneof(
  fc
    .record({ status: fc.string({ unit: anyCharacter }), message: fc.option(fc.string()) })
    .map(({ status, ...more }) => seen(status, more)),
  fc
    .constantFrom('transient', 'throttled', 'unknownTask', 'unauthorized', 'rejected')
    .map((errorClass) => refused(errorClass, { requestId: null })),
);
type Transition = (state: TaskWaitState, now: number) => TaskWaitState;
const transition: fc.Arbitrary<Transition> = fc.oneof(
  fc.constantFrom<Transition>(
    (state) => pollBegan(state),
    requestPoll,
    (state) => ({ ...state, stage: 'ended' }),
  ),
  answer.map(
    (each): Transition =>
      (state, now) =>
        pollAnswered(state, each, now),
  ),
  fc.double({ min: 0, max: 1, noNaN: true }).map(
    (draw): Transition =>
      (state, now) =>
        pauseAfterPoll(plan, state, now, draw),
  ),
  fc
    .integer({ min: 1, max: 30 * 86_400_000 })
    .map((more): Transition => (state, now) => ({ ...state, deadline: now + more })),
);
const anyState = fc.array(fc.tuple(transition, fc.nat(86_400_000)), { maxLength: 40 }).map((steps) => {
  let [state, now]: [TaskWaitState, number] = [begun, START];
  for (const [step, ms] of steps) {
    now += ms;
    state = step(state, now);
  }
  return state;
});

const overTheWire = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe('the state that a wait carries over', () => {
  test('comes through JSON unchanged, after any sequence of transitions', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        expect(readCarriedState(overTheWire(state))).toEqual(state);
      }),
      { numRuns: 500 },
    );
  });

  test('may hold fields that a newer version added', () => {
    expect(readCarriedState({ ...begun, pages: 7 })).toMatchObject(begun);
  });

  test('has no text of the API where another version carried something else', () => {
    const carried = { ...begun, observation: { ...seen('running').observation, message: 7 } };

    expect(readCarriedState(carried)?.observation?.message).toBeNull();
  });

  test('is none when the argument is left out', () => {
    expect(readCarriedState(undefined)).toBeUndefined();
  });

  test.each(
    [null, 0, '', 'state', true, [], [begun], {}, { ...begun, v: 2 }, { ...begun, v: '1' }].map(
      (each): [string, unknown] => [JSON.stringify(each).slice(0, 40), each],
    ),
  )('is not %s', (_, garbage) => {
    expect(() => readCarriedState(garbage)).toThrow(InvalidInputFailure);
  });

  test.each(Object.keys(begun).filter((key) => key !== 'v'))('is not without its %s', (key) => {
    expect(() => readCarriedState({ ...begun, [key]: undefined })).toThrow(InvalidInputFailure);
  });

  test.each([
    ['startedAt', -1],
    ['startedAt', 1.5],
    ['startedAt', '0'],
    ['startedAt', null],
    ['startedAt', Number.MAX_SAFE_INTEGER],
    ['deadline', Infinity],
    ['deadline', Number.MAX_SAFE_INTEGER],
    ['requestedAt', Number.MAX_SAFE_INTEGER],
    ['stage', 'waiting'],
    ['paceAt', 'soon'],
    ['paceStep', -1],
    ['refusals', -1],
    ['warned', 'failing'],
    ['warned', [7]],
    ['polls', NaN],
    ['missing', null],
    ['observation', {}],
    ['observation', []],
    ['observation', { ...seen('running').observation, status: null }],
    ['lastError', 'InternalError'],
    ['lastError', { code: 'x' }],
    ['watch', true],
    ['watch', { since: 1 }],
  ])('is not with %s of %j', (key, value) => {
    expect(() => readCarriedState({ ...begun, [key]: value })).toThrow(InvalidInputFailure);
  });

  test('is refused without its fields in the message: they may be anything', () => {
    let refusal: unknown;
    try {
      readCarriedState({ ...begun, secretKey: 'hunter2', startedAt: 'hunter2' });
    } catch (error) {
      refusal = error;
    }

    expect(refusal).toBeInstanceOf(InvalidInputFailure);
    expect((refusal as InvalidInputFailure).invalid.field).toBe('state');
    expect(JSON.stringify(refusal) + String(refusal)).not.toContain('hunter2');
  });

  test('can always be shown once it was accepted', () => {
    const instant = fc.oneof(
      fc.nat(),
      fc.integer({ min: 0 }),
      fc.constantFrom(8.64e15, 8.64e15 + 1, 253_402_300_799_000),
    );
    const claimed = fc.record({
      ...Object.fromEntries(Object.entries(begun).map(([key, value]) => [key, fc.constant(value)])),
      startedAt: instant,
      deadline: instant,
      nextPollAt: fc.option(instant),
      paceAt: instant,
    });
    let accepted = 0;
    fc.assert(
      fc.property(claimed, (argument) => {
        let state: TaskWaitState | undefined;
        try {
          state = readCarriedState(argument);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInputFailure);
          return;
        }
        accepted += 1;
        expect(viewOf(plan, state ?? begun, 'redis-task', START).deadline).toMatch(/Z$/);
        expect(markdownOf(plan, state ?? begun, 'redis-task-api')).toContain('Deadline');
      }),
      { numRuns: 500 },
    );

    expect(accepted).toBeGreaterThan(10);
  });
});
