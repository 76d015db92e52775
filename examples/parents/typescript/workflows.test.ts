// docs:start
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { type AwaitRedisTaskStub, stubAwaitRedisTask } from 'temporal-tencent-redis/testing';
import type { ProvisionInput, ProvisionOutcome, provisionRedis } from './workflows.js';

let env: TestWorkflowEnvironment;
let waits: AwaitRedisTaskStub;
let pipelines: Worker;
let run: Promise<void>;
const alerts: string[] = [];

before(async () => {
  // The SDK downloads the server on first use. A machine that cannot has the path of one in this variable.
  const path = process.env['TEMPORAL_TEST_SERVER'];
  const server = path === undefined ? {} : { server: { executable: { type: 'existing-path', path } as const } };
  env = await TestWorkflowEnvironment.createTimeSkipping(server);
  waits = await stubAwaitRedisTask(env);
  pipelines = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'provisioning',
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    activities: { alert: (message: string) => void alerts.push(message) },
  });
  run = pipelines.run();
});

after(async () => {
  pipelines.shutdown();
  await run;
  await waits.stop();
  await env.teardown();
});

function provision(input: ProvisionInput): Promise<ProvisionOutcome> {
  return env.client.workflow.execute<typeof provisionRedis>('provisionRedis', {
    taskQueue: 'provisioning',
    workflowId: randomUUID(),
    args: [input],
  });
}

test('gives up when the task fails', async () => {
  waits.script({ 18216: { after: '3m', fails: 'RedisTaskFailed', message: 'The backup file is damaged.' } });
  const { outcome, message } = await provision({ taskId: 18216, region: 'ap-guangzhou' });

  assert.equal(outcome, 'gave up');
  assert.equal(message, 'The backup file is damaged.');
});
// docs:end

test('waits once more when the task takes longer than maxWait', async () => {
  waits.script({ 18217: { after: '3h' } });
  const { outcome, waits: number } = await provision({ taskId: 18217, region: 'ap-guangzhou', maxWait: '2h' });

  assert.equal(outcome, 'ready');
  assert.equal(number, 2);
});

test('is ready when the task has succeeded', async () => {
  waits.script({ 18215: { after: '40m' } });
  const began = await env.currentTimeMs();

  assert.equal((await provision({ taskId: 18215, region: 'ap-guangzhou' })).outcome, 'ready');
  assert.ok((await env.currentTimeMs()) - began >= 40 * 60_000);
});

test('alerts a person when the task breaks off', async () => {
  waits.script({ 18218: { fails: 'RedisTaskErrored', message: 'The flow was aborted.' } });
  const { outcome, reason } = await provision({ taskId: 18218, region: 'ap-guangzhou' });

  assert.equal(outcome, 'alerted');
  assert.deepEqual(alerts, [reason]);
});

test('stops when the key is refused', async () => {
  waits.script({ 18219: { fails: 'RedisTaskUnauthorized', code: 'AuthFailure.SecretIdNotFound' } });
  const { outcome, errorCode } = await provision({ taskId: 18219, region: 'ap-guangzhou' });

  assert.equal(outcome, 'stopped');
  assert.equal(errorCode, 'AuthFailure.SecretIdNotFound');
});

test('waits for several tasks at once, and each ends by itself', async () => {
  waits.script({
    18220: { after: '40m' },
    18221: { after: '3m', fails: 'RedisTaskFailed', message: 'The backup file is damaged.' },
    18222: { cancelledAfter: '10m' },
  });
  const ends: unknown = await env.client.workflow.execute('provisionAll', {
    taskQueue: 'provisioning',
    workflowId: randomUUID(),
    args: [[18220, 18221, 18222].map((taskId) => ({ taskId, region: 'ap-guangzhou' }))],
  });

  assert.deepEqual(ends, ['succeed', 'RedisTaskFailed', 'cancelled']);
});

test('ends as cancelled when somebody cancels it', async () => {
  waits.script({ 18225: { after: '3h' } });
  const handle = await env.client.workflow.start<typeof provisionRedis>('provisionRedis', {
    taskQueue: 'provisioning',
    workflowId: randomUUID(),
    args: [{ taskId: 18225, region: 'ap-guangzhou' }],
  });
  await env.sleep('2m');
  await handle.cancel();

  await assert.rejects(handle.result(), { message: 'Workflow execution cancelled' });
});

test('creates, resizes and deletes an instance', async () => {
  waits.scriptActions({
    CreateInstances: { after: '10m', instanceIds: ['crs-09u2u96z'] },
    UpgradeInstance: { busyFor: '5m', after: '20m' },
    DestroyPostpaidInstance: {},
  });
  const id: unknown = await env.client.workflow.execute('temporaryRedis', {
    taskQueue: 'provisioning',
    workflowId: randomUUID(),
    args: [{ region: 'ap-guangzhou', params: { MemSize: 1_024 } }],
  });

  assert.equal(id, 'crs-09u2u96z');
  assert.deepEqual(waits.actionInputs.at(-1)?.params, { InstanceId: id });
});
