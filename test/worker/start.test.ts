import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { promisify } from 'node:util';
import { type DevServer, findTemporalCli, startDevServer } from '../../src/engine/index.js';
import { eventually, freeAddress, GOOD_SETTINGS, pageOf, statusOf, WorkerProcess } from '../support/processes.js';

test('a worker goes on when nobody reads its log any more', async () => {
  const [http, address] = [await freeAddress(), await freeAddress()];
  const env = { ...process.env, ...GOOD_SETTINGS, TEMPORAL_ADDRESS: address, REDIS_TASK_HTTP: http };
  const worker = spawn(process.execPath, ['lib/worker.js'], { env });
  worker.stderr.destroy();
  // It has logged that the first attempt failed.
  await eventually(async () => (await pageOf(http, '/readyz').catch(() => ({ text: '' }))).text.includes(address));
  worker.kill('SIGTERM');

  await expect(once(worker, 'exit')).resolves.toEqual([0, null]);
});

describe('a worker that starts before Temporal', () => {
  let http: string;
  let address: string;
  let worker: WorkerProcess;
  let server: DevServer | undefined;

  beforeEach(async () => {
    [http, address] = [await freeAddress(), await freeAddress()];
  });

  afterEach(async () => {
    await worker.kill();
    await server?.stop();
    server = undefined;
  });

  const start = (env: Record<string, string> = {}) =>
    new WorkerProcess({ ...GOOD_SETTINGS, TEMPORAL_ADDRESS: address, REDIS_TASK_HTTP: http, ...env });

  test('is alive and not ready until the server, and then the namespace, is there', async () => {
    worker = start({ TEMPORAL_NAMESPACE: 'late' });
    await worker.prints('Temporal is not there yet');
    await expect(statusOf(http, '/healthz')).resolves.toBe(200);
    expect((await pageOf(http, '/readyz')).text).toMatch(/^The worker is not connected to Temporal yet: .+\.$/);

    server = await startDevServer({ port: Number(address.split(':')[1]) });
    expect(server.address).toBe(address);
    await eventually(() => worker.log.some(({ reason }) => reason?.includes('not found')));
    await expect(statusOf(http, '/healthz')).resolves.toBe(200);
    await expect(statusOf(http, '/readyz')).resolves.toBe(503);

    const cli = await findTemporalCli();
    await promisify(execFile)(cli, ['operator', 'namespace', 'create', '--address', address, '-n', 'late']);
    await eventually(async () => (await statusOf(http, '/readyz')) === 200);
    // Every failed attempt ends the SDK's runtime: the page must be that of the one that serves in the end.
    const page = await (await fetch(`http://${http}/metrics`)).text();
    expect(page).toMatch(/^temporal_num_pollers\{.*namespace="late".*\} \d+$/m);
    await worker.prints('Waiting for Redis tasks');

    worker.signal('SIGTERM');
    await expect(worker.end).resolves.toEqual({ code: 0, signal: null });
    expect(worker.stdout).toBe('');
  });

  // That it does so on SIGTERM: bad-settings.test.ts, where workers are ended that way.
  test('exits with 0 on SIGINT while it tries', async () => {
    worker = start();
    await worker.prints('Temporal is not there yet');
    worker.signal('SIGINT');
    await expect(worker.end).resolves.toEqual({ code: 0, signal: null });
  });

  test('exits with 0 on SIGTERM while an attempt hangs', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const connected = once(silent, 'connection') as Promise<[{ destroy(): void }]>;
    const { port } = silent.address() as AddressInfo;
    worker = new WorkerProcess({ ...GOOD_SETTINGS, TEMPORAL_ADDRESS: `127.0.0.1:${port}` });
    const [connection] = await worker.during(connected);
    worker.signal('SIGTERM');
    await expect(worker.end).resolves.toEqual({ code: 0, signal: null });
    connection.destroy();
    silent.close();
  });
});
