import { Agent } from 'node:http';
import { connect } from 'node:net';
import { CommonClient } from 'tencentcloud-sdk-nodejs-common';
import facts from '../fixtures/redis-actions.json' with { type: 'json' };
import { RedisApiSimulator, SIMULATOR_CREDENTIAL, type SimulatorCredential } from '../support/simulator.js';

/** What answers of the API hold, as far as these tests look at it. */
interface Answer {
  readonly RequestId?: string;
  readonly DealName?: string;
  readonly InstanceIds?: string[];
  readonly [field: string]: unknown;
}

/** A value of each type of the API's documents. */
const TYPES: Readonly<Record<string, unknown>> = {
  int64: expect.any(Number),
  string: expect.any(String),
  'list<int64>': expect.arrayContaining([expect.any(Number) as number]) as unknown,
  'list<string>': expect.arrayContaining([expect.any(String) as string]) as unknown,
};
const TAGS = [{ TagKey: 'change', TagValue: 'CHG-4711' }];

describe("Tencent's own SDK as a client", () => {
  let simulator: RedisApiSimulator;
  /** The simulator's own clock is ahead by so much. */
  let aheadMs = 0;

  beforeAll(async () => {
    const credentials = [SIMULATOR_CREDENTIAL, { ...SIMULATOR_CREDENTIAL, secretId: 'AKIDtemporary', token: 'token' }];
    simulator = await RedisApiSimulator.start({
      credentials,
      requestsPerSecond: false,
      now: () => Date.now() + aheadMs,
    });
    simulator.addTask(18215, { timeline: [{ status: 'succeed', message: 'ok' }] });
  });
  afterAll(() => simulator.close());

  // The SDK signs the host without a port and takes the service from its first label, so it is given the API's own
  // name and an agent that dials the simulator all the same.
  function client(
    credential: SimulatorCredential,
    reqMethod: 'GET' | 'POST' = 'POST',
    endpoint = 'redis.tencentcloudapi.com',
  ) {
    const { hostname, port } = new URL(simulator.url);
    const agent = Object.assign(new Agent(), { createConnection: () => connect(Number(port), hostname) });
    return new CommonClient(endpoint, '2018-04-12', {
      credential,
      region: 'ap-guangzhou',
      profile: { httpProfile: { protocol: 'http://', reqMethod, agent } },
    });
  }

  test.each(['GET', 'POST'] as const)('reads a task with a %s', async (method) => {
    const task: unknown = await client(SIMULATOR_CREDENTIAL, method).request('DescribeTaskInfo', { TaskId: 18215 });

    expect(task).toEqual({
      Status: 'succeed',
      StartTime: '2018-11-01 17:25:14',
      TaskType: 'redis cache clearing process',
      InstanceId: 'crs-09u2u96z',
      TaskMessage: 'ok',
      RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    });
  });

  test.each(['GET', 'POST'] as const)('reads the list of tasks with a %s', async (method) => {
    const asked = { InstanceId: 'crs-09u2u96z', Limit: 100, Offset: 0, Result: [0, 2], TaskTypes: ['004'] };
    const list: unknown = await client(SIMULATOR_CREDENTIAL, method).request('DescribeTaskList', asked);

    expect(list).toMatchObject({ TotalCount: 1, Tasks: [{ TaskId: 18215, Result: 2 }] });
  });

  test('creates a task that it can then read', async () => {
    const sdk = client(SIMULATOR_CREDENTIAL);
    const { TaskId } = (await sdk.request('ManualBackupInstance', { InstanceId: 'crs-a', Remark: '每日备份' })) as {
      TaskId: number;
    };

    await expect(sdk.request('DescribeTaskInfo', { TaskId })).resolves.toMatchObject({
      Status: 'preparing',
      InstanceId: 'crs-a',
    });
  });

  describe.each(['GET', 'POST'] as const)('makes a change with a %s', (method) => {
    const call = (action: string, params: object): Promise<Answer> =>
      client(SIMULATOR_CREDENTIAL, method).request(action, params) as Promise<Answer>;

    test.each([
      ['CreateInstances', { TypeId: 6, MemSize: 2048, GoodsNum: 1, Period: 1, BillingMode: 0, ResourceTags: TAGS }],
      ['UpgradeInstance', { InstanceId: 'crs-upgraded', MemSize: 4096, RedisShardNum: 3, NodeSet: [{ NodeType: 0 }] }],
      ['ClearInstance', { InstanceId: 'crs-a', Password: 'hunter2-Hunter2!' }],
      ['AllocateWanAddress', { InstanceId: 'crs-a' }],
      ['ApplyParamsTemplate', { InstanceIds: ['crs-a', 'crs-b'], TemplateId: 'crs-cfg-1' }],
    ] as const)('%s, whose answer has the fields that the API documents', async (action, params) => {
      const { RequestId, ...answer } = await call(action, params);

      expect(RequestId).toMatch(/^[0-9a-f-]{36}$/);
      const documented = facts.actions[action].answers;
      expect(Object.keys(answer).sort()).toEqual(Object.keys(documented).sort());
      for (const [field, type] of Object.entries(documented)) expect(answer[field]).toEqual(TYPES[type]);
    });

    test('and is told of the instance and the order that it has made', async () => {
      const { DealName, InstanceIds = [] } = await call('CreateInstances', {
        ...{ TypeId: 8, MemSize: 2048, RedisShardNum: 3, RedisReplicasNum: 2, GoodsNum: 1, Period: 1, BillingMode: 0 },
      });
      const { InstanceSet, TotalCount } = await call('DescribeInstances', { InstanceIds, Limit: 20, Offset: 0 });
      await call('DescribeInstanceDealDetail', { DealName });
      const { DealDetails } = await call('DescribeInstanceDealDetail', { DealName });

      expect(TotalCount).toBe(1);
      expect(InstanceSet).toEqual([
        expect.objectContaining({ InstanceId: InstanceIds[0], Status: 0, Createtime: '0000-00-00 00:00:00' }),
      ]);
      expect(DealDetails).toEqual([expect.objectContaining({ DealName, DealId: DealName, Status: 3, InstanceIds })]);
      await expect(call('DescribeInstanceDealDetail', { DealIds: [DealName] })).resolves.toMatchObject({ DealDetails });
    });

    test('and is told of the size that it has ordered', async () => {
      const size = { MemSize: 2048, RedisShardNum: 3, RedisReplicasNum: 2, TypeId: 8 };
      const { InstanceIds = [] } = await call('CreateInstances', { ...size, GoodsNum: 1, Period: 1, BillingMode: 0 });
      aheadMs += 60_000;

      await expect(call('DescribeInstances', { InstanceId: InstanceIds[0] })).resolves.toMatchObject({
        InstanceSet: [{ Status: 2, RedisShardSize: 2048, RedisShardNum: 3, RedisReplicasNum: 2, Type: 8, Size: 6144 }],
      });
    });

    test('of an instance that another flow holds, and is refused', async () => {
      simulator.addInstance('crs-held', { timeline: [{ status: 2, locked: true }] });

      await expect(call('ClearInstance', { InstanceId: 'crs-held' })).rejects.toMatchObject({
        code: 'ResourceUnavailable.InstanceLockedError',
      });
    });
  });

  test('is let in with a temporary key and its token', async () => {
    const temporary = { ...SIMULATOR_CREDENTIAL, secretId: 'AKIDtemporary', token: 'token' };

    await expect(client(temporary).request('DescribeTaskInfo', { TaskId: 18215 })).resolves.toMatchObject({
      Status: 'succeed',
    });
  });

  // What docs/simulator.md says of Node's SDK.
  test.each([
    ['a port, which it sends and does not sign', 'redis.simulator.test:8080'],
    ['a first label that is not the service', 'simulator.test'],
  ])('is refused at an endpoint with %s', async (_, endpoint) => {
    const call = client(SIMULATOR_CREDENTIAL, 'POST', endpoint).request('DescribeTaskInfo', { TaskId: 18215 });

    await expect(call).rejects.toMatchObject({ code: 'AuthFailure.SignatureFailure' });
  });

  test('is let in at another name that begins with the service', async () => {
    const sdk = client(SIMULATOR_CREDENTIAL, 'POST', 'redis.simulator.test');

    await expect(sdk.request('DescribeTaskInfo', { TaskId: 18215 })).resolves.toMatchObject({ Status: 'succeed' });
  });

  test('is refused with a wrong key', async () => {
    const wrong = { ...SIMULATOR_CREDENTIAL, secretKey: 'not the key' };

    await expect(client(wrong).request('DescribeTaskInfo', { TaskId: 18215 })).rejects.toMatchObject({
      code: 'AuthFailure.SignatureFailure',
    });
  });

  test('is refused with a wrong token', async () => {
    const wrong = { ...SIMULATOR_CREDENTIAL, secretId: 'AKIDtemporary', token: 'another' };

    await expect(client(wrong).request('DescribeTaskInfo', { TaskId: 18215 })).rejects.toMatchObject({
      code: 'AuthFailure.TokenFailure',
    });
  });
});
