import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { selfSigned } from './self-signed.js';

const SCRIPT = fileURLToPath(new URL('call-over-tls.js', import.meta.url));

/** Where no server listens. */
const NOBODY = 'localhost:1';

let server: Server;
let connects: string[];
let folder: string;
let certificate: string;
beforeAll(async () => {
  const identity = selfSigned();
  folder = await mkdtemp(path.join(tmpdir(), 'tls-'));
  certificate = path.join(folder, 'certificate.pem');
  await writeFile(certificate, identity.cert);
  server = createServer(identity, (_request, response) => response.end('{}'));
  server.on('connect', ({ url = '' }, socket) => {
    connects.push(url);
    if (url === NOBODY) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const upstream = connect(Number(url.split(':')[1]), 'localhost');
    return socket.pipe(upstream).pipe(socket);
  });
  await once(server.listen(0, 'localhost'), 'listening');
});
beforeEach(() => (connects = []));
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

const ownUrl = () => `https://localhost:${(server.address() as AddressInfo).port}`;

/** What becomes of two requests, Node's own and ours, in a process with these variables. */
async function callsWith(env: Record<string, string>, url = ownUrl()): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, url], {
    timeout: 30_000,
    env: { PATH: process.env['PATH'], ...env },
  });
  return JSON.parse(stdout);
}

describe('TLS verification', () => {
  test('refuses an untrusted certificate', async () => {
    expect(await callsWith({})).toMatchObject({ ours: 'NetworkError.DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  test('stays on although NODE_TLS_REJECT_UNAUTHORIZED=0 switches it off for plain requests', async () => {
    expect(await callsWith({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual({
      plain: 200,
      ours: 'NetworkError.DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  test('trusts a certificate that NODE_EXTRA_CA_CERTS adds', async () => {
    expect(await callsWith({ NODE_EXTRA_CA_CERTS: certificate })).toEqual({ plain: 200, ours: 200 });
  });
});

describe('TLS verification of a proxy of https://', () => {
  const through = (env: Record<string, string>, url = `https://${NOBODY}`) =>
    callsWith({ HTTPS_PROXY: ownUrl(), ...env }, url);

  test('refuses an untrusted certificate', async () => {
    expect(await through({})).toMatchObject({ ours: 'NetworkError.DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(connects).toEqual([]);
  });

  test('stays on although NODE_TLS_REJECT_UNAUTHORIZED=0 switches it off for plain requests', async () => {
    expect(await through({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toMatchObject({
      ours: 'NetworkError.DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(connects).toEqual([]);
  });

  test('trusts a certificate that NODE_EXTRA_CA_CERTS adds', async () => {
    await expect(through({ NODE_EXTRA_CA_CERTS: certificate })).resolves.toMatchObject({ ours: 'ProxyStatus.403' });
    expect(new Set(connects)).toEqual(new Set([NOBODY]));
  });

  test('lets several calls pass over one connection that it has made', async () => {
    const outcome = await through({ NODE_EXTRA_CA_CERTS: certificate }, ownUrl());

    expect(outcome).toEqual({ plain: 200, ours: 200 });
    expect(connects).toEqual([new URL(ownUrl()).host]);
  });
});
