import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultCredentials } from '../../../src/tencent/credentials/index.js';
import { HOUR, MINUTE, type TestClock, testClock } from './clock.js';
import { type FakeMetadata, fakeMetadata } from './fake-metadata.js';
import { type FakeSts, fakeSts } from './fake-sts.js';

const NO_CREDENTIALS = 'No Tencent Cloud credentials found. Looked for: ';
const STATIC = { TENCENTCLOUD_SECRET_ID: 'AKIDstatic', TENCENTCLOUD_SECRET_KEY: 'staticSecretKey' };
const ARN = 'qcs::cam::uin/1:roleName/waiter';
const ROLE = { TENCENTCLOUD_ROLE_ARN: ARN };

let clock: TestClock;
let sts: FakeSts;
let metadata: FakeMetadata;
let folder: string;
let profile: Record<string, string>;
let oidc: Record<string, string>;
let warnings: string[];
let taken: unknown[];
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
  taken = [];
});
afterEach(async () => {
  sts.close();
  metadata.close();
  await rm(folder, { recursive: true });
});

const writeProfile = (id: string, mode = 0o600) =>
  writeFile(path.join(folder, 'credentials'), `[default]\nsecret_id = ${id}\nsecret_key = ${id}SecretKey\n`, { mode });

const credentials = (env: Record<string, string>) =>
  // With its own home, so that the profile file of the user is not found.
  defaultCredentials(
    { HOME: folder, TENCENTCLOUD_STS_ENDPOINT: sts.url.origin, ...env },
    {
      metadataEndpoint: metadata.url,
      now: clock.now,
      warn: (message) => warnings.push(message),
      taken: (source) => taken.push(source),
    },
  );
const idOf = async (env: Record<string, string>) => (await credentials(env).getCredential()).secretId;

/** Lets a background load end. */
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
    const { message } = error as Error;
    expect(message).toContain(NO_CREDENTIALS);
    for (const place of ['TENCENTCLOUD_SECRET_ID', 'profile [default]', '(CVM)', 'TKE_ROLE_ARN']) {
      expect(message).toContain(place);
    }
    expect(metadata.requests).toHaveLength(1);
    expect(sts.requests).toEqual([]);
  });

  test('with nothing set up, ends although the metadata service never answers', async () => {
    metadata.instead = 'hang';

    await expect(idOf({})).rejects.toThrow(NO_CREDENTIALS);
  });

  test('a source that appears later is found', async () => {
    metadata.role = undefined;
    const provider = credentials({});
    await expect(provider.getCredential()).rejects.toThrow(NO_CREDENTIALS);
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

describe('TENCENTCLOUD_CREDENTIAL_SOURCE', () => {
  const pinned = (source: string) => ({ TENCENTCLOUD_CREDENTIAL_SOURCE: source });

  test.each([
    ['environment', 'AKIDstatic'],
    ['profile', 'AKIDprofile'],
    ['cvm-role', 'AKIDcvm1'],
    ['tke-oidc', 'AKIDsts1'],
  ])('%s is taken, whatever else is there', async (source, secretId) => {
    await writeProfile('AKIDprofile');

    expect(await idOf({ ...STATIC, ...profile, ...oidc, ...pinned(source) })).toBe(secretId);
  });

  test('waits for a metadata service that does not answer, instead of becoming somebody else', async () => {
    metadata.instead = { status: 404, body: '' };
    const provider = credentials({ ...oidc, ...pinned('cvm-role') });

    await expect(provider.getCredential()).rejects.toMatchObject({ errorClass: 'transient' });
    expect(sts.requests).toEqual([]);
    metadata.instead = undefined;
    expect(await provider.getCredential()).toMatchObject({ secretId: 'AKIDcvm1' });
  });

  test.each(['environment', 'profile', 'tke-oidc'])(
    '%s without credentials there is told in one line',
    async (source) => {
      const others = { environment: oidc, profile: STATIC, 'tke-oidc': STATIC }[source] ?? {};
      const error: unknown = await idOf({ ...others, ...pinned(source) }).catch((reason: unknown) => reason);

      expect((error as Error).message).toContain(NO_CREDENTIALS);
      expect((error as Error).message).toContain(`TENCENTCLOUD_CREDENTIAL_SOURCE is ${source}`);
      expect([...metadata.requests, ...sts.requests]).toEqual([]);
    },
  );

  test('with an unknown name is an error when credentials are asked for', async () => {
    await expect(idOf({ ...STATIC, ...pinned('env') })).rejects.toThrow('TENCENTCLOUD_CREDENTIAL_SOURCE is "env"');
  });
});

describe('which source was taken', () => {
  test('is told once, without a secret', async () => {
    const provider = credentials(STATIC);
    expect(taken).toEqual([]);
    await provider.getCredential();
    await provider.getCredential();

    expect(taken).toEqual([
      { source: 'environment', from: 'TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY in the environment' },
    ]);
  });

  test('is told with the role that is taken on, once there are credentials', async () => {
    await writeProfile('AKIDprofile');
    const provider = credentials({ ...profile, ...ROLE });
    await provider.getCredential().catch(() => undefined);
    expect(taken).toEqual([]);
    sts.accepted = [{ secretId: 'AKIDprofile', secretKey: 'AKIDprofileSecretKey' }];
    await provider.getCredential();

    expect(taken).toEqual([
      {
        source: 'profile',
        from: `profile [default] in ${path.join(folder, 'credentials')}`,
        role: ARN,
        sts: sts.url.origin,
      },
    ]);
    expect(JSON.stringify(taken)).not.toMatch(/AKID|SecretKey/);
  });
});

describe('roles over time', () => {
  test('the role of the virtual machine is loaded again before it expires', async () => {
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

    await expect(idOf(ROLE)).rejects.toThrow(NO_CREDENTIALS);
    expect(sts.requests).toEqual([]);
  });

  test("TENCENTCLOUD_ASSUME_ROLE_ARN, as Terraform's provider calls it, is taken on as well", async () => {
    sts.accepted = [{ secretId: 'AKIDstatic', secretKey: 'staticSecretKey' }];

    expect(await idOf({ ...STATIC, TENCENTCLOUD_ASSUME_ROLE_ARN: ARN })).toBe('AKIDsts1');
    expect(sts.params).toMatchObject([{ RoleArn: ARN }]);
  });

  test('a role is taken on at TENCENTCLOUD_STS_ENDPOINT', async () => {
    sts.accepted = [{ secretId: 'AKIDstatic', secretKey: 'staticSecretKey' }];
    const env = { HOME: folder, ...STATIC, ...ROLE, TENCENTCLOUD_STS_ENDPOINT: sts.url.origin };

    expect(await defaultCredentials(env, { now: clock.now }).getCredential()).toMatchObject({ secretId: 'AKIDsts1' });
  });

  test("the pod's role is taken on at TENCENTCLOUD_STS_ENDPOINT", async () => {
    metadata.role = undefined;
    const env = { HOME: folder, ...oidc, TENCENTCLOUD_STS_ENDPOINT: sts.url.origin };
    const provider = defaultCredentials(env, { metadataEndpoint: metadata.url, now: clock.now });

    expect(await provider.getCredential()).toMatchObject({ secretId: 'AKIDsts1' });
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
      `The credentials file ${path.join(folder, 'credentials')} is accessible to users other than its owner` +
        ` (mode ${mode.toString(8)}): run chmod 600 on it`,
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

  test('also works without a listener for the warning', async () => {
    await writeProfile('AKIDprofile', 0o644);

    expect(await defaultCredentials(profile).getCredential()).toMatchObject({ secretId: 'AKIDprofile' });
  });
});
