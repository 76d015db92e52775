// What the generated cases have found, one by one.
import { readPollError } from '../../src/contract/poll-error.js';
import { readObservation } from '../../src/contract/task/observation.js';
import { createRedisApi } from '../../src/tencent/redis-api.js';
import { rawServer } from './raw-server.js';

const credentials = { getCredential: () => Promise.resolve({ secretId: 'AKIDfuzz', secretKey: 'fuzzSecretKey' }) };

describe('a clock that is refused with a Date that no clock shows', () => {
  // The latest time that a Date can hold, plus the time that has passed since the answer, is none.
  test.each(['Sat, 13 Sep 275760 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT', 'Tue, 20 Apr -271821 00:00:00 GMT'])(
    '(%s) does not spoil the calls after it',
    async (date) => {
      const body = '{"Response":{"Error":{"Code":"AuthFailure.SignatureExpire","Message":"late"}}}';
      const head = `HTTP/1.1 200 OK\r\nConnection: close\r\nDate: ${date}\r\nContent-Length: ${body.length}`;
      const server = await rawServer(() => Buffer.from(`${head}\r\n\r\n${body}`));
      const api = createRedisApi({ credentials, endpoint: server.url });
      const call = () => api.call({ action: 'DescribeTaskInfo', region: 'ap-guangzhou', params: { TaskId: 1 } });
      await expect(call()).rejects.toMatchObject({ errorClass: 'clock' });
      await new Promise((resolve) => setTimeout(resolve, 1_100));

      await expect(call()).rejects.toMatchObject({ errorClass: 'clock' });
      api.close();
      server.close();
    },
  );
});

describe('an activity of somebody else', () => {
  test.each([null, 0, 'text', [], {}, { status: 1 }, { code: 1 }, { code: 'x', message: 'y' }])(
    'that answers %j has told neither a task nor an error',
    (answer) => {
      expect(readObservation(answer, '2026-11-22T10:00:00.000Z')).toBeUndefined();
      expect(readPollError(answer)).toBeUndefined();
    },
  );
});
