import { Agent } from 'node:http';
import { connect } from 'node:net';
import { CommonClient } from 'tencentcloud-sdk-nodejs-common';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL, type SimulatorCredential } from '../support/simulator.js';

describe("Tencent's own SDK as a client", () => {
  let simulator: RedisApiSimulator;

  beforeAll(async () => {
    const credentials = [SIMULATOR_CREDENTIAL, { ...SIMULATOR_CREDENTIAL, secretId: 'AKIDtemporary', token: 'token' }];
    simulator = await RedisApiSimulator.start({ credentials, requestsPerSecond: false });
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

  test('is let in with a temporary key and its token', async () => {
    const temporary = { ...SIMULATOR_CREDENTIAL, secretId: 'AKIDtemporary', token: 'token' };

    await expect(client(temporary).request('DescribeTaskInfo', { TaskId: 18215 })).resolves.toMatchObject({
      Status: 'succeed',
    });
  });

  // What docs/testing.md says of Node's SDK.
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
