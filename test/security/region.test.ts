// Invalid regions must not become hosts: a proxy notes every host that a request goes to.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRedisApi } from '../../src/tencent/redis-api.js';
import { Command, jsonLines } from '../cli/command.js';
import { SIMULATOR_CREDENTIAL } from '../support/simulator.js';
import { errorOf, keys } from '../tencent/call.js';
import { closedPort } from '../tencent/credentials/loopback.js';

const EVIL = [
  'x.evil.example/-fsi',
  'x.evil.example#-fsi',
  'x.evil.example?-fsi',
  'x@evil.example:8443/-fsi',
  'evil.example\\-fsi',
  'ap-guangzhou/../-fsi',
  'AP-SHANGHAI-FSI',
  '-fsi',
  '',
  'ap-guangzhou\r\nx-tc-token: stolen',
  'ap-guangzhou\n',
  `ap-${'a'.repeat(62)}`,
];

const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy', 'ALL_PROXY', 'all_proxy'];

const before = { ...process.env };
let proxy: Server;
let proxyUrl: string;
let hosts: string[];

beforeEach(async () => {
  hosts = [];
  proxy = createServer();
  proxy.on('connect', ({ url = '' }, socket) => {
    hosts.push(url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  for (const name of PROXIES) Reflect.deleteProperty(process.env, name);
  process.env['HTTPS_PROXY'] = proxyUrl;
});
afterEach(() => {
  process.env = { ...before };
  proxy.closeAllConnections();
  proxy.close();
});

async function call(region: string, endpoint?: URL) {
  const { provider, refreshes } = keys(SIMULATOR_CREDENTIAL);
  const api = createRedisApi({ credentials: provider, endpoint });
  const error = await errorOf(api.call({ action: 'ClearInstance', region, params: {} }));
  api.close();
  return { error, asked: refreshes.length };
}

describe('the API that everybody can open', () => {
  test.each(EVIL)('reaches no host for the region %j, and refuses it as a region', async (region) => {
    const { error, asked } = await call(region);

    expect(hosts).toEqual([]);
    expect(asked).toBe(0);
    expect(error).toMatchObject({ code: 'InvalidRegion', errorClass: 'rejected' });
    expect(error.message).toMatch(/^The region "[^\r\n]*" is not valid: it must be like ap-guangzhou/);
  });

  test.each(EVIL)('refuses the region %j also where the endpoint is set', async (region) => {
    const { error } = await call(region, await closedPort());

    expect(error).toMatchObject({ code: 'InvalidRegion', errorClass: 'rejected' });
  });

  test('refuses values that are not text, as a workflow may send them', async () => {
    const { error } = await call({ toString: () => 'x.evil.example/-fsi' } as unknown as string);

    expect(hosts).toEqual([]);
    expect(error).toMatchObject({ code: 'InvalidRegion' });
  });

  test('reaches a finance region at its own host', async () => {
    await call('ap-shanghai-fsi');

    expect(hosts).toEqual(['redis.ap-shanghai-fsi.tencentcloudapi.com:443']);
  });
});

test.each(['x.evil.example/-fsi', 'ap-guangzhou\r\nx: y'])('doctor sends nothing for the region %j', async (region) => {
  const { secretId, secretKey } = SIMULATOR_CREDENTIAL;
  const env = { TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey, HTTPS_PROXY: proxyUrl };
  const ended = await new Command(['doctor', '--region', region], env).ended;

  expect(hosts).toEqual([]);
  expect(jsonLines(ended)).toMatchObject([{ type: 'BadUsage' }]);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(/^redis-task: --region is "[^\n]*", but it must be a region such as [^\n]*\n$/);
});
