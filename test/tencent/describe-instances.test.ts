import { describeDeal } from '../../src/tencent/describe-deal.js';
import { describeInstances } from '../../src/tencent/describe-instances.js';
import { observeInstances } from '../../src/tencent/observe-instances.js';
import { createRedisApi, type RedisApi } from '../../src/tencent/redis-api.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL, type SimulatorOptions } from '../../src/testing/index.js';
import { errorOf, keys } from './call.js';

const REGION = 'ap-guangzhou';
const DEAL = '20250825297021530591847';

let simulator: RedisApiSimulator;
let api: RedisApi;

async function open(options: SimulatorOptions = {}): Promise<void> {
  simulator = await RedisApiSimulator.start({ requestsPerSecond: false, ...options });
  api = createRedisApi({ credentials: keys(SIMULATOR_CREDENTIAL).provider, endpoint: new URL(simulator.url) });
}
async function close(): Promise<void> {
  api.close();
  await simulator.close();
}

beforeEach(() => open());
afterEach(close);

const running = (instanceId: string) => ({
  instanceId,
  status: 2,
  memSizeMb: 1_024,
  shards: 1,
  replicas: 1,
  typeId: 6,
});
const addRunning = (instanceId: string) => simulator.addInstance(instanceId, { timeline: [{ status: 2 }] });
const actions = () => simulator.calls.map(({ action }) => action);

describe('instances', () => {
  const read = (...instanceIds: string[]) => describeInstances(api, { region: REGION, instanceIds });
  const answered = (row: object) =>
    simulator.onAction('DescribeInstances', () => ({ TotalCount: 1, InstanceSet: [row] }));

  test('are told as the API lists them: one that it does not list is left out', async () => {
    addRunning('crs-a');
    addRunning('crs-other');
    simulator.addInstance('crs-b', { timeline: [{ status: 1, memSizeMb: 4_096, shards: 3, replicas: 2, typeId: 7 }] });

    const listed = await read('crs-a', 'crs-b', 'crs-gone');

    expect(listed).toEqual({
      instances: [
        running('crs-a'),
        { instanceId: 'crs-b', status: 1, memSizeMb: 4_096, shards: 3, replicas: 2, typeId: 7 },
      ],
      requestId: simulator.calls[0]?.requestId,
    });
  });

  test('are none where the list is empty or null', async () => {
    await expect(read('crs-gone')).resolves.toMatchObject({ instances: [] });
    simulator.onAction('DescribeInstances', () => ({ TotalCount: 0, InstanceSet: null }));
    await expect(read('crs-gone')).resolves.toMatchObject({ instances: [] });
  });

  test('are read with all their tags, of 50 at once', async () => {
    const tag = { TagKey: '键'.repeat(127), TagValue: '值'.repeat(255) };
    const ids = Array.from({ length: 50 }, (_, index) => `crs-${index}`);
    const InstanceSet = ids.map((InstanceId) => ({ InstanceId, InstanceTags: Array<object>(50).fill(tag) }));
    simulator.onAction('DescribeInstances', () => ({ TotalCount: 50, InstanceSet }));

    await expect(read(...ids)).resolves.toMatchObject({ instances: { length: 50 } });
  });

  test.each([
    ['its whole size where no shard is told', { Size: 1_024 }, { memSizeMb: 1_024, shards: null }],
    [
      'its whole size where a shard has none',
      { Size: 1_024, RedisShardSize: 0, RedisShardNum: 1 },
      { memSizeMb: 1_024 },
    ],
    ['no size where its shards have none', { Size: 3_072, RedisShardNum: 3 }, { memSizeMb: null, shards: 3 }],
    ['numbers that are text', { Status: '-2', RedisShardNum: '3' }, { status: -2, shards: 3 }],
    ['a status that is no number', { Status: null }, { status: null }],
  ])('have %s', async (_name, row, instance) => {
    answered({ InstanceId: 'crs-a', ...row });

    await expect(read('crs-a')).resolves.toMatchObject({ instances: [instance] });
  });

  test('that were not asked for are left out, as are rows without an id', async () => {
    simulator.onAction('DescribeInstances', () => ({
      TotalCount: 2,
      InstanceSet: [{ InstanceId: 'crs-b' }, {}, null],
    }));

    await expect(read('crs-a')).resolves.toMatchObject({ instances: [] });
  });

  test('are asked for as so many as there are', async () => {
    let asked: unknown;
    simulator.onAction('DescribeInstances', (parameters) => ({
      TotalCount: 0,
      InstanceSet: [],
      asked: (asked = parameters),
    }));
    await read('crs-a', 'crs-b');

    expect(asked).toEqual({ Limit: 2, Offset: 0, InstanceIds: ['crs-a', 'crs-b'] });
  });

  test.each(['ResourceNotFound.InstanceNotExists', 'InternalError.InstanceNotFoundError'])(
    'that the API refuses with %s are not there, if it was asked for one',
    async (code) => {
      simulator.fault({ kind: 'error', code });

      await expect(read('crs-a')).resolves.toMatchObject({ instances: [] });
      await expect(errorOf(read('crs-a', 'crs-b'))).resolves.toMatchObject({ code });
    },
  );

  test('cannot be told by an answer without a list', async () => {
    simulator.fault({ kind: 'missingStatus' });

    await expect(errorOf(read('crs-a'))).resolves.toMatchObject({ code: 'InvalidResponse', errorClass: 'transient' });
  });
});

