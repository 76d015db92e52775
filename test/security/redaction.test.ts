import { createAgent } from '../../src/tencent/agents.js';
import { callApi } from '../../src/tencent/api.js';
import type { TencentCredential } from '../../src/tencent/credentials/provider.js';
import { TencentApiError } from '../../src/tencent/errors.js';
import { redact } from '../../src/tencent/redact.js';
import { loopback } from '../tencent/credentials/loopback.js';

const credential = { secretId: 'AKIDmarkedId', secretKey: 'markedSecretKey', token: 'marked+To/ken==&x' };

describe('a token in the text of a gateway', () => {
  test.each([
    ['as it is', 'marked+To/ken==&x'],
    ['in a JSON text that escapes slashes', 'marked+To\\/ken==&x'],
    ['in a JSON text that escapes all it can', 'marked\\u002bTo\\u002Fken\\u003d\\u003d\\u0026x'],
    ['in a page', 'marked&#43;To&#x2F;ken&#061;=&amp;x'],
    ['in an address', 'marked%2BTo%2fken%3D%3D%26x'],
    ['in lower case', 'marked+to/ken==&x'],
    ['in a JSON text in a JSON text', 'marked\\\\\\u002bTo\\\\\\/ken==&x'],
    ['in an address in an address', 'marked%252BTo%252Fken%253D%253D%2526x'],
  ])('is hidden %s', (_, echo) => {
    expect(redact(`x-tc-token: ${echo}.`, credential)).toBe('x-tc-token: ***.');
  });
});

describe('a password in the text of a gateway', () => {
  const secretKey = `<pass>"word"'&\\{}`;

  test.each([
    ['as it is', secretKey],
    ['in a JSON text', JSON.stringify(secretKey).slice(1, -1)],
    ['in a page', '&lt;pass&gt;&quot;word&quot;&apos;&amp;\\{}'],
    ['in a page by numbers', '&#60;pass&#62;&#34;word&#34;&#39;&#38;&#92;&#123;&#125;'],
    ['in a JSON text in a page', '&lt;pass&gt;\\&quot;word\\&quot;&#39;&amp;\\\\{}'],
    ['in an address', encodeURIComponent(secretKey)],
  ])('is hidden %s', (_, echo) => {
    expect(redact(`you sent ${echo}.`, { secretKey })).toBe('you sent ***.');
  });
});

test('an answer that is nested a hundred thousand deep is only an unreadable answer', () => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));

  expect(JSON.stringify(redact(deep, credential))).toBe('[[[[[[[[[[null]]]]]]]]]]');
});

/** Makes a call whose answer is this body, and gives back what became of it. */
async function answered(body: string, key: TencentCredential = credential): Promise<unknown> {
  const server = await loopback(() => ({ body }));
  const agent = createAgent(server.url);
  try {
    const service = { endpoint: server.url, name: 'redis', version: '2018-04-12', agent };
    return await callApi(service, {
      ...{ action: 'DescribeTaskInfo', region: 'ap-guangzhou', params: {} },
      ...{ credential: key, nowMs: Date.now(), timeoutMs: 5_000 },
    }).catch((error: unknown) => error);
  } finally {
    server.close();
    agent.destroy();
  }
}

/** Eight times what it takes. Patterns that were compiled for each string took twice as long as this, unbounded ones minutes. */
const BOUND_MS = 1_200;

/** The time that this process computes for something, which says more than a clock on a busy machine. */
async function computedMs(act: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await act();
  return process.cpuUsage(before).user / 1_000;
}

describe('the work for an answer is bounded', () => {
  const key = { secretId: 'AKIDmarkedId', secretKey: 'markedSecretKey', token: `+marked/${'a+/='.repeat(200)}` };

  test('when it is of 240 kB and 80,000 strings', async () => {
    const Lists = Array.from({ length: 80 }, () => Array.from({ length: 1_000 }, () => ''));
    const body = JSON.stringify({ Response: { Status: 'running', Lists } });
    expect(body.length).toBeGreaterThan(240_000);

    expect(await computedMs(() => answered(body, key))).toBeLessThan(BOUND_MS);
  });

  test.each([
    ['backslashes', '\\'],
    ['beginnings of an entity', '&#0'],
    ['beginnings of the token', '+marked/a+/='],
    ['beginnings of a header', 'TC3-HMAC-SHA256 '],
    ['ends of a signature', 'Signature='],
  ])('when it is 250 kB of %s', async (_, piece) => {
    const text = piece.repeat(250_000 / piece.length);

    expect(await computedMs(() => redact(text, key))).toBeLessThan(BOUND_MS);
  });
});

describe('a refusal is told by its code as the API wrote it', () => {
  const refused = JSON.stringify({ Response: { Error: { Code: 'AuthFailure.SignatureFailure', Message: 'a fault' } } });

  test('also when a secret is one letter, which hides nothing', async () => {
    const key = { secretId: 'A', secretKey: 'u', token: 'a' };

    expect(await answered(refused, key)).toMatchObject({
      ...{ code: 'AuthFailure.SignatureFailure', message: 'a fault', errorClass: 'unauthorized' },
    });
  });

  test('also when a part of it is hidden', async () => {
    expect(await answered(refused, { secretId: 'AKIDmarkedId', secretKey: 'SignatureFailure' })).toMatchObject({
      ...{ code: 'AuthFailure.***', errorClass: 'unauthorized' },
    });
    expect(await answered(refused, { secretId: 'AKIDmarkedId', secretKey: 'AuthFailure' })).toMatchObject({
      ...{ code: '***.SignatureFailure', errorClass: 'unauthorized' },
    });
  });
});

describe('an answer in the right envelope', () => {
  const echo = Object.values(credential).join(' ');
  test.each([
    ['as a field', { Status: 'failed', TaskMessage: echo }],
    ['deep in it', { Status: 'failed', More: [{ deep: echo }] }],
    ['as the name of a field', { [echo]: 1 }],
    ['as the code of an error', { Error: { Code: echo, Message: 'x' } }],
    ['as the id of a request', { Error: { Code: 'InternalError', Message: 'x' }, RequestId: echo }],
  ])('that echoes the key %s is read without it', async (_, response) => {
    const answer = await answered(JSON.stringify({ Response: response }));

    const seen =
      answer instanceof TencentApiError
        ? JSON.stringify([answer.code, answer.message, answer.requestId])
        : JSON.stringify(answer);
    expect(seen).toContain('***');
    for (const secret of Object.values(credential)) expect(seen).not.toContain(secret);
  });
});
