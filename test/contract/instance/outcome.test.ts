import { ApplicationFailure } from '@temporalio/common';
import { toApplicationFailure } from '../../../src/contract/failure.js';
import { decodeRedisInstanceFailure } from '../../../src/contract/instance/failures.js';
import { readInstanceInput } from '../../../src/contract/instance/input.js';
import { readInstancesAnswer } from '../../../src/contract/instance/instances.js';
import { questionOf, readInstanceState } from '../../../src/contract/instance/outcome.js';
import { instanceMarkdownOf, instanceViewOf } from '../../../src/contract/instance/view.js';
import { decodeRedisTaskFailure } from '../../../src/contract/task/failures.js';
import { refused, START } from '../task/played-wait.js';
import { DEAL, dealOf, ID, instance, instancePlan, playInstances, told } from './played-instances.js';

const plan = instancePlan();

test('an instance that is as expected already ends the wait with the first poll', () => {
  expect(playInstances(plan, () => told([instance(2)]))).toMatchObject({
    endedS: 0,
    result: { instances: [instance(2)], polls: 1, waitedMs: 0 },
  });
});

test('the wait goes on while the instance is made, and ends when it runs', () => {
  const { endedS, result } = playInstances(plan, (s) => told([instance(s < 5 ? 0 : s < 9 ? 1 : 2)]));

  expect(endedS).toBe(9);
  expect(result).toMatchObject({ polls: 10, waitedMs: 9_000 });
});

test('an instance that is called running before its size has changed is waited for', () => {
  const resized = instancePlan({ expect: { memSizeMb: 4_096 } });
  const { endedS, result } = playInstances(resized, (s) =>
    told([instance(s === 3 ? 1 : 2, { memSizeMb: s < 7 ? 1_024 : 4_096 })]),
  );

  expect(endedS).toBe(7);
  expect(result?.instances).toEqual([instance(2, { memSizeMb: 4_096 })]);
});

describe('a list without the instance', () => {
  test('is pending for 60 s when it was never listed', () => {
    expect(playInstances(plan, (s) => told(s < 59 ? [] : [instance(2)]))).toMatchObject({ endedS: 59, result: {} });
    expect(playInstances(plan, () => told([]))).toMatchObject({
      endedS: 60,
      failure: { type: 'RedisInstanceFailed', details: { instances: [{ instanceId: ID, status: null }] } },
    });
  });

  test('counts anew after the list has shown it', () => {
    const { endedS } = playInstances(plan, (s) => told(s % 50 === 0 && s < 200 ? [instance(1)] : []));

    expect(endedS).toBe(151 + 60);
  });

  test('is not seen in a poll that fails, and goes on counting', () => {
    const { endedS } = playInstances(plan, (s) => (s === 30 ? refused('transient') : told([])));

    expect(endedS).toBe(60);
  });

  test('means gone after 60 s, with the sizes as last seen', () => {
    const gone = instancePlan({ until: 'gone' });

    expect(playInstances(gone, (s) => told(s < 3 ? [instance(-2)] : []))).toMatchObject({
      endedS: 63,
      result: { instances: [{ instanceId: ID, status: null, memSizeMb: 1_024 }] },
    });
  });
});

describe('a deal', () => {
  const ofDeal = instancePlan({ dealName: DEAL });
  const empty = (more = {}) => told([], { asked: [], ...more });

  test('that is not listed at first is waited for, and tells the instances then', () => {
    const { endedS, result } = playInstances(ofDeal, (s) => {
      if (s < 100) return empty();
      return told([instance(s < 103 ? 1 : 2)], { deal: dealOf(s < 104 ? 3 : 4) });
    });

    expect(endedS).toBe(103);
    expect(result?.instances).toEqual([instance(2)]);
  });

  test('that delivers nothing ends the wait at once, with its status and text', () => {
    const { failure, endedS } = playInstances(ofDeal, (s) =>
      empty({ deal: dealOf(s < 4 ? 2 : 5, { instanceIds: [], description: '发货失败' }) }),
    );

    expect(endedS).toBe(4);
    expect(failure).toMatchObject({
      type: 'RedisInstanceFailed',
      details: { dealName: DEAL, deal: { status: 5, description: '发货失败' }, instances: [], until: 'running' },
      message: expect.stringContaining(
        'the order has status 5 (delivery failed), "发货失败" (RequestId r-1)',
      ) as string,
    });
  });

  test('that stays delivered without an instance times out', () => {
    expect(playInstances(ofDeal, () => empty({ deal: dealOf(4, { instanceIds: [] }) }))).toMatchObject({
      endedS: 600,
      failure: { type: 'RedisTaskTimedOut' },
    });
  });

  test('that could be read once is remembered when it cannot be read', () => {
    const both = instancePlan({ dealName: DEAL, instanceIds: [ID] });
    const { state } = playInstances(both, (s) =>
      told([instance(s < 2 ? 1 : 2)], s === 0 ? { deal: dealOf(3) } : { dealError: 'InternalError' }),
    );

    expect(state.observation).toMatchObject({ deal: { status: 3 }, dealError: 'InternalError' });
  });

  test('is asked for until it has delivered, then its instances alone', () => {
    const { state } = playInstances(ofDeal, () => told([instance(2)], { deal: dealOf(4) }));
    const both = instancePlan({ dealName: DEAL, instanceIds: [ID] });

    expect(questionOf(ofDeal, { ...state, observation: null })).toEqual({
      region: 'ap-guangzhou',
      instanceIds: [],
      dealName: DEAL,
    });
    expect(questionOf(ofDeal, state)).toEqual({ region: 'ap-guangzhou', instanceIds: [ID] });
    const untold = { instances: [], deal: dealOf(4), dealError: null, requestId: null, at: '' };
    expect(questionOf(ofDeal, { ...state, observation: untold })).toMatchObject({ instanceIds: [], dealName: DEAL });
    expect(questionOf(both, { ...state, observation: null })).toMatchObject({ instanceIds: [ID], dealName: DEAL });
  });
});

