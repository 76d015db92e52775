import { jest } from '@jest/globals';
import { BasicCredential, EnvironmentVariableCredential } from 'tencentcloud-sdk-nodejs-common';
import { credentialChain, sharedLoads } from '../../../src/tencent/credentials/chain.js';
import type {
  CredentialProvider,
  CredentialSource,
  TencentCredential,
} from '../../../src/tencent/credentials/provider.js';
import { createRedisApi } from '../../../src/tencent/redis-api.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../support/simulator.js';
import { errorOf } from '../call.js';

describe('a chain of sources', () => {
  const source = (name: string, find: CredentialSource['find']): CredentialSource => ({ lookedFor: name, find });
  const has = (secretId: string) => source(secretId, () => Promise.resolve({ secretId, secretKey: 'key' }));
  const nothing = (name: string) => source(name, () => Promise.resolve(undefined));

  test('takes the first that has credentials', async () => {
    expect(await credentialChain([nothing('a'), has('b'), has('c')]).getCredential()).toMatchObject({ secretId: 'b' });
  });

  test('does not pass over one that is set up and cannot be used', async () => {
    const broken = source('broken', () => Promise.reject(new Error('half set')));

    await expect(credentialChain([broken, has('b')]).getCredential()).rejects.toThrow('half set');
  });

  test('lists everything that was looked for when there is nothing', async () => {
    const nowhere = credentialChain([nothing('the one'), nothing('the other')]);

    await expect(nowhere.getCredential()).rejects.toThrow(
      'No Tencent Cloud credentials found. Looked for: the one; the other.',
    );
  });

  test('tells its sources to look again', async () => {
    const asked: unknown[] = [];
    const recording = source('r', (options) => {
      asked.push(options?.refresh);
      return Promise.resolve({ secretId: 'a', secretKey: 'b' });
    });
    await credentialChain([recording]).getCredential({ refresh: true });

    expect(asked).toEqual([true]);
  });
});

describe('loads that are shared', () => {
  test('have the name of their source, which may be known only once it has answered', () => {
    const own = { source: 'none', getCredential: () => Promise.resolve({}) };
    const provider = sharedLoads(own);
    own.source = 'profile';

    expect(provider.source).toBe('profile');
    expect(sharedLoads({ getCredential: own.getCredential }).source).toBe('custom');
  });

  const credential: TencentCredential = { secretId: 'a', secretKey: 'b' };

  test('are one for a hundred callers at a time, and another for the next', async () => {
    let loads = 0;
    const provider = sharedLoads({
      getCredential() {
        loads += 1;
        return new Promise((resolve) => setImmediate(() => resolve(credential)));
      },
    });
    const all = await Promise.all(Array.from({ length: 100 }, () => provider.getCredential()));

    expect(loads).toBe(1);
    expect(new Set(all)).toEqual(new Set([credential]));
    await provider.getCredential();
    expect(loads).toBe(2);
  });

  test('that failed are not remembered', async () => {
    let loads = 0;
    const provider = sharedLoads({
      getCredential() {
        loads += 1;
        return loads === 1 ? Promise.reject(new Error('502')) : Promise.resolve(credential);
      },
    });

    await expect(Promise.all([provider.getCredential(), provider.getCredential()])).rejects.toThrow('502');
    expect(await provider.getCredential()).toBe(credential);
    expect(loads).toBe(2);
  });

  test('that never end have failed after their limit, and are not remembered', async () => {
    let loads = 0;
    const hanging: CredentialProvider = {
      getCredential() {
        loads += 1;
        return loads === 1 ? new Promise(() => undefined) : Promise.resolve(credential);
      },
    };
    const provider = sharedLoads(hanging, 50);

    await expect(provider.getCredential()).rejects.toThrow('did not answer within 0.05 s');
    expect(await provider.getCredential()).toBe(credential);
  });

  test('may come from a provider that answers without a promise, as one in JavaScript can', async () => {
    const plain = { getCredential: () => credential } as unknown as CredentialProvider;

    expect(await sharedLoads(plain).getCredential()).toBe(credential);
  });

  test('whose provider throws at once fail with its error, and with no second one at the limit', async () => {
    const unhandled = jest.fn();
    process.on('unhandledRejection', unhandled);
    const throwing: CredentialProvider = {
      getCredential() {
        throw new Error('not logged in');
      },
    };
    await expect(sharedLoads(throwing, 20).getCredential()).rejects.toThrow('not logged in');
    await new Promise((resolve) => setTimeout(resolve, 60));
    process.off('unhandledRejection', unhandled);

    expect(unhandled).not.toHaveBeenCalled();
  });

  test('that begin when credentials were refused are for those who were refused before', async () => {
    const ends: ((credential: TencentCredential) => void)[] = [];
    const provider = sharedLoads({ getCredential: () => new Promise((resolve) => ends.push(resolve)) });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const first = provider.getCredential({ refresh: true });
    await turn();
    const later = [provider.getCredential({ refresh: true }), provider.getCredential({ refresh: true })];
    ends[0]?.({ secretId: 'old', secretKey: 'b' });

    expect(await first).toMatchObject({ secretId: 'old' });
    await turn();
    ends[1]?.({ secretId: 'new', secretKey: 'b' });
    expect(await Promise.all(later)).toMatchObject([{ secretId: 'new' }, { secretId: 'new' }]);
    expect(ends).toHaveLength(2);
  });

  test('do not give a caller who needs fresh credentials the load of one who does not', async () => {
    const asked: (boolean | undefined)[] = [];
    const provider = sharedLoads({
      getCredential(options) {
        asked.push(options?.refresh);
        return Promise.resolve(credential);
      },
    });
    await Promise.all([provider.getCredential(), provider.getCredential({ refresh: true })]);

    expect(asked).toEqual([false, true]);
  });
});

