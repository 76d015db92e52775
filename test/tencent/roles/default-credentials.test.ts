import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultCredentials } from '../../../src/tencent/credentials/index.js';
import { NoCredentialsError } from '../../../src/tencent/credentials/provider.js';
import { HOUR, MINUTE, type TestClock, testClock } from './clock.js';
import { type FakeMetadata, fakeMetadata } from './fake-metadata.js';
import { type FakeSts, fakeSts } from './fake-sts.js';

const STATIC = { TENCENTCLOUD_SECRET_ID: 'AKIDstatic', TENCENTCLOUD_SECRET_KEY: 'staticSecretKey' };
const ROLE = { TENCENTCLOUD_ROLE_ARN: 'qcs::cam::uin/1:roleName/waiter' };

let clock: TestClock;
let sts: FakeSts;
let metadata: FakeMetadata;
let folder: string;
let profile: Record<string, string>;
let oidc: Record<string, string>;
let warnings: string[];
beforeEach(async () => {
  clock = testClock();
  sts = await fakeSts(clock.now);
  metadata = await fakeMetadata(clock.now);
  folder = await mkdtemp(path.join(tmpdir(), 'default-credentials-'));
  profile = { TENCENTCLOUD_CREDENTIALS_FILE: path.join(folder, 'credentials') };
  oidc = {
    TKE_REGION: 'ap-shanghai',
    TKE_PROVIDER_ID: 'tke-provider',
    TKE_WEB_IDENTITY_TOKEN_FILE: path.join(folder, 'token'),
    TKE_ROLE_ARN: 'qcs::cam::uin/1:roleName/pod',
  };
  await writeFile(path.join(folder, 'token'), sts.webIdentityToken);
  warnings = [];
});
afterEach(async () => {
  sts.close();
  metadata.close();
  await rm(folder, { recursive: true });
});

const writeProfile = (id: string, mode = 0o600) =>
  writeFile(path.join(folder, 'credentials'), `[default]\nsecret_id = ${id}\nsecret_key = ${id}SecretKey\n`, { mode });

const credentials = (env: Record<string, string>) =>
  // With a home of its own: the profile file of whoever runs the tests is not part of them.
  defaultCredentials(
    { HOME: folder, ...env },
    {
      stsEndpoint: sts.url,
      metadataEndpoint: metadata.url,
      now: clock.now,
      warn: (message) => warnings.push(message),
    },
  );
const idOf = async (env: Record<string, string>) => (await credentials(env).getCredential()).secretId;

/** Lets a load that nobody waits for come to its end. */
const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('the order of sources', () => {
  test('static credentials come first, and nothing else is asked', async () => {
    await writeProfile('AKIDprofile');

    expect(await idOf({ ...STATIC, ...profile, ...oidc })).toBe('AKIDstatic');
    expect([...metadata.requests, ...sts.requests]).toEqual([]);
  });

  test('then comes the profile file, and no service is asked', async () => {
    await writeProfile('AKIDprofile');

    expect(await idOf({ ...profile, ...oidc })).toBe('AKIDprofile');
    expect([...metadata.requests, ...sts.requests]).toEqual([]);
  });

  test('then comes the role of the virtual machine', async () => {
    expect(await idOf(oidc)).toBe('AKIDcvm1');
    expect(sts.requests).toEqual([]);
  });

  test('then comes the role of the pod', async () => {
    metadata.role = undefined;

    expect(await idOf(oidc)).toBe('AKIDsts1');
  });

  test('a source that is set up and cannot be used is not passed over', async () => {
    await expect(idOf({ TENCENTCLOUD_SECRET_ID: 'AKIDstatic', ...oidc })).rejects.toThrow('TENCENTCLOUD_SECRET_KEY');
    await expect(idOf({ ...profile, ...oidc })).rejects.toThrow('TENCENTCLOUD_CREDENTIALS_FILE');
    metadata.instead = { status: 500, body: '' };
    await expect(idOf(oidc)).rejects.toThrow('HTTP 500');
    expect(sts.requests).toEqual([]);
  });

  test('with nothing set up, ends after one question, and lists what was looked for', async () => {
    metadata.role = undefined;

    const error: unknown = await idOf({}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NoCredentialsError);
    const { message } = error as Error;
    for (const place of ['TENCENTCLOUD_SECRET_ID', 'profile [default]', '(CVM)', 'TKE_ROLE_ARN']) {
      expect(message).toContain(place);
    }
    expect(metadata.requests).toHaveLength(1);
    expect(sts.requests).toEqual([]);
  });

  test('with nothing set up, ends although the metadata service never answers', async () => {
    metadata.instead = 'hang';

    await expect(idOf({})).rejects.toThrow(NoCredentialsError);
  });

  test('a source that appears later is found', async () => {
    metadata.role = undefined;
    const provider = credentials({});
    await expect(provider.getCredential()).rejects.toThrow(NoCredentialsError);
    metadata.role = 'RedisWaiter';

    expect(await provider.getCredential()).toMatchObject({ secretId: 'AKIDcvm1' });
  });

  test('the metadata service is not asked again once the role of the pod has been found', async () => {
    metadata.instead = 'hang';
    const provider = credentials(oidc);
    await provider.getCredential();
    for (let call = 0; call < 10; call += 1) await provider.getCredential();

    expect(metadata.requests).toHaveLength(1);
    expect(sts.requests).toHaveLength(1);
  });

  test('a profile file that is gone for a moment is missed, not replaced by a role', async () => {
    await writeProfile('AKIDprofile');
    const provider = credentials(profile);
    await provider.getCredential();
    await rm(path.join(folder, 'credentials'));
    await expect(provider.getCredential()).rejects.toThrow('TENCENTCLOUD_CREDENTIALS_FILE');
    await writeProfile('AKIDrewritten');

    expect(await provider.getCredential()).toMatchObject({ secretId: 'AKIDrewritten' });
    expect(metadata.requests).toEqual([]);
  });
});

