import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BasicCredential, EnvironmentVariableCredential } from 'tencentcloud-sdk-nodejs-common';
import { credentialChain, sharedLoads } from '../../src/tencent/credentials/chain.js';
import { environmentCredentials } from '../../src/tencent/credentials/environment.js';
import { profileCredentials } from '../../src/tencent/credentials/profile.js';
import {
  type CredentialProvider,
  type CredentialSource,
  NoCredentialsError,
  type TencentCredential,
} from '../../src/tencent/credentials/provider.js';
import { createRedisApi } from '../../src/tencent/redis-api.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';

const KEY = { TENCENTCLOUD_SECRET_ID: 'AKIDenv', TENCENTCLOUD_SECRET_KEY: 'keyOfTheEnvironment' };

describe('credentials from the environment', () => {
  const find = (env: NodeJS.ProcessEnv) => environmentCredentials(env).find();

  test('are a key', async () => {
    expect(await find(KEY)).toEqual({ secretId: 'AKIDenv', secretKey: 'keyOfTheEnvironment' });
  });

  test.each(['TENCENTCLOUD_TOKEN', 'TENCENTCLOUD_SESSION_TOKEN', 'TENCENTCLOUD_SECURITY_TOKEN'])(
    'take the token from %s',
    async (name) => {
      expect(await find({ ...KEY, [name]: 'token' })).toMatchObject({ token: 'token' });
    },
  );

  test('take no empty token', async () => {
    expect(await find({ ...KEY, TENCENTCLOUD_TOKEN: '', TENCENTCLOUD_SESSION_TOKEN: 'token' })).toMatchObject({
      token: 'token',
    });
    expect(await find({ ...KEY, TENCENTCLOUD_TOKEN: '' })).not.toHaveProperty('token');
  });

  test.each([{}, { TENCENTCLOUD_SECRET_ID: '', TENCENTCLOUD_SECRET_KEY: '' }, { TENCENTCLOUD_TOKEN: 'token' }])(
    'are none in %j',
    async (env) => {
      expect(await find(env)).toBeUndefined();
    },
  );

  test.each([
    [{ TENCENTCLOUD_SECRET_ID: 'AKIDenv' }, 'TENCENTCLOUD_SECRET_KEY is missing'],
    [{ TENCENTCLOUD_SECRET_KEY: 'hunter2' }, 'TENCENTCLOUD_SECRET_ID is missing'],
    [{ ...KEY, TENCENTCLOUD_SECRET_ID: '' }, 'TENCENTCLOUD_SECRET_ID is missing'],
  ])('half set in %j are an error that names the other half, and no value', async (env, message) => {
    const error = await find(env).catch(String);

    expect(error).toContain(message);
    expect(error).not.toMatch(/hunter2|keyOfTheEnvironment|AKIDenv/);
  });
});

