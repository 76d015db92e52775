import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { environmentCredentials, profileCredentials } from '../../../src/tencent/credentials/static.js';

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
    'are not found in %j',
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

/** What no key has, and how it is called. */
const STRANGE: [string, string][] = [
  ['hunter2\n', 'a line break'],
  ['hunter2\r\n', 'a line break'],
  ['hun ter2', 'a space'],
  ['hunter2\t', 'a tab'],
  ['\ufeffhunter2', 'a byte order mark'],
  ['hunter\u20032', 'the character U+2003'],
  ['密鑰hunter2', 'the character U+5BC6'],
  ['hunter2😀', 'the character U+1F600'],
];

describe('a variable that no key can be in', () => {
  const names = ['TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY', 'TENCENTCLOUD_SECURITY_TOKEN'];
  test.each(names.flatMap((name) => STRANGE.map(([value, what]) => [name, value, what] as const)))(
    '%s=%j is an error that names it, and shows no value',
    async (name, value, what) => {
      const error = await environmentCredentials({ ...KEY, [name]: value })
        .find()
        .catch(String);

      expect(error).toContain(`${name} holds ${what}, which no key has`);
      expect(error).not.toMatch(/hun|ter2|密|AKIDenv|keyOfTheEnvironment/);
    },
  );
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

  test('may begin with a byte order mark, as an editor writes it', async () => {
    await write('\ufeff[default]\r\nsecret_id = AKIDfile\r\nsecret_key = keyOfTheFile\r\n');

    expect(await find()).toEqual({ secretId: 'AKIDfile', secretKey: 'keyOfTheFile' });
  });

  test.each([
    ['secret_id', 'secret_id=hun ter2\nsecret_key=k', 'a space'],
    ['secret_key', 'secret_id=i\nsecret_key="hunter2\\n"', 'a line break'],
    ['token', 'secret_id=i\nsecret_key=k\ntoken=hunter2\u200b', 'the character U+200B'],
  ])(
    'whose %s no key can be in are an error that names file and profile, and shows no value',
    async (name, text, what) => {
      await write(`[default]\n${text}\n`);
      const error = await find().catch(String);

      expect(error).toContain(
        `${name} in profile [default] of the credentials file ${file} holds ${what}, which no key has`,
      );
      expect(error).not.toMatch(/hun|ter2/);
    },
  );

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

  /** `HOME` counts from the start of a process, so each of these has its own. */
  const findInHome = async (env: Record<string, string>): Promise<unknown> => {
    const { href } = new URL('../../../src/tencent/credentials/static.ts', import.meta.url);
    const script = `
      const { profileCredentials } = await import(${JSON.stringify(href)});
      const found = await profileCredentials(process.env).find().catch((error) => ({ error: error.message }));
      console.log(JSON.stringify(found ?? null));`;
    const cwd = fileURLToPath(new URL('../../..', import.meta.url));
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

  test('are not found without a file; an error if a profile was named', async () => {
    expect(await findInHome({})).toBeNull();
    expect(await findInHome({ TENCENTCLOUD_PROFILE: 'prod' })).toMatchObject({
      error: expect.stringContaining('no file with profile [prod]') as string,
    });
  });
});
