// Hours pass at once: time is skipped, and the stub of the package ends each wait as the simulated task goes.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { childWorkflowId, DEFAULT_TASK_QUEUE } from 'temporal-tencent-redis';
import { type AwaitRedisTaskStub, stubAwaitRedisTask } from 'temporal-tencent-redis/testing';
import { decide, type Decision } from '../src/person.js';
import { Pipelines, REGION } from './pipelines.js';
import { skippingServer } from './servers.js';

const HOUR_MS = 3_600_000;
const running = { status: 'running', forMs: 600_000 };
const failed = (message: string) => [running, { status: 'failed', message }];
const brokenOff = [{ status: 'Error', message: 'The flow was aborted.' }];

let pipelines: Pipelines;
let waits: AwaitRedisTaskStub;

before(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const env = await skippingServer();
  pipelines = await Pipelines.start(env);
  waits = await stubAwaitRedisTask(env, {}, { simulator: pipelines.simulator });
});

after(async () => {
  await waits.stop();
  await pipelines.stop();
  await pipelines.env.teardown();
});

beforeEach(() => void pipelines.newAccount());

/** The failure of a pipeline. */
async function failureOf(pipeline: WorkflowHandle): Promise<ApplicationFailure> {
  const error: unknown = await pipeline.result().catch((reason: unknown) => reason);
  assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure, String(error));
  return error.cause;
}

/** Waits for something outside of Temporal. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    assert.ok(tries < 500, 'It did not happen within 10 s');
    await sleep(20);
  }
}

/** Starts a pipeline whose resize breaks off, and waits until a person is asked. */
async function askedPipeline() {
  pipelines.account.script.resize.push(brokenOff);
  const pipeline = await pipelines.resize();
  await until(() => pipelines.alerts.length > 0);
  return pipeline;
}

const answer = (pipeline: WorkflowHandle, decision: Decision) => pipeline.executeUpdate(decide, { args: [decision] });

test('resizes, then backs up', async () => {
  const { account, alerts } = pipelines;
  account.script.resize.push([running, { status: 'succeed' }]);
  const { memSizeMb, backupTaskId } = await (await pipelines.resize()).result();

  assert.equal(memSizeMb, 8_192);
  assert.equal(backupTaskId, waits.inputs.at(-1)?.taskId);
  assert.equal(account.memSizeMb, 8_192);
  assert.deepEqual(alerts, []);
});

test('a failed backup: gives the instance its old size back, and alerts with what the API said', async () => {
  const { account, alerts } = pipelines;
  account.script.backup.push(failed('disk full on shard 3'));
  const { type } = await failureOf(await pipelines.resize());

  assert.equal(type, 'RolledBack');
  assert.deepEqual(account.orders, [8_192, 4_096]);
  assert.equal(account.memSizeMb, 4_096);
  assert.equal(alerts.length, 1);
  assert.match(alerts[0] ?? '', /was not resized to 8192 MB: .*disk full on shard 3.* The instance has its old size\./);
  assert.match(alerts[0] ?? '', new RegExp(`Workflow: resize-${account.instanceId}\\.$`));
});

test('a failed resize: has nothing to undo', async () => {
  const { account, alerts } = pipelines;
  account.script.resize.push(failed('not enough memory in the zone'));

  assert.equal((await failureOf(await pipelines.resize())).type, 'RolledBack');
  assert.deepEqual(account.orders, [8_192]);
  assert.match(alerts[0] ?? '', /not enough memory in the zone/);
});

test("an order that the API refuses: fails at once, with the API's code", async () => {
  const refusal = { code: 'ResourceUnavailable.SaleOut', message: 'Sold out.' };
  const fault = pipelines.simulator.fault({ kind: 'error', ...refusal }, { action: 'UpgradeInstance' });
  const { type, message } = await failureOf(await pipelines.resize());

  assert.equal(type, 'RolledBack');
  assert.match(message, /UpgradeInstance of crs-\w+ was refused with ResourceUnavailable\.SaleOut: Sold out\./);
  assert.equal(fault.hits, 1);
});

test('a late task: tells a person, and waits on instead of rolling back', async () => {
  const { account, alerts } = pipelines;
  account.script.resize.push([{ status: 'running', forMs: 3 * HOUR_MS }, { status: 'succeed' }]);
  await (await pipelines.resize({ maxWait: '2h' })).result();

  assert.deepEqual(account.orders, [8_192]);
  assert.equal(alerts.length, 1);
  assert.match(alerts[0] ?? '', /maxWait of 2 h ran out.* The pipeline waits on\./);
});

test('a task that breaks off: asks a person, and rolls back when told to', async () => {
  const { account, alerts } = pipelines;
  const pipeline = await askedPipeline();
  assert.match(alerts[0] ?? '', /The flow was aborted.*Look at the instance, then decide: go on, roll back, stop/);
  // What broke off has changed half of the instance.
  account.memSizeMb = 6_144;
  await answer(pipeline, 'roll back');

  assert.equal((await failureOf(pipeline)).type, 'RolledBack');
  assert.deepEqual(account.orders, [8_192, 4_096]);
});