describe("Tencent's own providers", () => {
  let simulator: RedisApiSimulator;
  beforeAll(async () => {
    simulator = await RedisApiSimulator.start();
    simulator.addTask(18215, { timeline: [{ status: 'running' }] });
  });
  afterAll(() => simulator.close());

  const statusWith = async (credentials: CredentialProvider) => {
    const api = createRedisApi({ credentials, endpoint: new URL(simulator.url) });
    const params = { TaskId: 18215 };
    const { Status } = await api.call({ action: 'DescribeTaskInfo', region: 'ap-guangzhou', params });
    api.close();
    return Status;
  };

  test('work as they are', async () => {
    const before = { ...process.env };
    process.env['TENCENTCLOUD_SECRET_ID'] = SIMULATOR_CREDENTIAL.secretId;
    process.env['TENCENTCLOUD_SECRET_KEY'] = SIMULATOR_CREDENTIAL.secretKey;
    try {
      expect(await statusWith(new EnvironmentVariableCredential())).toBe('running');
    } finally {
      process.env = before;
    }
  });

  test('may answer with their own class of credential', async () => {
    const { secretId, secretKey } = SIMULATOR_CREDENTIAL;
    const getCredential = () => Promise.resolve(new BasicCredential(secretId, secretKey));

    expect(await statusWith({ getCredential })).toBe('running');
  });

  test.each([
    ['an empty key', { secretId: '', secretKey: '' }],
    ['no secret', { secretId: 'AKID' } as TencentCredential],
    ['nothing', undefined as unknown as TencentCredential],
    ['a number', { secretId: 18215, secretKey: 'k' } as unknown as TencentCredential],
    ['an id with a line break', { secretId: 'AKIDhunter2\n', secretKey: 'k' }],
    ['a secret with a line break', { secretId: 'AKID', secretKey: 'hunter2\n' }],
    ['a token that no header takes', { secretId: 'AKID', secretKey: 'k', token: 'hunter2\u0000' }],
  ])('that answer with %s are CredentialsUnavailable, and nothing is sent', async (_, answer) => {
    const before = simulator.stats().calls;
    const call = statusWith({ getCredential: () => Promise.resolve(answer) });

    const error = await errorOf(call);
    expect(error).toMatchObject({ code: 'CredentialsUnavailable', errorClass: 'transient' });
    expect(error.message).not.toContain('hunter2');
    expect(simulator.stats().calls).toBe(before);
  });
});
