// A worker whose credentials are refused, driven from outside: what its pages and its log say, and how it recovers.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { devServer } from '../support/environments.js';
import { eventually, freeAddress, GOOD_SETTINGS, pageOf, statusOf, WorkerProcess } from '../support/processes.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../support/simulator.js';
import { failureOf } from '../support/waits.js';

let env: TestWorkflowEnvironment;
let api: RedisApiSimulator;
const workers: WorkerProcess[] = [];

beforeAll(async () => {
  env = await devServer();
  api = await RedisApiSimulator.start();
  api.addTask(1, { timeline: [{ status: 'succeed' }] });
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await api.close();
  await env.teardown();
});

async function startWorker(settings: Readonly<Record<string, string>>) {
  const http = await freeAddress();
  const taskQueue = `access-${randomUUID()}`;
  const worker = new WorkerProcess({
    ...GOOD_SETTINGS,
    TEMPORAL_ADDRESS: env.address,
    TENCENTCLOUD_REDIS_ENDPOINT: api.url,
    REDIS_TASK_QUEUE: taskQueue,
    REDIS_TASK_HTTP: http,
    ...settings,
  });
  workers.push(worker);
  const isReady = (ready: boolean) => eventually(async () => (await statusOf(http, '/readyz')) === (ready ? 200 : 503));
  return { worker, http, taskQueue, isReady };
}

function startWait(client: Client, taskQueue: string) {
  const args = [{ taskId: 1, region: 'ap-guangzhou' }];
  return client.workflow.start('awaitRedisTask', { taskQueue, workflowId: randomUUID(), args });
}

test('a worker with a refused key is not ready, says why in one line, and is ready once the key is accepted', async () => {
  const { worker, http, taskQueue, isReady } = await startWorker({});
  await isReady(true);
  api.setCredentials([]);
  const failure = await failureOf(await startWait(env.client, taskQueue));

  expect(failure.type).toBe('RedisTaskUnauthorized');
  await isReady(false);
  expect(await pageOf(http, '/readyz')).toEqual({
    status: 503,
    text: 'The API accepts no call of this worker (AuthFailure.SecretIdNotFound): repair its key, permission or source of credentials.',
  });
  expect(await statusOf(http, '/healthz')).toBe(200);
  // It learns by itself: no other wait asks for anything.
  api.setCredentials([SIMULATOR_CREDENTIAL]);
  await isReady(true);
  await expect((await startWait(env.client, taskQueue)).result()).resolves.toMatchObject({ status: 'succeed' });
  const errors = worker.log.filter(({ level }) => level === 'error');
  expect(errors).toMatchObject([
    { message: expect.stringContaining('No access to the API') as string, code: 'AuthFailure.SecretIdNotFound' },
  ]);
  expect(worker.output).not.toContain(SIMULATOR_CREDENTIAL.secretKey);
});

test('a rotated key in a profile file is taken without a restart', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-rotation-'));
  const file = path.join(folder, 'credentials');
  const write = ({ secretId, secretKey }: typeof SIMULATOR_CREDENTIAL) =>
    writeFile(file, `[default]\nsecret_id = ${secretId}\nsecret_key = ${secretKey}\n`, { mode: 0o600 });
  const next = { secretId: 'AKIDnext', secretKey: 'secretKeyOfTheNextOne' };
  await write(SIMULATOR_CREDENTIAL);
  const { taskQueue, isReady } = await startWorker({
    TENCENTCLOUD_SECRET_ID: '',
    TENCENTCLOUD_SECRET_KEY: '',
    TENCENTCLOUD_CREDENTIALS_FILE: file,
  });
  await isReady(true);
  api.setCredentials([SIMULATOR_CREDENTIAL, next]);
  await write(next);
  api.setCredentials([next]);

  await expect((await startWait(env.client, taskQueue)).result()).resolves.toMatchObject({ status: 'succeed' });
  expect(api.calls.at(-1)).toMatchObject({ secretId: 'AKIDnext', outcome: 'ok' });
  await rm(folder, { recursive: true });
});