describe.each([
  ['by its name alone', ['DealName']],
  ['by ids alone', ['DealIds']],
  ['by both', ['DealName', 'DealIds']],
] as const)('a deal that can be asked for %s', (_name, dealParameters) => {
  beforeEach(async () => {
    await close();
    await open({ dealParameters });
  });

  const read = () => describeDeal(api, { region: REGION, dealName: DEAL });

  test('tells its status and its instances', async () => {
    simulator.addDeal(DEAL, { timeline: [{ status: 3, instanceIds: ['crs-a', 'crs-b'], description: '发货中' }] });

    const listed = await read();

    expect(listed).toEqual({
      deal: { status: 3, description: '发货中', instanceIds: ['crs-a', 'crs-b'], goodsNum: 2 },
      requestId: simulator.calls.at(-1)?.requestId,
    });
  });

  test('is null while it is not listed', async () => {
    simulator.addDeal(DEAL, { timeline: [{ status: 2, listed: false }] });

    await expect(read()).resolves.toMatchObject({ deal: null });
  });

  test.each(['DealName', 'DealId', 'both'] as const)('is found where it is named by %s', async (namedBy) => {
    simulator.addDeal(DEAL, { timeline: [{ status: 4 }], namedBy });

    await expect(read()).resolves.toMatchObject({ deal: { status: 4, instanceIds: [] } });
  });

  test('that the API refuses to tell is an error', async () => {
    simulator.fault({ kind: 'error', code: 'InvalidParameter.PermissionDenied' });

    await expect(errorOf(read())).resolves.toMatchObject({ errorClass: 'unauthorized' });
  });
});

describe('a deal in the answer', () => {
  const answers = (...DealDetails: object[]) =>
    simulator.onAction('DescribeInstanceDealDetail', () => ({ TotalCount: DealDetails.length, DealDetails }));
  const read = () => describeDeal(api, { region: REGION, dealName: DEAL });
  const other = { DealName: '2020', DealId: '17', Status: 6, InstanceIds: ['crs-other'] };

  test('that is another order is not taken for the one that was asked for', async () => {
    answers(other);

    await expect(read()).resolves.toMatchObject({ deal: null });
  });

  test('is found among others', async () => {
    answers(other, { DealName: DEAL, DealId: '18', Status: 3 });

    await expect(read()).resolves.toMatchObject({ deal: { status: 3 } });
  });

  test.each([{}, { DealId: '18' }, { DealName: '2021' }])(
    'is the one that was asked for if it is named %j',
    async (names) => {
      answers(other, { ...names, Status: 3 });

      await expect(read()).resolves.toMatchObject({ deal: { status: 3 } });
    },
  );
});

describe('one look at instances and their deal', () => {
  const look = (instanceIds: string[], dealName?: string) =>
    observeInstances(api, { region: REGION, instanceIds, ...(dealName !== undefined && { dealName }) });

  test('asks for the deal first where only that is known', async () => {
    addRunning('crs-a');
    simulator.addDeal(DEAL, { timeline: [{ status: 3, instanceIds: ['crs-a'] }] });

    await expect(look([], DEAL)).resolves.toMatchObject({
      asked: ['crs-a'],
      instances: [running('crs-a')],
      deal: { status: 3 },
      dealError: null,
    });
    expect(actions()).toEqual(['DescribeInstanceDealDetail', 'DescribeInstances']);
  });

  test('asks for no instance while the deal tells none', async () => {
    await expect(look([], DEAL)).resolves.toMatchObject({ asked: [], instances: [], deal: null });
    expect(actions()).not.toContain('DescribeInstances');
  });

  test('asks for no deal where there is none', async () => {
    addRunning('crs-a');

    await expect(look(['crs-a'])).resolves.toMatchObject({
      instances: [running('crs-a')],
      deal: null,
      dealError: null,
    });
    expect(actions()).toEqual(['DescribeInstances']);
  });

  test('does without the deal where the instances are known and it cannot be read', async () => {
    addRunning('crs-a');
    simulator.fault(
      { kind: 'error', code: 'InvalidParameter.PermissionDenied' },
      { action: 'DescribeInstanceDealDetail' },
    );

    await expect(look(['crs-a'], DEAL)).resolves.toMatchObject({
      instances: [running('crs-a')],
      deal: null,
      dealError: 'InvalidParameter.PermissionDenied',
    });
    await expect(errorOf(look([], DEAL))).resolves.toMatchObject({ errorClass: 'unauthorized' });
  });

  test('reads more than 50 instances of a deal in several calls', async () => {
    const instanceIds = Array.from({ length: 51 }, (_, index) => `crs-${index}`);
    for (const instanceId of instanceIds) addRunning(instanceId);
    simulator.addDeal(DEAL, { timeline: [{ status: 4, instanceIds }] });

    expect((await look([], DEAL)).instances).toHaveLength(51);
    expect(actions()).toEqual(['DescribeInstanceDealDetail', 'DescribeInstances', 'DescribeInstances']);
  });
});
