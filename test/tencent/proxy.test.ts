import { once, setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { exchange } from '../../src/tencent/http.js';
import { createRedisApi } from '../../src/tencent/redis-api.js';
import { TunnelAgent } from '../../src/tencent/tunnel-agent.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../support/simulator.js';
import { callOnce, errorOf, keys, TASK_ID } from './call.js';
import { selfSigned } from './credentials/self-signed.js';

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
  /** What the proxy does with the connection of a CONNECT. */
  let answer: (socket: Duplex) => void;
  /** Connections that the proxy has open. */
  const open = new Set<Socket>();

  beforeEach(async () => {
    for (const name of NAMES) Reflect.deleteProperty(process.env, name);
    connects = [];
    // It notes where it should connect to, and refuses: nothing leaves this machine.
    proxy = createServer((_, response) => response.writeHead(500).end());
    proxy.on('connect', ({ url = '', headers }, socket) => {
      connects.push({ target: url, authorization: headers['proxy-authorization'] });
      // Or it would not notice that the other side has gone.
      socket.resume().on('end', () => socket.end());
      answer(socket);
    });
    proxy.on('connection', (socket: Socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket)).on('error', () => undefined);
    });
    answer = (socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    process.env = { ...before };
    for (const socket of open) socket.destroy();
    proxy.close();
  });

  /** Calls an HTTPS endpoint where no server listens. */
  const callHttps = async (host = '127.0.0.1:1') => {
    const api = createRedisApi({
      credentials: keys(SIMULATOR_CREDENTIAL).provider,
      endpoint: new URL(`https://${host}`),
    });
    try {
      return await errorOf(
        api.call({ action: 'DescribeTaskInfo', region: 'ap-guangzhou', params: { TaskId: TASK_ID } }),
      );
    } finally {
      api.close();
    }
  };

  test('is asked for a tunnel to the API', async () => {
    process.env['HTTPS_PROXY'] = proxyUrl;
    await callHttps('redis.tencentcloudapi.com');

    expect(connects).toEqual([{ target: 'redis.tencentcloudapi.com:443', authorization: undefined }]);
  });

  test.each([
    [407, 'Proxy Authentication Required'],
    [403, 'Forbidden'],
    [502, 'Bad Gateway'],
  ])('that refuses with %d is named with its status, and without its password', async (status, reason) => {
    answer = (socket) => socket.end(`HTTP/1.1 ${status} in its own words\r\n\r\n`);
    process.env['HTTPS_PROXY'] = proxyUrl.replace('//', '//user:hunter2@');
    const error = await callHttps('redis.tencentcloudapi.com');

    expect(connects[0]?.authorization).toBe(`Basic ${Buffer.from('user:hunter2').toString('base64')}`);
    expect(error).toMatchObject({ errorClass: 'transient', code: `ProxyStatus.${status}` });
    expect(error.message).toContain(
      `The proxy ${new URL(proxyUrl).host} refused a connection to redis.tencentcloudapi.com:443: HTTP ${status} ${reason}.`,
    );
    expect(error.message + String(error.stack)).not.toMatch(/hunter2|user:|Basic/);
  });

  test('that is not there is named', async () => {
    process.env['HTTPS_PROXY'] = 'http://127.0.0.1:1';

    const error = await callHttps('redis.tencentcloudapi.com');
    expect(error).toMatchObject({ code: 'NetworkError.ECONNREFUSED' });
    expect(error.message).toContain('through the proxy 127.0.0.1:1');
  });

  /** Resolves when the proxy has no connection any more. */
  const allClosed = async () => {
    while (open.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  test.each([
    ['never answers CONNECT', () => undefined],
    [
      'answers it byte by byte',
      (socket: Duplex) => {
        socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
        const drip = setInterval(() => socket.write('x'), 20);
        socket.on('close', () => clearInterval(drip));
      },
    ],
    ['opens a tunnel to nowhere', (socket: Duplex) => void socket.write('HTTP/1.1 200 OK\r\n\r\n')],
  ])('that %s keeps no connection of calls that have ended', async (_, behaviour) => {
    answer = behaviour;
    process.env['HTTPS_PROXY'] = proxyUrl;
    const api = createRedisApi({
      credentials: keys(SIMULATOR_CREDENTIAL).provider,
      endpoint: new URL('https://redis.tencentcloudapi.com'),
    });
    const end = new AbortController();
    // Each call listens.
    setMaxListeners(0, end.signal);
    const call = { action: 'DescribeTaskInfo', region: 'ap-guangzhou', params: {}, signal: end.signal };
    const ends = Array.from({ length: 30 }, () => api.call(call).catch((error: unknown) => error));
    while (connects.length < 30) await once(proxy, 'connect');
    end.abort(new Error('given up'));

    expect(await Promise.all(ends)).toEqual(Array(30).fill(new Error('given up')));
    await allClosed();
    api.close();
  });

  test('that never answers is inside the time limit of a request, and named', async () => {
    answer = () => undefined;
    process.env['HTTPS_PROXY'] = proxyUrl;
    const error = await errorOf(
      exchange({ method: 'GET', url: new URL('https://redis.tencentcloudapi.com'), timeoutMs: 300 }),
    );

    expect(error).toMatchObject({ code: 'Timeout', errorClass: 'transient' });
    expect(error.message).toContain(`through the proxy ${new URL(proxyUrl).host}`);
    await allClosed();
  });

  test('that never answers is left when the API is closed', async () => {
    answer = () => api.close();
    process.env['HTTPS_PROXY'] = proxyUrl;
    const api = createRedisApi({
      credentials: keys(SIMULATOR_CREDENTIAL).provider,
      endpoint: new URL('https://redis.tencentcloudapi.com'),
    });
    const call = { action: 'DescribeTaskInfo', region: 'ap-guangzhou', params: {}, timeoutMs: 600_000 };

    expect(await errorOf(api.call(call))).toMatchObject({ errorClass: 'transient' });
    await allClosed();
  });

  test('carries many requests through one tunnel', async () => {
    const identity = selfSigned();
    const server = createHttpsServer(identity, (_, response) => response.end('hello'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    answer = (socket) => {
      const there = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      socket.pipe(there).pipe(socket);
      there.on('error', () => socket.destroy());
    };
    const agent = new TunnelAgent(new URL(proxyUrl), { keepAlive: true, ca: identity.cert });
    const get = () => exchange({ method: 'GET', url: new URL(`https://localhost:${port}`), timeoutMs: 10_000, agent });
    const bodies = [(await get()).body, (await get()).body];
    agent.destroy();
    server.close();
    server.closeAllConnections();

    expect(bodies).toEqual(['hello', 'hello']);
    expect(connects).toHaveLength(1);
    await allClosed();
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