describe('a refusal', () => {
  test.each([
    ['unauthorized', 'RedisTaskUnauthorized', 0],
    ['rejected', 'RedisTaskRejected', 0],
    ['unknownTask', 'RedisTaskRejected', 15],
  ] as const)('%s ends a wait that has seen nothing as %s after %d s', (errorClass, type, endedS) => {
    expect(playInstances(plan, () => refused(errorClass))).toMatchObject({ endedS, failure: { type } });
  });

  test('must last for a minute once an answer has come', () => {
    expect(playInstances(plan, (s) => (s < 5 ? told([instance(1)]) : refused('unauthorized')))).toMatchObject({
      endedS: 65,
      failure: {
        type: 'RedisTaskUnauthorized',
        details: { polls: 5, lastError: { code: 'InvalidParameter.InvalidParameter' } },
      },
    });
  });

  test.each(['transient', 'throttled'] as const)('that is %s ends no wait before its deadline', (errorClass) => {
    expect(playInstances(plan, () => refused(errorClass))).toMatchObject({
      endedS: 600,
      failure: { type: 'RedisTaskTimedOut', details: { polls: 0, instances: [] } },
    });
  });
});

test('a wait that times out tells what it has seen, and an input that waits on', () => {
  const resized = instancePlan({ expect: { shards: 3 } });
  const { failure } = playInstances(resized, () => told([instance(2)]));
  if (failure?.type !== 'RedisTaskTimedOut') throw new Error('It did not time out');

  expect(readInstanceInput(failure.details.resumeInput)).toEqual(resized);
  expect(failure.message).toBe(
    `Instance crs-09u2u96z in ap-guangzhou was not running with shards 3 when maxWait of 10 min ran out: crs-09u2u96z has status 2 (running), 1024 MB x 1, replicas 1, type 6 (RequestId r-1). Waited 10 min, 601 polls answered. The change itself may go on: start the wait again with this input: ${JSON.stringify(failure.details.resumeInput)}`,
  );
});

test('a failure is found in what wraps it, by a decoder of its own where the types are not those of tasks', () => {
  const { failure } = playInstances(plan, () => told([instance(-2)]));
  if (!failure) throw new Error('It did not fail');
  const wrapped = new Error('wrapper', { cause: toApplicationFailure(failure) });

  expect(decodeRedisInstanceFailure(wrapped)).toEqual(failure);
  expect(decodeRedisTaskFailure(wrapped)).toBeUndefined();
  expect(
    decodeRedisInstanceFailure(ApplicationFailure.create({ type: 'RedisTaskFailed', details: [{}] })),
  ).toBeUndefined();
});

test('the state survives the way to the next run', () => {
  const { state } = playInstances(plan, (s) => told(s < 3 ? [] : [instance(2)]));

  expect(readInstanceState(JSON.parse(JSON.stringify(state)))).toEqual(state);
  expect(readInstanceState(undefined)).toBeUndefined();
  expect(() => readInstanceState({ v: 1 })).toThrow('is not a state that this version');
});

test('an answer that is not ours is none', () => {
  const at = new Date(START).toISOString();

  expect(readInstancesAnswer({ ...told([]), at: 7 }, at)).toEqual(told([]));
  for (const answer of [undefined, null, 7, {}, { instances: [] }])
    expect(readInstancesAnswer(answer, at)).toBeUndefined();
});

test('current details and getState tell each instance and the deal', () => {
  const ofDeal = instancePlan({ dealName: DEAL });
  const { state } = playInstances(ofDeal, () => told([instance(-2)], { deal: dealOf(3, { description: '发货中' }) }));
  const markdown = instanceMarkdownOf(ofDeal, state, 'redis-task-api');

  expect(markdown).toContain('**Redis instances until running** in ap-guangzhou');
  expect(markdown).toContain('- Deal: `20250825297021530591847`, `status 3 (delivering), "发货中"`');
  expect(markdown).toContain('- `crs-09u2u96z`: `status -2 (isolated), 1024 MB x 1, replicas 1, type 6`');
  expect(instanceViewOf(ofDeal, state, START)).toMatchObject({
    until: 'running',
    dealName: DEAL,
    instances: [instance(-2)],
    deal: { status: 3 },
    polls: 1,
  });
});
