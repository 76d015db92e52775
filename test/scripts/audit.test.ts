// The real npm asks a registry on this machine, which says of one package what a test wants to hear.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { audit } from '../../scripts/audit/audit.js';

let answer: { readonly status: number; readonly body: string };
let registry: Server;
let project: string;

beforeAll(async () => {
  registry = createServer((request, response) => {
    const isAudit = request.url === '/-/npm/v1/security/advisories/bulk';
    const { status, body } = isAudit ? answer : { status: 404, body: '{}' };
    request.resume().on('end', () => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
  });
  await once(registry.listen(0, '127.0.0.1'), 'listening');
  project = await mkdtemp(path.join(tmpdir(), 'audit-'));
  const root = { name: 'project', version: '1.0.0', dependencies: { example: '1.0.0' } };
  const example = { version: '1.0.0', resolved: 'https://registry.npmjs.org/example/-/example-1.0.0.tgz' };
  const lock = { ...root, lockfileVersion: 3, packages: { '': root, 'node_modules/example': example } };
  await writeFile(path.join(project, 'package.json'), JSON.stringify(root));
  await writeFile(path.join(project, 'package-lock.json'), JSON.stringify(lock));
});
afterAll(async () => {
  registry.closeAllConnections();
  registry.close();
  await rm(project, { recursive: true });
});

const ask = () => {
  const { port } = registry.address() as AddressInfo;
  return audit(project, {
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_fetch_retries: '0',
    // npm remembers advisories.
    npm_config_cache: path.join(project, randomUUID()),
  });
};

function advisory(severity: string): string {
  const url = 'https://github.com/advisories/GHSA-0000-0000-0000';
  return JSON.stringify({ example: [{ id: 1, url, title: 'Example', severity, vulnerable_versions: '<2' }] });
}

test.each(['high', 'critical'])('a vulnerability of level %s fails, and is named', async (severity) => {
  answer = { status: 200, body: advisory(severity) };

  expect(await ask()).toEqual({
    passed: false,
    line: `npm audit: 1 vulnerability of level high or more: example (${severity})`,
  });
});

test.each(['moderate', 'low'])('one of level %s is told, and passes', async (severity) => {
  answer = { status: 200, body: advisory(severity) };

  expect(await ask()).toEqual({
    passed: true,
    line: `npm audit: nothing of level high or more; below it: example (${severity})`,
  });
});

test('no vulnerability passes', async () => {
  answer = { status: 200, body: '{}' };

  expect(await ask()).toEqual({ passed: true, line: 'npm audit: no known vulnerability' });
});

test.each([
  [405, ''],
  [404, '{}'],
  [503, '<html>'],
])('a registry that answers %d was not asked, which is said in one line', async (status, body) => {
  answer = { status, body };
  const { passed, line } = await ask();

  expect(passed).toBe(true);
  expect(line).toMatch(new RegExp(`^npm audit could not be asked: [^\n]*${status}[^\n]*$`));
});
