// Hours pass at once: time is skipped, and the stub of the package ends each change as a test says.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { type WorkflowHandle, WorkflowFailedError } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { decodeRedisActionFailure } from 'temporal-tencent-redis';
import { type AwaitRedisTaskStub, stubAwaitRedisTask } from 'temporal-tencent-redis/testing';
import { ORDER, REGION, runPipelines, start } from './pipelines.js';
import { skippingServer } from './servers.js';

const instance = { region: REGION, instanceId: 'crs-09u2u96z' };
const resize = { ...instance, memSizeMb: 8_192 };

let env: TestWorkflowEnvironment;
let stub: AwaitRedisTaskStub;
let stopPipelines: () => Promise<void>;
const alerts: string[] = [];

before(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  env = await skippingServer();
  stub = await stubAwaitRedisTask(env);
  stopPipelines = await runPipelines(env, alerts);
});

after(async () => {
  await stopPipelines();
  await stub.stop();
  await env.teardown();
});

beforeEach(() => void (alerts.length = 0));

async function errorOf(pipeline: WorkflowHandle): Promise<unknown> {
  return pipeline.result().then(
    () => assert.fail('It should have failed'),
    (error: unknown) => error,
  );
}

test('a new instance: is ordered with its password by name, and told when it runs', async () => {
  stub.scriptActions({ CreateInstances: { after: '10m', instanceIds: ['crs-new'] } });

  assert.equal(await (await start(env, 'createInstance', ORDER)).result(), 'crs-new');
  const { params } = stub.actionInputs.at(-1) ?? {};
  assert.deepEqual(params?.['Password'], { $secret: 'redis-main' });
  assert.equal(params['MemSize'], 4_096);
  assert.deepEqual(alerts, []);
});

test('a resize of a busy instance: waits until it is free, and until the instance has the size', async () => {
  stub.scriptActions({ UpgradeInstance: { busyFor: '20m', after: '40m' } });
  const began = await env.currentTimeMs();
  await (await start(env, 'resizeInstance', resize)).result();

  assert.ok((await env.currentTimeMs()) - began >= 60 * 60_000);
  assert.deepEqual(stub.actionInputs.at(-1)?.expect, { memSizeMb: 8_192 });
});

test('a resize that the API refuses: alerts with what the API said', async () => {
  stub.scriptActions({ UpgradeInstance: { fails: 'RedisActionRefused', code: 'ResourceUnavailable.SaleOut' } });
  const error = await errorOf(await start(env, 'resizeInstance', resize));

  assert.equal(decodeRedisActionFailure(error)?.type, 'RedisActionRefused');
  assert.equal(alerts.length, 1);
  assert.match(alerts[0] ?? '', /nothing was started: ResourceUnavailable\.SaleOut/);
});

test('an order whose answer was lost: is not placed again, and a person is told what to look at', async () => {
  stub.scriptActions({ CreateInstances: { fails: 'RedisActionUncertain' } });
  const error = await errorOf(await start(env, 'createInstance', ORDER));

  assert.equal(decodeRedisActionFailure(error)?.type, 'RedisActionUncertain');
  assert.match(alerts[0] ?? '', /Look in the console for instances and orders/);
});

test('a deletion: takes the instance out of the recycle bin, once it is there', async () => {
  stub.scriptActions({ DestroyPostpaidInstance: { after: '2m' }, CleanUpInstance: { after: '5m' } });
  await (await start(env, 'deleteInstance', instance)).result();

  const actions = stub.actionInputs.slice(-2).map(({ action }) => action);
  assert.deepEqual(actions, ['DestroyPostpaidInstance', 'CleanUpInstance']);
});

test('a deletion that fails: leaves the recycle bin alone', async () => {
  stub.scriptActions({ DestroyPostpaidInstance: { fails: 'RedisTaskFailed', message: 'The instance is protected.' } });
  await errorOf(await start(env, 'deleteInstance', instance));

  assert.equal(stub.actionInputs.at(-1)?.action, 'DestroyPostpaidInstance');
  assert.match(alerts[0] ?? '', /The instance is protected\./);
});

test('a pipeline that is cancelled: alerts nobody', async () => {
  stub.scriptActions({ UpgradeInstance: { after: '40m' } });
  const pipeline = await start(env, 'resizeInstance', resize);
  await pipeline.cancel();
  const error = await errorOf(pipeline);

  assert.ok(error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure, String(error));
  assert.deepEqual(alerts, []);
});
