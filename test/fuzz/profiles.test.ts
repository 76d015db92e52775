// Whatever stands in a profile file, it is a key, or a sentence that shows nothing of the file.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc, { type Arbitrary } from 'fast-check';
import { profileCredentials } from '../../src/tencent/credentials/static.js';
import { describeTaskInfo } from '../../src/tencent/describe-task-info.js';
import { TencentApiError } from '../../src/tencent/errors.js';
import { createRedisApi } from '../../src/tencent/redis-api.js';
import { RedisApiSimulator } from '../../src/testing/index.js';
import { anyText, oddText } from './arbitraries.js';
import { forCases } from './cases.js';

const SECRET = 'hushhush';

const name = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('secret_id', 'secret_key', 'token') },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'secret_id[]', 'secret_key.a', 'Secret_Id', '') },
  { weight: 1, arbitrary: oddText },
);
const value = fc.oneof(
  { weight: 3, arbitrary: fc.constant(`${SECRET}0`) },
  { weight: 1, arbitrary: fc.constantFrom('', 'true', 'null', '"', `"${SECRET}`, `'${SECRET}'`, `${SECRET};x`) },
  { weight: 1, arbitrary: oddText.map((text) => SECRET + text) },
);
const line: Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(name, fc.constantFrom('=', ' = ', ':', ''), value).map((parts) => parts.join('')) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('[default]', '[default', '[__proto__]', '[default.a]', '[]', '; x', '\ufeff'),
  },
  { weight: 1, arbitrary: anyText },
);
const file: Arbitrary<Buffer> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom('\n', '\r\n', '\r'))
      .map(([lines, end]) => Buffer.from(['[default]', ...lines].join(end))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(value, value, fc.array(line, { maxLength: 3 }))
      .map(([id, key, lines]) =>
        Buffer.from(['[default]', `secret_id=${id}`, `secret_key=${key}`, ...lines].join('\n')),
      ),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)) },
);

let folder: string;
let simulator: RedisApiSimulator;
let files = 0;
const seen = new Set<string>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'fuzz-profiles-'));
  simulator = await RedisApiSimulator.start({ keepCalls: 10, requestsPerSecond: false });
});
afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});

test('any profile file gives a key to call with, or CredentialsUnavailable that shows nothing of it', async () => {
  await forCases(file, 1, async (bytes) => {
    const TENCENTCLOUD_CREDENTIALS_FILE = path.join(folder, String((files += 1)));
    await writeFile(TENCENTCLOUD_CREDENTIALS_FILE, bytes, { mode: 0o600 });
    const source = profileCredentials({ TENCENTCLOUD_CREDENTIALS_FILE });
    const credentials = { getCredential: async () => (await source.find()) ?? {} };
    const api = createRedisApi({ credentials, endpoint: new URL(simulator.url) });
    const error: unknown = await describeTaskInfo(api, { taskId: 1, region: 'ap-guangzhou' }).catch(
      (each: unknown) => each,
    );
    api.close();
    await rm(TENCENTCLOUD_CREDENTIALS_FILE);

    if (!(error instanceof TencentApiError)) throw new Error('No such key opens anything', { cause: error });
    seen.add(error.code);
    expect(`${error.message} ${error.code} ${String(error.stack)}`).not.toContain(SECRET);
    expect(error.message.length).toBeLessThan(500);
  });

  expect([...seen]).toEqual(expect.arrayContaining(['CredentialsUnavailable', 'AuthFailure.SecretIdNotFound']));
});
