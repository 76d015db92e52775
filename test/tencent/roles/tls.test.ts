import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { selfSigned } from './self-signed.js';

const SCRIPT = fileURLToPath(new URL('call-over-tls.ts', import.meta.url));

let server: Server;
let folder: string;
let certificate: string;
beforeAll(async () => {
  const identity = selfSigned();
  folder = await mkdtemp(path.join(tmpdir(), 'tls-'));
  certificate = path.join(folder, 'certificate.pem');
  await writeFile(certificate, identity.cert);
  server = createServer(identity, (_request, response) => response.end('{}'));
  await once(server.listen(0, 'localhost'), 'listening');
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true });
});

/** What becomes of two requests, Node's own and ours, in a process with these variables. */
async function callsWith(env: Record<string, string>): Promise<unknown> {
  const { port } = server.address() as AddressInfo;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', SCRIPT, `https://localhost:${port}`],
    { timeout: 30_000, env: { PATH: process.env['PATH'], NO_PROXY: 'localhost', ...env } },
  );
  return JSON.parse(stdout);
}

describe('TLS verification', () => {
  test('refuses a server that nobody vouches for', async () => {
    expect(await callsWith({})).toMatchObject({ ours: 'NetworkError.DEPTH_ZERO_SELF_SIGNED_CERT' });
  });

  test('stays on where NODE_TLS_REJECT_UNAUTHORIZED=0 switches it off for everybody else', async () => {
    expect(await callsWith({ NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toEqual({
      plain: 200,
      ours: 'NetworkError.DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  test('trusts whom NODE_EXTRA_CA_CERTS adds', async () => {
    expect(await callsWith({ NODE_EXTRA_CA_CERTS: certificate })).toEqual({ plain: 200, ours: 200 });
  });
});
