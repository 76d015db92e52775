import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultCredentials } from '../../../src/tencent/credentials/index.js';
import { createRedisApi, type RedisApi } from '../../../src/tencent/redis-api.js';
import { RedisApiSimulator } from '../../support/simulator.js';
import { type FakeMetadata, fakeMetadata } from './fake-metadata.js';

const TASK_ID = 18215;
/** The key that the fake metadata service gives at its `number`th load. */
const cvmKey = (number: number) => ({
  secretId: `AKIDcvm${number}`,
  secretKey: `cvmSecretKey${number}`,
  token: `cvmToken${number}`,
});

let simulator: RedisApiSimulator;
let metadata: FakeMetadata;
let folder: string;
let api: RedisApi | undefined;
beforeEach(async () => {
  simulator = await RedisApiSimulator.start({ credentials: [cvmKey(1)], requestsPerSecond: false });
  simulator.addTask(TASK_ID, { timeline: [{ status: 'running' }] });
  metadata = await fakeMetadata(Date.now);
  folder = await mkdtemp(path.join(tmpdir(), 'rotation-'));
});
afterEach(async () => {
  api?.close();
  metadata.close();
  await simulator.close();
  await rm(folder, { recursive: true });
});

const openApi = (env: Record<string, string> = {}) => {
  const credentials = defaultCredentials({ HOME: folder, ...env }, { metadataEndpoint: metadata.url });
  api = createRedisApi({ credentials, endpoint: new URL(simulator.url) });
};
const poll = () => {
  if (!api) throw new Error('openApi comes first');
  return api.call({ action: 'DescribeTaskInfo', region: 'ap-guangzhou', params: { TaskId: TASK_ID } });
};

describe('credentials that change while a task is waited for', () => {
  test("a role's token that has expired at the API is replaced within the same poll", async () => {
    openApi();
    await poll();
    simulator.setCredentials([cvmKey(2)]);

    expect(await poll()).toMatchObject({ Status: 'running' });
    expect(simulator.calls.map(({ outcome }) => outcome)).toEqual(['ok', 'AuthFailure.SecretIdNotFound', 'ok']);
  });

  test('while no new token can be had the poll fails for now, and a later one goes on', async () => {
    openApi();
    await poll();
    simulator.setCredentials([cvmKey(2)]);
    metadata.instead = 'reset';

    await expect(poll()).rejects.toMatchObject({ code: 'CredentialsUnavailable', errorClass: 'transient' });
    metadata.instead = undefined;
    expect(await poll()).toMatchObject({ Status: 'running' });
  });

  test('a hundred polls with an expired token all go on', async () => {
    openApi();
    await poll();
    simulator.setCredentials(Array.from({ length: 100 }, (_, index) => cvmKey(index + 2)));

    const found = await Promise.all(Array.from({ length: 100 }, poll));
    expect(found.map(({ Status }) => Status)).toEqual(Array.from({ length: 100 }, () => 'running'));
  });

  test('a rewritten profile file is used by the next poll', async () => {
    const file = path.join(folder, 'credentials');
    const write = async (id: string) => {
      await writeFile(`${file}.new`, `[default]\nsecret_id=${id}\nsecret_key=${id}Key\n`, { mode: 0o600 });
      await rename(`${file}.new`, file);
    };
    const accept = (id: string) => simulator.setCredentials([{ secretId: id, secretKey: `${id}Key` }]);
    await write('AKIDold');
    accept('AKIDold');
    openApi({ TENCENTCLOUD_CREDENTIALS_FILE: file });
    await poll();
    await write('AKIDnew');
    accept('AKIDnew');

    expect(await poll()).toMatchObject({ Status: 'running' });
    expect(simulator.calls.map(({ outcome }) => outcome)).toEqual(['ok', 'ok']);
  });
});
