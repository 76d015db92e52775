import { createAgents } from '../../src/tencent/agents.js';
import { callApi } from '../../src/tencent/api.js';
import { TencentApiError } from '../../src/tencent/errors.js';
import { redact, redactAll } from '../../src/tencent/redact.js';
import { loopback } from '../tencent/roles/loopback.js';

const credential = { secretId: 'AKIDmarkedId', secretKey: 'markedSecretKey', token: 'marked+To/ken==&x' };

describe('a token in the text of a gateway', () => {
  test.each([
    ['as it is', 'marked+To/ken==&x'],
    ['in a JSON text that escapes slashes', 'marked+To\\/ken==&x'],
    ['in a JSON text that escapes all it can', 'marked\\u002bTo\\u002Fken\\u003d\\u003d\\u0026x'],
    ['in a page', 'marked&#43;To&#x2F;ken&#061;=&amp;x'],
    ['in an address', 'marked%2BTo%2fken%3D%3D%26x'],
    ['in lower case', 'marked+to/ken==&x'],
  ])('is hidden %s', (_, echo) => {
    expect(redact(`x-tc-token: ${echo}.`, credential)).toBe('x-tc-token: ***.');
  });
});

test('an answer that is nested a hundred thousand deep is no more than one that makes no sense', () => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));

  expect(JSON.stringify(redactAll(deep, credential))).toBe('[[[[[[[[[[null]]]]]]]]]]');
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
    const server = await loopback(() => ({ body: JSON.stringify({ Response: response }) }));
    const agents = createAgents(server.url);
    const answer: unknown = await callApi({
      ...{ endpoint: server.url, service: 'redis', version: '2018-04-12', action: 'DescribeTaskInfo' },
      ...{ region: 'ap-guangzhou', params: {}, credential, nowMs: Date.now(), timeoutMs: 5_000, agents },
    }).catch((error: unknown) => error);
    server.close();
    agents.http.destroy();

    const seen =
      answer instanceof TencentApiError
        ? JSON.stringify([answer.code, answer.message, answer.requestId])
        : JSON.stringify(answer);
    expect(seen).toContain('***');
    for (const secret of Object.values(credential)) expect(seen).not.toContain(secret);
  });
});
