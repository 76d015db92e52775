// Instances and deals of the simulated account, as a client of the API sees them.
import { RedisApiSimulator } from '../../src/testing/index.js';
import { callError, callJson } from './signed-call.js';

let simulator: RedisApiSimulator;
let now: number;

beforeEach(async () => {
  now = Date.parse('2026-11-22T10:00:00Z');
  simulator = await RedisApiSimulator.start({ requestsPerSecond: false, now: () => now });
});
afterEach(() => simulator.close());

const ask = (action: string, parameters: object = {}) =>
  callJson(simulator.url, { action, body: JSON.stringify(parameters), timestampS: now / 1_000 });
const instances = async (parameters: object = {}) =>
  (await ask('DescribeInstances', parameters)) as { TotalCount: number; InstanceSet: Record<string, unknown>[] };
const deals = async (parameters: object) =>
  ((await ask('DescribeInstanceDealDetail', parameters)) as { DealDetails: Record<string, unknown>[] }).DealDetails;

describe('an instance', () => {
  test('goes through its timeline by time and by polls', async () => {
    simulator.addInstance('crs-a', {
      timeline: [{ status: 0, forMs: 1_000 }, { status: 1, forPolls: 2 }, { status: 2 }],
    });
    const status = async () => (await instances()).InstanceSet[0]?.['Status'];

    await expect(status()).resolves.toBe(0);
    now += 1_000;
    await expect(status()).resolves.toBe(1);
    await expect(status()).resolves.toBe(1);
    await expect(status()).resolves.toBe(2);
  });

  test("that is made has the times and the sub-status of the API's own example", async () => {
    simulator.addInstance('crs-a', { timeline: [{ status: 1 }] });

    expect((await instances()).InstanceSet).toEqual([
      {
        InstanceName: 'crs-a',
        InstanceId: 'crs-a',
        Status: 1,
        SubStatus: 37,
        InstanceTitle: '添加实例中',
        Createtime: '0000-00-00 00:00:00',
        CloseTime: '0000-00-00 00:00:00',
        Size: 1_024,
        RedisShardSize: 1_024,
        RedisShardNum: 1,
        RedisReplicasNum: 1,
        Type: 6,
        ProductType: 'standalone',
      },
    ]);
  });

  test('keeps a size until a step changes it', async () => {
    simulator.addInstance('crs-a', {
      timeline: [
        { status: 2, memSizeMb: 4_096, shards: 3, forPolls: 1 },
        { status: 1, forPolls: 1 },
        { status: 2, shards: 5 },
      ],
    });
    const size = async () => {
      const { RedisShardSize, RedisShardNum, Size } = (await instances()).InstanceSet[0] ?? {};
      return [RedisShardSize, RedisShardNum, Size];
    };

    await expect(size()).resolves.toEqual([4_096, 3, 12_288]);
    await expect(size()).resolves.toEqual([4_096, 3, 12_288]);
    await expect(size()).resolves.toEqual([4_096, 5, 20_480]);
  });

  test('may not be listed at first, and is forgotten when it is removed', async () => {
    simulator.addInstance('crs-a', { timeline: [{ status: 0, listed: false, forPolls: 1 }, { status: 2 }] });

    await expect(instances()).resolves.toMatchObject({ TotalCount: 0, InstanceSet: [] });
    await expect(instances()).resolves.toMatchObject({ TotalCount: 1 });
    expect(simulator.removeInstance('crs-a')).toBe(true);
    expect(simulator.removeInstance('crs-a')).toBe(false);
    await expect(instances()).resolves.toMatchObject({ TotalCount: 0 });
  });

  test('stays where a test has moved it', async () => {
    simulator.addInstance('crs-a', { timeline: [{ status: 2 }] });
    simulator.setInstance('crs-a', { status: -2 });

    await expect(instances()).resolves.toMatchObject({ InstanceSet: [{ Status: -2, SubStatus: 0 }] });
    expect(() => simulator.setInstance('crs-b', { status: 2 })).toThrow('There is no instance crs-b');
  });

  test('is known in its region only', async () => {
    simulator.addInstance('crs-a', { timeline: [{ status: 2 }], region: 'ap-beijing' });

    await expect(instances()).resolves.toMatchObject({ TotalCount: 0 });
  });
});

describe('the list of instances', () => {
  beforeEach(() => {
    for (const id of ['crs-a', 'crs-b', 'crs-c'])
      simulator.addInstance(id, { timeline: [{ status: id === 'crs-c' ? -2 : 2 }] });
  });

  test.each([
    [{ InstanceIds: ['crs-b', 'crs-gone'] }, ['crs-b']],
    [{ InstanceId: 'crs-c' }, ['crs-c']],
    [{ Status: [-2] }, ['crs-c']],
    [{ Limit: 2 }, ['crs-a', 'crs-b']],
    [{ Limit: 2, Offset: 3 }, ['crs-c']],
    [{}, ['crs-a', 'crs-b', 'crs-c']],
  ])('for %j has %j', async (parameters, expected) => {
    expect((await instances(parameters)).InstanceSet.map(({ InstanceId }) => InstanceId)).toEqual(expected);
  });

  test('counts what all pages have', async () => {
    await expect(instances({ Limit: 1 })).resolves.toMatchObject({ TotalCount: 3 });
  });

  test('refuses a parameter of another type', async () => {
    const refused = callError(simulator.url, {
      action: 'DescribeInstances',
      body: '{"InstanceIds":"crs-a"}',
      timestampS: now / 1_000,
    });

    await expect(refused).resolves.toEqual([
      'InvalidParameter',
      'The value type of parameter `InstanceIds` is not valid.',
    ]);
  });
});

describe('a deal', () => {
  const timeline = [
    { status: 2, listed: false, forPolls: 1 },
    { status: 3, instanceIds: ['crs-a'], forPolls: 1 },
    { status: 4, instanceIds: ['crs-a', 'crs-b'] },
  ];

  test('is empty at first, and tells its instances one by one', async () => {
    simulator.addDeal('2025', { timeline });

    await expect(deals({ DealName: '2025' })).resolves.toEqual([]);
    await expect(deals({ DealName: '2025' })).resolves.toMatchObject([
      { DealName: '2025', DealId: '2025', Status: 3, GoodsNum: 2, InstanceIds: ['crs-a'] },
    ]);
    await expect(deals({ DealIds: ['2025'] })).resolves.toMatchObject([{ Status: 4, InstanceIds: ['crs-a', 'crs-b'] }]);
  });

  test.each([
    ['DealName', ['DealName']],
    ['DealId', ['DealId']],
  ] as const)('that is named by %s has no other name', async (namedBy, names) => {
    simulator.addDeal('2025', { timeline: [{ status: 4 }], namedBy });
    const [row = {}] = await deals({ DealName: '2025' });

    expect(['DealName', 'DealId'].filter((name) => name in row)).toEqual(names);
  });

  test('that nobody knows is no error', async () => {
    await expect(deals({ DealName: 'unknown' })).resolves.toEqual([]);
  });
});

test('an API that knows one parameter for deals refuses the other', async () => {
  const old = await RedisApiSimulator.start({ dealParameters: ['DealIds'] });
  const refused = await callError(old.url, { action: 'DescribeInstanceDealDetail', body: '{"DealName":"2025"}' });
  await old.close();

  expect(refused).toEqual(['UnknownParameter', 'The parameter `DealName` is not recognized.']);
});
