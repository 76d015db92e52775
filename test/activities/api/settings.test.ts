// Who has the key from the environment has the rest from there too: a key must not be sent elsewhere.
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { settingsFor } from '../../../src/activities/api/settings.js';
import { createRedisApi, redisApiWorkerOptions } from '../../../src/activities/index.js';
import { RedisTaskPlugin } from '../../../src/plugin/index.js';
import { ConfigError } from '../../../src/tencent/config-error.js';
import { defaultCredentials } from '../../../src/tencent/credentials/index.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../support/simulator.js';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

function setVariables(endpoint: string): void {
  process.env['TENCENTCLOUD_SECRET_ID'] = SIMULATOR_CREDENTIAL.secretId;
  process.env['TENCENTCLOUD_SECRET_KEY'] = SIMULATOR_CREDENTIAL.secretKey;
  process.env['TENCENTCLOUD_REDIS_ENDPOINT'] = endpoint;
  process.env['REDIS_TASK_API_RPS'] = '7';
  process.env['REDIS_TASK_LIST_RPS'] = '30';
  process.env['REDIS_TASK_SEARCH_ATTRIBUTES'] = 'true';
  process.env['REDIS_TASK_ACTIONS'] = 'ClearInstance, UpgradeInstance';
  process.env['REDIS_TASK_SECRETS'] = tmpdir();
}

describe('whoever makes calls', () => {
  test('makes them as the variables of the worker say', () => {
    setVariables('http://127.0.0.1:1');

    expect(settingsFor({})).toEqual({
      endpoint: new URL('http://127.0.0.1:1'),
      requestsPerSecond: 7,
      listRequestsPerSecond: 30,
      searchAttributes: true,
      actions: ['ClearInstance', 'UpgradeInstance'],
      secretsFolder: tmpdir(),
    });
    expect(redisApiWorkerOptions().maxTaskQueueActivitiesPerSecond).toBe(7);
  });

  test('follows its options where they say something else', () => {
    setVariables('http://127.0.0.1:1');
    const endpoint = 'https://redis.intl.tencentcloudapi.com';

    const own = {
      requestsPerSecond: 3,
      listRequestsPerSecond: 8,
      searchAttributes: false,
      actions: ['RenewInstance'],
      secretsFolder: import.meta.dirname,
    };
    expect(settingsFor({ endpoint, ...own })).toEqual({ endpoint: new URL(endpoint), ...own });
  });

  test('needs no variable', () => {
    expect(settingsFor({})).toEqual({
      endpoint: undefined,
      requestsPerSecond: 15,
      listRequestsPerSecond: 40,
      searchAttributes: false,
      actions: [],
      secretsFolder: undefined,
    });
  });

  test('is refused with a variable that cannot be used', () => {
    setVariables('redis.example.com');

    expect(() => new RedisTaskPlugin()).toThrow(ConfigError);
    expect(() => createRedisApi({ credentials: defaultCredentials() })).toThrow(
      'TENCENTCLOUD_REDIS_ENDPOINT is "redis.example.com", but it must be a URL',
    );
  });

  test('is refused with a folder of secrets that does not exist', () => {
    expect(() => settingsFor({ secretsFolder: 'no-such-folder' })).toThrow(
      new TypeError('secretsFolder is "no-such-folder", but it must be a folder that exists'),
    );
  });

  test('sends the key of the environment to the endpoint of the environment', async () => {
    const simulator = await RedisApiSimulator.start();
    simulator.addTask(1, { timeline: [{ status: 'running' }] });
    setVariables(simulator.url);
    const api = createRedisApi({ credentials: defaultCredentials() });
    const answer = await api.call({ action: 'DescribeTaskInfo', region: 'ap-guangzhou', params: { TaskId: 1 } });
    api.close();
    await simulator.close();

    expect(answer).toMatchObject({ Status: 'running' });
  });
});

test('the example of createRedisActivities throttles heartbeats as redisApiWorkerOptions does', () => {
  const source = readFileSync(new URL('../../../src/activities/redis-activities.ts', import.meta.url), 'utf8');
  const [, example] =
    /@example\n \* ```ts\n((?:(?!```)[^])*createRedisActivities\((?:(?!```)[^])*)```/.exec(source) ?? [];

  expect(example).toContain(`maxHeartbeatThrottleInterval: '${redisApiWorkerOptions().maxHeartbeatThrottleInterval}'`);
});