describe('roles over time', () => {
  test('the role of the virtual machine is loaded anew before it expires', async () => {
    const provider = credentials({});
    await provider.getCredential();
    clock.advance(2 * HOUR - 5 * MINUTE);
    await provider.getCredential();
    await until(() => metadata.keys === 2);
    clock.advance(5 * MINUTE);

    expect(await provider.getCredential()).toMatchObject({ secretId: 'AKIDcvm2' });
  });

  test("a hundred callers of the pod's role cause one call of STS", async () => {
    metadata.role = undefined;
    const provider = credentials(oidc);

    const found = await Promise.all(Array.from({ length: 100 }, () => provider.getCredential()));
    expect(new Set(found.map(({ secretId }) => secretId))).toEqual(new Set(['AKIDsts1']));
    expect(sts.requests).toHaveLength(1);
  });

  test('TENCENTCLOUD_ROLE_ARN is taken on with static credentials', async () => {
    sts.accepted = [{ secretId: 'AKIDstatic', secretKey: 'staticSecretKey' }];

    expect(await idOf({ ...STATIC, ...ROLE })).toBe('AKIDsts1');
  });

  test('TENCENTCLOUD_ROLE_ARN is taken on with the role of the virtual machine, each loaded when it is due', async () => {
    metadata.lifeMs = 6 * HOUR;
    sts.accepted = [{ secretId: 'AKIDcvm1', secretKey: 'cvmSecretKey1', token: 'cvmToken1' }];
    const provider = credentials(ROLE);
    expect(await provider.getCredential()).toMatchObject({ secretId: 'AKIDsts1' });

    clock.advance(2 * HOUR);
    expect(await provider.getCredential()).toMatchObject({ secretId: 'AKIDsts2' });
    expect(metadata.keys).toBe(1);

    clock.advance(4 * HOUR);
    sts.accepted = [{ secretId: 'AKIDcvm2', secretKey: 'cvmSecretKey2', token: 'cvmToken2' }];
    expect(await provider.getCredential()).toMatchObject({ secretId: 'AKIDsts3' });
  });

  test('TENCENTCLOUD_ROLE_ARN is taken on with a profile file as it is now', async () => {
    await writeProfile('AKIDold');
    sts.accepted = [{ secretId: 'AKIDold', secretKey: 'AKIDoldSecretKey' }];
    const provider = credentials({ ...profile, ...ROLE });
    await provider.getCredential();
    await writeProfile('AKIDnew');
    sts.accepted = [{ secretId: 'AKIDnew', secretKey: 'AKIDnewSecretKey' }];
    clock.advance(2 * HOUR);

    expect(await provider.getCredential()).toMatchObject({ secretId: 'AKIDsts2' });
  });

  test('TENCENTCLOUD_ROLE_ARN without credentials to take it on lists where those were looked for', async () => {
    metadata.role = undefined;

    await expect(idOf(ROLE)).rejects.toThrow(NoCredentialsError);
    expect(sts.requests).toEqual([]);
  });

  test('a session name without TENCENTCLOUD_ROLE_ARN does not pass unnoticed', async () => {
    const env = { ...STATIC, TENCENTCLOUD_ROLE_SESSION_NAME: 'blue-team' };

    await expect(idOf(env)).rejects.toThrow('TENCENTCLOUD_ROLE_ARN is missing');
  });
});

describe('a profile file that others can read', () => {
  test.each([0o640, 0o604, 0o620, 0o777])('works, with one warning that names it (mode %o)', async (mode) => {
    await writeProfile('AKIDprofile');
    await chmod(path.join(folder, 'credentials'), mode);
    const provider = credentials(profile);

    expect(await provider.getCredential()).toMatchObject({ secretId: 'AKIDprofile' });
    await provider.getCredential();
    const told = [
      `The credentials file ${path.join(folder, 'credentials')} is open to others than its owner` +
        ` (mode ${mode.toString(8)}): chmod 600 closes it`,
    ];
    // Windows has no such modes.
    expect(warnings).toEqual(process.platform === 'win32' ? [] : told);
  });

  test.each([0o600, 0o400])('is not one of mode %o', async (mode) => {
    await writeProfile('AKIDprofile');
    await chmod(path.join(folder, 'credentials'), mode);
    await credentials(profile).getCredential();

    expect(warnings).toEqual([]);
  });

  test('works also where nobody listens to the warning', async () => {
    await writeProfile('AKIDprofile', 0o644);

    expect(await defaultCredentials(profile).getCredential()).toMatchObject({ secretId: 'AKIDprofile' });
  });
});