test('a task that breaks off: goes on when a person has repaired the instance', async () => {
  const pipeline = await askedPipeline();
  await answer(pipeline, 'go on');

  assert.equal((await pipeline.result()).memSizeMb, 8_192);
});

test('a task that breaks off: stops when told to, and touches nothing any more', async () => {
  const pipeline = await askedPipeline();
  await answer(pipeline, 'stop');

  assert.equal((await failureOf(pipeline)).type, 'Stopped');
  assert.deepEqual(pipelines.account.orders, [8_192]);
});

test('a pipeline that is cancelled while it asks: stops, since the instance may be half changed', async () => {
  const pipeline = await askedPipeline();
  await pipeline.cancel();

  assert.equal((await failureOf(pipeline)).type, 'Stopped');
  assert.deepEqual(pipelines.account.orders, [8_192]);
});

test('a person who is asked: cannot answer anything else', async () => {
  const pipeline = await askedPipeline();
  await assert.rejects(answer(pipeline, 'perhaps' as Decision));
  await answer(pipeline, 'stop');
  await failureOf(pipeline);
});

test('a key that is refused: asks a person, and waits on when it is good again', async () => {
  const { account, alerts, simulator } = pipelines;
  const refused = simulator.fault(
    { kind: 'error', code: 'AuthFailure.SecretIdNotFound' },
    { action: 'DescribeTaskInfo' },
  );
  const pipeline = await pipelines.resize();
  await until(() => alerts.length > 0);
  refused.clear();
  await answer(pipeline, 'go on');

  await pipeline.result();
  assert.deepEqual(account.orders, [8_192]);
});

test('a wait that somebody cancels: asks a person, since its task goes on', async () => {
  const { account, alerts, env } = pipelines;
  account.script.resize.push([running, { status: 'succeed' }]);
  const waitsBefore = waits.inputs.length;
  const pipeline = await pipelines.resize();
  await until(() => waits.inputs.length > waitsBefore);
  const taskId = Number(waits.inputs.at(-1)?.taskId);
  await env.client.workflow
    .getHandle(childWorkflowId(pipeline.workflowId, DEFAULT_TASK_QUEUE, REGION, taskId))
    .cancel();
  await until(() => alerts.length > 0);
  await answer(pipeline, 'roll back');

  assert.equal((await failureOf(pipeline)).type, 'RolledBack');
  assert.deepEqual(account.orders, [8_192, 4_096]);
});

test('a rollback that the API refuses: alerts that a person has to repair the instance', async () => {
  const { account, alerts, simulator } = pipelines;
  account.script.backup.push(failed('disk full'));
  const pipeline = await pipelines.resize();
  await until(() => account.orders.length === 1);
  const code = 'InvalidParameterValue.ReduceCapacityNotAllowed';
  simulator.fault({ kind: 'error', code }, { action: 'UpgradeInstance' });

  assert.equal((await failureOf(pipeline)).type, 'RollbackFailed');
  assert.match(alerts.at(-1) ?? '', /disk full.*could not be rolled back either: .*ReduceCapacityNotAllowed/);
  assert.match(alerts.at(-1) ?? '', /Repair the instance by hand\./);
});

test('a pager that is down: does not stop the rollback', async () => {
  const { account } = pipelines;
  pipelines.pagerIsDown = true;
  account.script.backup.push(failed('disk full'));

  assert.equal((await failureOf(await pipelines.resize())).type, 'RolledBack');
  assert.equal(account.memSizeMb, 4_096);
});

test('a cancelled pipeline: waits for the task under way, then rolls back, and ends as cancelled', async () => {
  const { account, alerts } = pipelines;
  account.script.resize.push([running, { status: 'succeed' }]);
  const waitsBefore = waits.inputs.length;
  const pipeline = await pipelines.resize();
  await until(() => waits.inputs.length > waitsBefore);
  await pipeline.cancel();
  const cancelledAt = await pipelines.env.currentTimeMs();
  const error: unknown = await pipeline.result().catch((reason: unknown) => reason);

  assert.ok(error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure, String(error));
  assert.ok((await pipelines.env.currentTimeMs()) - cancelledAt > 9 * 60_000);
  assert.deepEqual(account.orders, [8_192, 4_096]);
  assert.equal(account.memSizeMb, 4_096);
  assert.deepEqual(alerts, []);
});

test('an instance that another change holds: is waited for', async () => {
  const code = 'ResourceUnavailable.InstanceStatusAbnormal';
  pipelines.simulator.fault({ kind: 'error', code }, { action: 'UpgradeInstance', times: 3 });

  await (await pipelines.resize()).result();
  assert.deepEqual(pipelines.account.orders, [8_192]);
});
