import { signTc3 } from '../../src/tencent/sign.js';
import vectors from '../fixtures/tc3-vectors.json' with { type: 'json' };

describe('signTc3', () => {
  test.each(vectors.vectors)('reproduces every step of $name', (vector) => {
    const signsAction = vector.canonicalRequest.includes('\nx-tc-action:');
    const action = vector.service === 'redis' ? 'DescribeTaskInfo' : 'DescribeInstances';
    const signed = signTc3(
      {
        method: vector.method as 'POST',
        service: vector.service,
        query: vector.query,
        headers: {
          Host: vector.host,
          'Content-Type': vector.contentType,
          ...(signsAction && { 'X-TC-Action': action }),
        },
        payload: vector.payload,
      },
      vector,
      vectors.timestamp,
    );

    expect(signed.canonicalRequest).toBe(vector.canonicalRequest);
    expect(signed.stringToSign).toBe(vector.stringToSign);
    expect(signed.signature).toBe(vector.signature);
    expect(signed.authorization).toBe(vector.authorization);
  });

  const request = {
    method: 'POST',
    service: 'redis',
    headers: { host: 'redis.tencentcloudapi.com', 'content-type': 'application/json' },
    payload: '{"TaskId":18215}',
  } as const;

  test('takes the UTC date of the timestamp, also in the hours when Beijing is a day ahead', () => {
    const lastSecondOfTheDay = Date.parse('2019-02-25T23:59:59Z') / 1000;
    const key = { secretId: 'AKIDEXAMPLE', secretKey: 'SecretKeyExample' };

    expect(signTc3(request, key, lastSecondOfTheDay).authorization).toContain('/2019-02-25/redis/');
    expect(signTc3(request, key, lastSecondOfTheDay + 1).authorization).toContain('/2019-02-26/redis/');
  });

  test('does not sign with the derived key of another secret', () => {
    const sign = (secretKey: string) => signTc3(request, { secretId: 'AKIDEXAMPLE', secretKey }, 1551113065).signature;
    const first = sign('SecretKeyExample');

    expect(sign('AnotherSecretKey')).not.toBe(first);
    expect(sign('SecretKeyExample')).toBe(first);
  });
});
