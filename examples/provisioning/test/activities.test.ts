// What each activity asks of the API, and what it does when it runs a second time. No Temporal server.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { RedisApi } from 'temporal-tencent-redis/activities';
import { RedisApiSimulator } from 'temporal-tencent-redis/testing';
import { type Activities, createActivities } from '../src/activities.js';
import { apiOf, REGION } from './pipelines.js';
import { SimulatedAccount } from './simulated-account.js';

const instance = { instanceId: 'crs-1', region: REGION };
const size = { memSizeMb: 8_192, shards: 1, replicas: 1 };

let simulator: RedisApiSimulator;
let account: SimulatedAccount;
let api: RedisApi;
let activities: Activities;

beforeEach(async () => {
  simulator = await RedisApiSimulator.start();
  account = new SimulatedAccount(simulator, instance.instanceId);
  api = apiOf(simulator);
  activities = createActivities(api, () => Promise.resolve());
});

afterEach(async () => {
  api.close();
  await simulator.close();
});

const calls = (action: string) => simulator.calls.filter((each) => each.action === action).length;

async function failureOf(run: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ApplicationFailure, String(error));
  return error;
}

test('an order whose answer was lost is not placed again', async () => {
  simulator.fault({ kind: 'lostAnswer' }, { action: 'UpgradeInstance', times: 1 });
  await assert.rejects(activities.orderResize(instance, size, []));
  const order = await activities.orderResize(instance, size, []);

  assert.deepEqual(order, { dealName: null });
  assert.equal(calls('UpgradeInstance'), 1);
});

test('an instance that has the size already is not ordered again', async () => {
  assert.equal(await activities.orderResize(instance, { ...size, memSizeMb: account.memSizeMb }, []), null);
  assert.equal(calls('UpgradeInstance'), 0);
});

test('the task of an order is asked for until it is there', async () => {
  account.listsTooEarly = 1;
  const order = await activities.orderResize(instance, size, []);
  assert.deepEqual(order, { dealName: 'deal-1' });
  const tooEarly = await failureOf(activities.taskOfOrder(instance, { dealName: 'deal-1' }, []));

  assert.equal(tooEarly.type, 'NoTaskYet');
  assert.ok(!tooEarly.nonRetryable);
  assert.ok((await activities.taskOfOrder(instance, { dealName: 'deal-1' }, [])) > 0);
});

test('an earlier resize is not taken for the one that was ordered', async () => {
  await activities.orderResize(instance, size, []);
  const known = await activities.tasksOf(instance, 'resize');
  await activities.orderResize(instance, { ...size, memSizeMb: 4_096 }, known);
  const taskId = await activities.taskOfOrder(instance, { dealName: null }, known);

  assert.equal(known.length, 1);
  assert.ok(!known.includes(taskId));
});

test('an order that was not paid has no task, ever', async () => {
  account.dealStatus = 7;
  const order = await activities.orderResize(instance, size, []);
  const { type, nonRetryable } = await failureOf(activities.taskOfOrder(instance, order ?? { dealName: null }, []));

  assert.deepEqual([type, nonRetryable], ['OrderFailed', true]);
});

test('a backup whose answer was lost is not taken twice', async () => {
  const backUp = () =>
    new MockActivityEnvironment().run<[], number, () => Promise<number>>(() => activities.backUp(instance, []));
  simulator.fault({ kind: 'lostAnswer' }, { action: 'ManualBackupInstance', times: 1 });
  await assert.rejects(backUp());

  assert.ok((await backUp()) > 0);
  assert.equal(calls('ManualBackupInstance'), 1);
});

for (const [code, nonRetryable] of [
  ['InvalidParameterValue.MemSizeNotInRange', true],
  ['ResourceNotFound.InstanceNotExists', true],
  ['ResourceUnavailable.AccountBalanceNotEnough', true],
  ['UnauthorizedOperation.NoCAMAuthed', true],
  ['ResourceUnavailable.InstanceStatusAbnormal', false],
  ['InternalError', false],
] as const) {
  test(`${code} is ${nonRetryable ? 'final' : 'worth another attempt'}`, async () => {
    simulator.fault({ kind: 'error', code }, { action: 'UpgradeInstance' });
    const failure = await failureOf(activities.orderResize(instance, size, []));

    assert.deepEqual([failure.type, failure.nonRetryable ?? false], [code, nonRetryable]);
  });
}
