import { cvmRole } from '../../../src/tencent/credentials/cvm-role.js';
import { errorOf } from '../call.js';
import { type FakeMetadata, fakeMetadata } from './fake-metadata.js';
import { closedPort, type FakeAnswer } from './loopback.js';

let metadata: FakeMetadata;
beforeEach(async () => {
  metadata = await fakeMetadata(Date.now);
});
afterEach(() => metadata.close());

describe('the role of the virtual machine', () => {
  test('asks for the name of the role, then for its key', async () => {
    const found = await cvmRole(metadata.url).find();

    expect(found).toMatchObject({ secretId: 'AKIDcvm1', secretKey: 'cvmSecretKey1', token: 'cvmToken1' });
    expect(metadata.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /latest/meta-data/cam/security-credentials/',
      'GET /latest/meta-data/cam/security-credentials/RedisWaiter',
    ]);
  });

  test('says in milliseconds when the key expires', async () => {
    const before = Math.floor((Date.now() + metadata.lifeMs) / 1000) * 1000;
    const found = await cvmRole(metadata.url).find();
    const after = Date.now() + metadata.lifeMs;

    expect(found?.expiresAtMs).toBeGreaterThanOrEqual(before);
    expect(found?.expiresAtMs).toBeLessThanOrEqual(after);
  });

  test('is not there when the machine has no role', async () => {
    metadata.role = undefined;
    expect(await cvmRole(metadata.url).find()).toBeUndefined();
  });

  test('is not there when no server listens at the address', async () => {
    expect(await cvmRole(await closedPort()).find()).toBeUndefined();
  });

  test('is not there when the host has no address', async () => {
    expect(await cvmRole(new URL('http://metadata.invalid')).find()).toBeUndefined();
  });

  test('is not there when the service never answers: the question has a time limit', async () => {
    metadata.instead = 'hang';
    expect(await cvmRole(metadata.url).find()).toBeUndefined();
    expect(metadata.requests).toHaveLength(1);
  });

  test.each<[string, FakeAnswer]>([
    [
      'a page of a network that answers for every name',
      { body: '<html><body>Welcome to the guest network</body></html>' },
    ],
    ['a redirect to such a page', { status: 302, body: '' }],
    ['an empty text', { body: '' }],
    ['a broken connection', 'reset'],
  ])('is not there when the answer is %s', async (_what, answer) => {
    metadata.instead = answer;
    expect(await cvmRole(metadata.url).find()).toBeUndefined();
  });

  test('is out of order, not absent, when the service answers with a fault of its own', async () => {
    metadata.instead = { status: 503, body: 'busy' };

    const error = await errorOf(cvmRole(metadata.url).find());
    expect(error).toMatchObject({ code: 'HttpStatus.503', errorClass: 'transient' });
  });

  test.each<[string, FakeAnswer, string]>([
    ['no key for its role', { body: '{"Code":"InvalidRole"}' }, 'InvalidRole'],
    ['an error instead of the key', { status: 500, body: 'oops' }, 'HTTP 500'],
    [
      'a key without an end',
      { body: '{"Code":"Success","TmpSecretId":"a","TmpSecretKey":"verySecret","Token":"c"}' },
      'ExpiredTime',
    ],
    [
      'half a key',
      { body: '{"Code":"Success","TmpSecretKey":"verySecret","Token":"c","ExpiredTime":1}' },
      'TmpSecretId',
    ],
    ['half an answer', { body: '{"Code":"Success","TmpSecretId":"a","TmpSecretKey":"verySecret"' }, 'no Code'],
  ])('fails, for now, when the service has a role and gives %s', async (_what, answer, told) => {
    metadata.insteadOfKey = answer;

    const error = await errorOf(cvmRole(metadata.url).find());
    expect(error.errorClass).toBe('transient');
    expect(error.message).toContain(told);
    expect(error.message).not.toContain('verySecret');
  });

  test.each<[string, (service: FakeMetadata) => void]>([
    ['has no role any more', (service) => (service.role = undefined)],
    ['breaks off', (service) => (service.instead = 'reset')],
    ['cannot be reached', (service) => service.close()],
  ])('once it has given a key, is missed when it %s', async (_what, change) => {
    const source = cvmRole(metadata.url);
    await source.find();
    change(metadata);

    expect((await errorOf(source.find())).errorClass).toBe('transient');
  });

  test('gives the next key when the service is back', async () => {
    const source = cvmRole(metadata.url);
    await source.find();
    metadata.instead = 'reset';
    await errorOf(source.find());
    metadata.instead = undefined;

    expect(await source.find()).toMatchObject({ secretId: 'AKIDcvm2' });
  });
});
