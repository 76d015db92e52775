import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchange } from '../../src/tencent/http.js';
import { createRedisApi } from '../../src/tencent/redis-api.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { callOnce, errorOf, keys, TASK_ID } from './call.js';

const NAMES = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'NO_PROXY',
  'no_proxy',
  'ALL_PROXY',
  'all_proxy',
];

describe('a proxy from the environment', () => {
  const before = { ...process.env };
  let proxy: Server;
  let connects: { target: string; authorization: string | undefined }[];
  let proxyUrl: string;
  let sockets: Duplex[];
  /** What it answers; undefined: nothing. */
  let answer: string | undefined;

  beforeEach(async () => {
    for (const name of NAMES) Reflect.deleteProperty(process.env, name);
    connects = [];
    sockets = [];
    answer = 'HTTP/1.1 403 Forbidden\r\n\r\n';
    // It notes where it should connect to, and refuses: nothing leaves this machine.
    proxy = createServer((_, response) => response.writeHead(500).end());
    proxy.on('connect', ({ url = '', headers }, socket) => {
      connects.push({ target: url, authorization: headers['proxy-authorization'] });
      sockets.push(socket.resume().once('end', () => socket.end()));
      if (answer !== undefined) socket.end(answer);
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    process.env = { ...before };
    proxy.closeAllConnections();
    proxy.close();
  });

  /** Calls an HTTPS endpoint where no server listens. */
  const callHttps = async (host = '127.0.0.1:1', timeoutMs?: number) => {
    const api = createRedisApi({
      credentials: keys(SIMULATOR_CREDENTIAL).provider,
      endpoint: new URL(`https://${host}`),
    });
    try {
      return await errorOf(
        api.call({ action: 'DescribeTaskInfo', region: 'ap-guangzhou', params: { TaskId: TASK_ID }, timeoutMs }),
      );
    } finally {
      api.close();
    }
  };

  const allClosed = async () => {
    while (sockets.some(({ closed }) => !closed)) await sleep(20);
  };

  test('is asked for a tunnel to the API', async () => {
    process.env['HTTPS_PROXY'] = proxyUrl;
    await callHttps('redis.tencentcloudapi.com');

    expect(connects).toEqual([{ target: 'redis.tencentcloudapi.com:443', authorization: undefined }]);
  });

  test.each([
    [403, 'Forbidden'],
    [407, 'Proxy Authentication Required'],
  ])('that refuses with %i is told so, without its password', async (status, reason) => {
    answer = `HTTP/1.1 ${status} ${reason}\r\n\r\n`;
    process.env['HTTPS_PROXY'] = proxyUrl.replace('//', '//user:hunter2@');
    const error = await callHttps('redis.tencentcloudapi.com');

    expect(connects[0]?.authorization).toBe(`Basic ${Buffer.from('user:hunter2').toString('base64')}`);
    expect(error).toMatchObject({ errorClass: 'transient', code: `ProxyRefused.${status}` });
    expect(error.message).toContain(`The proxy ${proxyUrl} answered ${status} ${reason}`);
    expect(error.message).not.toContain('hunter2');
  });

  test('that never answers is given up with the call, and keeps no connection', async () => {
    answer = undefined;
    process.env['HTTPS_PROXY'] = proxyUrl;
    const errors = await Promise.all(Array.from({ length: 5 }, () => callHttps('redis.tencentcloudapi.com', 300)));
    await allClosed();

    expect(errors.map(({ code }) => code)).toEqual(Array(5).fill('Timeout'));
    expect(sockets).toHaveLength(5);
  });

  test('that never answers is given up when a request has taken too long', async () => {
    answer = undefined;
    process.env['HTTPS_PROXY'] = proxyUrl;
    const url = new URL('https://redis.tencentcloudapi.com');
    const error = await errorOf(exchange({ method: 'GET', url, timeoutMs: 300 }));
    await allClosed();

    expect(error).toMatchObject({ code: 'Timeout', message: expect.stringContaining(proxyUrl) as string });
  });

  test('that cannot be reached is named', async () => {
    process.env['HTTPS_PROXY'] = 'http://user:hunter2@127.0.0.1:1';

    expect(await callHttps('redis.tencentcloudapi.com')).toMatchObject({
      code: 'NetworkError.ECONNREFUSED',
      message:
        'https://redis.tencentcloudapi.com (through the proxy http://127.0.0.1:1) could not be reached, or broke off: ECONNREFUSED',
    });
  });

  test('is not used for a host of NO_PROXY', async () => {
    process.env['HTTPS_PROXY'] = proxyUrl;
    process.env['NO_PROXY'] = 'localhost,127.0.0.1';

    expect(await callHttps()).toMatchObject({ code: 'NetworkError.ECONNREFUSED' });
    expect(connects).toEqual([]);
  });

  test('is not used for an endpoint of plain HTTP', async () => {
    process.env['HTTPS_PROXY'] = proxyUrl;
    const simulator = await RedisApiSimulator.start();
    simulator.addTask(TASK_ID, { timeline: [{ status: 'running' }] });
    const response = await callOnce(simulator);
    await simulator.close();

    expect(response).toMatchObject({ Status: 'running' });
    expect(connects).toEqual([]);
  });

  test.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY'])('may be written without a scheme in %s', async (name) => {
    process.env[name] = proxyUrl.replace('http://', 'user:hunter2@');
    await callHttps('redis.tencentcloudapi.com');

    expect(connects).toEqual([
      {
        target: 'redis.tencentcloudapi.com:443',
        authorization: `Basic ${Buffer.from('user:hunter2').toString('base64')}`,
      },
    ]);
  });

  test.each(['socks5://127.0.0.1:1', 'http://user:100%@127.0.0.1:1'])('%s is told to be no proxy', async (url) => {
    process.env['HTTPS_PROXY'] = url;

    await expect(callHttps()).rejects.toThrow('HTTPS_PROXY must be a URL such as http://proxy:3128');
  });

  test('that is no URL is told in a sentence that names the variable', async () => {
    process.env['HTTPS_PROXY'] = 'http://:not a url';

    await expect(callHttps()).rejects.toThrow('HTTPS_PROXY must be a URL');
  });
});
