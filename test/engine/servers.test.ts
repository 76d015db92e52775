import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Connection } from '@temporalio/client';
import getPort from 'get-port';
import { type DevServer, startDevServer } from '../../src/engine/index.js';

const started: DevServer[] = [];
const start: typeof startDevServer = async (options) => {
  const server = await startDevServer(options);
  started.push(server);
  return server;
};

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

const portOf = (address: string) => Number(address.split(':').at(-1));

async function namespaces(address: string): Promise<(string | null | undefined)[]> {
  const connection = await Connection.connect({ address });
  const { namespaces } = await connection.workflowService.listNamespaces({});
  await connection.close();
  return namespaces.map((each) => each.namespaceInfo?.name);
}

test('a dev server starts with the namespace asked for, and answers until it is stopped', async () => {
  const server = await start({ namespace: 'mine' });
  expect(server.namespace).toBe('mine');
  expect(server.uiUrl).toBeUndefined();
  expect(await namespaces(server.address)).toEqual(expect.arrayContaining(['default', 'mine']));
  await server.stop();
  expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
  await server.stop();
});

test('with a UI, its page is there as soon as the server is', async () => {
  const server = await start({ ui: true });
  const page = await fetch(server.uiUrl ?? '');
  expect(page.status).toBe(200);
});

test('preferred ports are taken when they are free, and exchanged when they are not', async () => {
  const first = await start({ ui: true });
  const taken = { port: portOf(first.address), ui: true, uiPort: portOf(first.uiUrl ?? '') };
  const second = await start({ ...taken, namespace: 'second' });
  expect(second.address).not.toBe(first.address);
  expect(second.uiUrl).not.toBe(first.uiUrl);
  expect(await namespaces(second.address)).toContain('second');
  expect(await namespaces(first.address)).not.toContain('second');

  await first.stop();
  const third = await start(taken);
  expect([third.address, third.uiUrl]).toEqual([first.address, first.uiUrl]);
});

test('two that prefer the same port at the same moment both get a server of their own', async () => {
  const port = await getPort();
  const both = await Promise.all(['a', 'b'].map((namespace) => start({ port, namespace })));
  for (const { address, namespace } of both) expect(await namespaces(address)).toContain(namespace);
  expect(new Set(both.map(({ address }) => address)).size).toBe(2);
});

test('state in a file survives the server', async () => {
  const dbFilename = path.join(mkdtempSync(path.join(tmpdir(), 'engine-')), 'temporal.db');
  await (await start({ dbFilename, namespace: 'kept' })).stop();
  const again = await start({ dbFilename });
  expect(await namespaces(again.address)).toContain('kept');
});

test('a server that fails to start says why', async () => {
  await expect(start({ extraArgs: ['--no-such-flag'] })).rejects.toThrow(/ended \(exit code 1\): .*unknown flag/s);
});