describe('credentials from a profile file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'profile-'));
    file = path.join(folder, 'credentials');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = (text: string) => writeFile(file, text, { mode: 0o600 });
  const find = (env: NodeJS.ProcessEnv = {}) =>
    profileCredentials({ TENCENTCLOUD_CREDENTIALS_FILE: file, ...env }).find();

  test('are those of [default]', async () => {
    await write('[default]\nsecret_id = AKIDfile\nsecret_key = keyOfTheFile\n');

    expect(await find()).toEqual({ secretId: 'AKIDfile', secretKey: 'keyOfTheFile' });
  });

  test('have a token when the file has one', async () => {
    await write('[default]\r\nsecret_id=AKIDfile\r\nsecret_key="keyOfTheFile"\r\ntoken = "to+ken/=="\r\n');

    expect(await find()).toEqual({ secretId: 'AKIDfile', secretKey: 'keyOfTheFile', token: 'to+ken/==' });
  });

  test.each(['prod', 'prod.eu', 'with space'])('are those of the profile [%s] when it is named', async (profile) => {
    await write(`[default]\nsecret_id=no\nsecret_key=no\n[${profile}]\nsecret_id=AKIDprod\nsecret_key=keyOfProd\n`);

    expect(await find({ TENCENTCLOUD_PROFILE: profile })).toEqual({ secretId: 'AKIDprod', secretKey: 'keyOfProd' });
  });

  test('come from the rewritten file at the next call', async () => {
    const source = profileCredentials({ TENCENTCLOUD_CREDENTIALS_FILE: file });
    await write('[default]\nsecret_id=AKIDold\nsecret_key=old\n');
    const before = await source.find();
    await write('[default]\nsecret_id=AKIDnew\nsecret_key=new\n');

    expect([before?.secretId, (await source.find())?.secretId]).toEqual(['AKIDold', 'AKIDnew']);
  });

  test('are an error when the named file is not there', async () => {
    await expect(find()).rejects.toThrow(`TENCENTCLOUD_CREDENTIALS_FILE: there is no file ${file}`);
  });

  test('are an error when the file has no such profile', async () => {
    await write('[default]\nsecret_id=a\nsecret_key=hunter2\n');

    await expect(find({ TENCENTCLOUD_PROFILE: 'prod' })).rejects.toThrow(`${file} has no profile [prod]`);
  });

  test.each([
    ['secret_id', '[default]\nsecret_key=hunter2\n'],
    ['secret_key', '[default]\nsecret_id=hunter2\n'],
    ['secret_key', '[default]\nsecret_id=hunter2\nsecret_key=\n'],
  ])('are an error that names %s when it is missing, and no value', async (name, text) => {
    await write(text);
    const error = await find().catch(String);

    expect(error).toContain(`has no ${name} in profile [default]`);
    expect(error).not.toContain('hunter2');
  });

  test('are an error when the file cannot be read', async () => {
    await mkdir(file);

    await expect(find()).rejects.toThrow(`The credentials file ${file} cannot be read (EISDIR)`);
  });

  test('come with one warning when others can read the file', async () => {
    const warnings: string[] = [];
    await write('[default]\nsecret_id=AKIDfile\nsecret_key=hunter2\n');
    await chmod(file, 0o644);
    const source = profileCredentials({ TENCENTCLOUD_CREDENTIALS_FILE: file }, (message) => warnings.push(message));
    await source.find();
    await source.find();

    expect(warnings).toEqual([expect.stringContaining(`${file} is open to others than its owner (mode 644)`)]);
  });

  /** `HOME` counts from the start of a process, so each of these has its own. */
  const findInHome = async (env: Record<string, string>): Promise<unknown> => {
    const { href } = new URL('../../src/tencent/credentials/profile.ts', import.meta.url);
    const script = `
      const { profileCredentials } = await import(${JSON.stringify(href)});
      const found = await profileCredentials(process.env).find().catch((error) => ({ error: error.message }));
      console.log(JSON.stringify(found ?? null));`;
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const args = ['--import', 'tsx', '--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd,
      env: { PATH: process.env['PATH'], HOME: folder, ...env },
    });
    return JSON.parse(stdout);
  };

  test('are looked for in the home folder', async () => {
    await mkdir(path.join(folder, '.tencentcloud'));
    await writeFile(path.join(folder, '.tencentcloud', 'credentials'), '[default]\nsecret_id=AKIDhome\nsecret_key=k\n');

    expect(await findInHome({})).toEqual({ secretId: 'AKIDhome', secretKey: 'k' });
  });

  test('are none when there is no file, unless a profile was named', async () => {
    expect(await findInHome({})).toBeNull();
    expect(await findInHome({ TENCENTCLOUD_PROFILE: 'prod' })).toMatchObject({
      error: expect.stringContaining('no file with profile [prod]') as string,
    });
  });
});

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
    const error: unknown = await credentialChain([nothing('the one'), nothing('the other')])
      .getCredential()
      .catch((each: unknown) => each);

    expect(error).toBeInstanceOf(NoCredentialsError);
    expect(String(error)).toContain('Looked for: the one; the other.');
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
  ])('that answer with %s are CredentialsUnavailable, and nothing is sent', async (_, answer) => {
    const before = simulator.stats().calls;
    const call = statusWith({ getCredential: () => Promise.resolve(answer) });

    await expect(call).rejects.toMatchObject({ code: 'CredentialsUnavailable', errorClass: 'transient' });
    expect(simulator.stats().calls).toBe(before);
  });
});
