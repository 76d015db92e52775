// Changes on a server that skips time: one at a time. What decides them is in test/contract/action.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { decodeRedisActionFailure } from '../../src/contract/action/failures.js';
import type { RunRedisActionInput } from '../../src/contract/action/input.js';
import type { RedisActionResult } from '../../src/contract/action/outcome.js';
import type { TaskStep } from '../../src/testing/index.js';
import { timeSkipping } from '../support/environments.js';
import { eventsOf, failedWorkflowTasks, textOf } from '../support/histories.js';
import { causeOf, errorOf, REGION, Waits } from '../support/waits.js';

const PASSWORD = 'hunter2-Hunter2!';

let waits: Waits;
let secretsFolder: string;
let next = 0;

beforeAll(async () => {
  secretsFolder = await mkdtemp(path.join(tmpdir(), 'redis-task-secrets-'));
  await writeFile(path.join(secretsFolder, 'main'), PASSWORD);
  waits = await Waits.start(timeSkipping, {
    secretsFolder,
    actions: [
      'ClearInstance',
      'ModifyInstanceParams',
      'UpgradeInstance',
      'CreateInstances',
      'OpenSSL',
      'ResetPassword',
      'ApplyParamsTemplate',
      'DestroyPrepaidInstance',
    ],
  });
});
afterAll(async () => {
  await waits.close();
  await rm(secretsFolder, { recursive: true });
});
beforeEach(() => {
  waits.simulator.clearFaults();
  taskGoes({ status: 'running', forPolls: 1 }, { status: 'succeed', message: 'ok' });
});

const newId = () => `crs-${(next += 1)}`;
const taskGoes = (...timeline: TaskStep[]) => waits.simulator.onCreate(() => ({ timeline }));
const executedOn = (instanceId: string) =>
  waits.simulator.executed.filter(({ parameters }) => JSON.stringify(parameters).includes(`"${instanceId}"`));

type ChangeHandle = WorkflowHandle<() => Promise<RedisActionResult>>;

function start(input: Partial<RunRedisActionInput>): Promise<ChangeHandle> {
  const workflowId = `change-${randomUUID()}`;
  return waits.startWorkflow('runRedisAction', [{ region: REGION, action: 'ClearInstance', ...input }], { workflowId });
}
const resultOf = async (input: Partial<RunRedisActionInput>) => (await start(input)).result();
const failureOf = async (input: Partial<RunRedisActionInput>) =>
  decodeRedisActionFailure(await errorOf((await start(input)).result()));

test('a change that starts a task is over when that has succeeded', async () => {
  const InstanceId = newId();
  const result = await resultOf({ params: { InstanceId } });

  expect(result).toMatchObject({
    action: 'ClearInstance',
    region: REGION,
    taskIds: [expect.any(Number)],
    dealName: null,
    instanceIds: [],
    tasks: [{ status: 'succeed', instanceId: InstanceId }],
    response: { TaskId: result.taskIds[0] },
    submits: 1,
  });
  expect(executedOn(InstanceId)).toHaveLength(1);
});

test('a task that fails fails the change, with what the wait says and what was submitted', async () => {
  taskGoes({ status: 'failed', message: 'disk is full' });
  const InstanceId = newId();

  await expect(failureOf({ params: { InstanceId } })).resolves.toMatchObject({
    type: 'RedisTaskFailed',
    details: {
      status: 'failed',
      message: 'disk is full',
      action: 'ClearInstance',
      submits: 1,
      taskIds: [expect.any(Number)],
    },
  });
});

test('nothing to do is a result without a task', async () => {
  waits.simulator.onCreate(() => ({ timeline: [{ status: 'running' }], noTaskId: -1 }));

  await expect(resultOf({ action: 'OpenSSL', params: { InstanceId: newId() } })).resolves.toMatchObject({
    taskIds: [],
    tasks: [],
  });
});

test('several tasks are all waited for', async () => {
  const InstanceIds = [newId(), newId()];

  await expect(
    resultOf({ action: 'ApplyParamsTemplate', params: { InstanceIds, TemplateId: 't' } }),
  ).resolves.toMatchObject({
    tasks: [{ status: 'succeed' }, { status: 'succeed' }],
  });
});

test('a change that only is to start returns what was started', async () => {
  taskGoes({ status: 'running' });

  await expect(resultOf({ params: { InstanceId: newId() }, waitFor: 'start' })).resolves.toMatchObject({
    taskIds: [expect.any(Number)],
    tasks: [],
  });
});

test('new instances are waited for by their ids', async () => {
  const id = newId();
  waits.simulator.onOrder(() => ({
    deal: {
      timeline: [
        { status: 2, listed: false, forPolls: 1 },
        { status: 4, instanceIds: [id] },
      ],
    },
    instances: { [id]: { timeline: [{ status: 0, forPolls: 1 }, { status: 1, forPolls: 1 }, { status: 2 }] } },
  }));
  const params = { TypeId: 6, MemSize: 1_024, GoodsNum: 1, Period: 1, BillingMode: 0 };

  await expect(resultOf({ action: 'CreateInstances', params })).resolves.toMatchObject({
    instanceIds: [id],
    dealName: expect.any(String) as string,
    taskIds: [],
  });
});

test('a resize is over when the instance has its size', async () => {
  const InstanceId = newId();
  waits.simulator.addInstance(InstanceId, { timeline: [{ status: 2 }] });
  waits.simulator.onOrder(() => ({
    deal: { timeline: [{ status: 4, instanceIds: [InstanceId] }], namedBy: 'DealId' },
    instances: {
      [InstanceId]: {
        timeline: [
          { status: 2, locked: true, forPolls: 2 },
          { status: 1, forPolls: 1 },
          { status: 2, memSizeMb: 4_096 },
        ],
      },
    },
  }));
  const result = await resultOf({
    action: 'UpgradeInstance',
    params: { InstanceId, MemSize: 4_096 },
    expect: { memSizeMb: 4_096 },
  });

  expect(result).toMatchObject({ dealName: expect.any(String) as string, taskIds: [], submits: 1 });
});

test('a resize of which nothing is expected waits for its task', async () => {
  const InstanceId = newId();
  waits.simulator.addInstance(InstanceId, { timeline: [{ status: 2 }] });
  waits.simulator.onOrder(() => ({
    deal: { timeline: [{ status: 4, instanceIds: [InstanceId] }] },
    task: { instanceId: InstanceId, timeline: [{ status: 'running', forPolls: 2 }, { status: 'succeed' }] },
  }));

  await expect(resultOf({ action: 'UpgradeInstance', params: { InstanceId, MemSize: 4_096 } })).resolves.toMatchObject({
    tasks: [{ status: 'succeed', polls: 3 }],
  });
});

test('a busy instance is asked again', async () => {
  const InstanceId = newId();
  waits.simulator.fault(
    { kind: 'error', code: 'ResourceUnavailable.InstanceLockedError' },
    { action: 'ClearInstance', times: 2 },
  );

  await expect(resultOf({ params: { InstanceId } })).resolves.toMatchObject({ submits: 3 });
  expect(executedOn(InstanceId)).toHaveLength(1);
});

test('a busy instance ends the change at maxWait, and nothing was started', async () => {
  const InstanceId = newId();
  waits.simulator.addInstance(InstanceId, { timeline: [{ status: 2, locked: true }] });

  await expect(failureOf({ params: { InstanceId }, maxWait: '2m' })).resolves.toMatchObject({
    type: 'RedisTaskTimedOut',
    details: { taskIds: [], lastError: { code: 'ResourceUnavailable.InstanceLockedError' } },
  });
  expect(executedOn(InstanceId)).toEqual([]);
});

describe('maxWait bounds a change', () => {
  const historyOf = async (input: Partial<RunRedisActionInput>) => {
    const change = await start(input);
    expect(decodeRedisActionFailure(await errorOf(change.result()))).toMatchObject({ type: 'RedisTaskTimedOut' });
    return change.fetchHistory();
  };

  test('while it looks for the task of an order that the list does not show', async () => {
    const InstanceId = newId();
    waits.simulator.addInstance(InstanceId, { timeline: [{ status: 1 }] });
    waits.simulator.onAction('UpgradeInstance', () => ({ DealId: `deal-of-${InstanceId}` }));
    const params = { InstanceId, MemSize: 4_096 };
    const history = await historyOf({ action: 'UpgradeInstance', params, maxWait: '10s' });
    const looks = eventsOf(history, 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED').filter(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name === 'listRedisActionTasks',
    );

    // One every five seconds, of twelve that it would make otherwise. A slow machine makes them fewer.
    expect(looks.length).toBeLessThanOrEqual(2);
  });

  test('while the tasks that there are cannot be read', async () => {
    waits.simulator.fault({ kind: 'error', code: 'InternalError' }, { action: 'DescribeTaskList' });
    const history = await historyOf({ params: { InstanceId: newId() }, maxWait: '2s' });

    // It would have tried again.
    expect(eventsOf(history, 'EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED')).toHaveLength(1);
  });
});

test('a refusal ends the change', async () => {
  waits.simulator.fault({ kind: 'error', code: 'ResourceUnavailable.SaleOut' }, { action: 'UpgradeInstance' });

  await expect(
    failureOf({ action: 'UpgradeInstance', params: { InstanceId: newId(), MemSize: 1 } }),
  ).resolves.toMatchObject({
    type: 'RedisActionRefused',
    details: { lastError: { code: 'ResourceUnavailable.SaleOut' }, submits: 1 },
  });
});

test('an action that the worker does not allow is refused, and nothing is sent', async () => {
  const before = waits.simulator.calls.length;

  await expect(
    failureOf({ action: 'RestoreInstance', params: { InstanceId: newId(), BackupId: 'b' } }),
  ).resolves.toMatchObject({
    type: 'RedisActionRefused',
    details: { lastError: { code: 'ActionNotAllowed' }, submits: 0 },
  });
  expect(waits.simulator.calls).toHaveLength(before);
});

describe('an answer that is lost', () => {
  test('after the API has acted is found in the list, and the change goes on with its task', async () => {
    const InstanceId = newId();
    waits.simulator.fault({ kind: 'lostAnswer' }, { action: 'ClearInstance', times: 1 });
    const result = await resultOf({ params: { InstanceId } });

    expect(result).toMatchObject({ requestId: null, response: null, submits: 1, tasks: [{ status: 'succeed' }] });
    expect(executedOn(InstanceId)).toHaveLength(1);
  });

  test('before the API has acted ends a change that would do harm twice as uncertain', async () => {
    const InstanceId = newId();
    waits.simulator.fault({ kind: 'reset' }, { action: 'ClearInstance', times: 1 });

    await expect(failureOf({ params: { InstanceId } })).resolves.toMatchObject({
      type: 'RedisActionUncertain',
      details: { baseline: [], candidates: [], submits: 1, lookAt: expect.stringContaining(InstanceId) as string },
    });
    expect(executedOn(InstanceId)).toEqual([]);
  });

  test('before the API has acted is submitted again where that can do no harm', async () => {
    const InstanceId = newId();
    waits.simulator.fault({ kind: 'reset' }, { action: 'ModifyInstanceParams', times: 1 });
    const params = { InstanceId, InstanceParams: [] };

    await expect(resultOf({ action: 'ModifyInstanceParams', params })).resolves.toMatchObject({ submits: 2 });
    expect(executedOn(InstanceId)).toHaveLength(1);
  });

  test('of new instances ends as uncertain', async () => {
    waits.simulator.fault({ kind: 'lostAnswer' }, { action: 'CreateInstances', times: 1 });

    await expect(failureOf({ action: 'CreateInstances', params: { GoodsNum: 1 } })).resolves.toMatchObject({
      type: 'RedisActionUncertain',
    });
  });
});

test('a queue that nobody serves ends the change at maxWait, and nothing was started', async () => {
  const taskQueue = `unserved-${randomUUID()}`;
  await waits.serveWaits(taskQueue);
  const input = { region: REGION, action: 'ClearInstance', params: { InstanceId: newId() }, maxWait: '3s' };
  const handle = await waits.startWorkflow('runRedisAction', [input], { taskQueue });

  expect(decodeRedisActionFailure(await errorOf(handle.result()))).toMatchObject({
    type: 'RedisTaskTimedOut',
    details: { submits: 0, lastError: { code: 'NoActivityWorker' } },
  });
});

test('a password reaches the API, and stands in no history', async () => {
  const InstanceId = newId();
  const params = { InstanceId, Password: { $secret: 'main' } };
  const result = await resultOf({ action: 'ResetPassword', params });

  expect(executedOn(InstanceId)).toMatchObject([{ parameters: { Password: PASSWORD } }]);
  const all = (await waits.histories()).map(({ history }) => textOf(history)).join() + JSON.stringify(result);
  expect(all).toContain('$secret');
  expect(all).not.toContain(PASSWORD);
});

test('an input that breaks a rule fails at once', async () => {
  await expect(failureOf({ action: 'DescribeInstances' as 'ClearInstance', params: {} })).resolves.toMatchObject({
    type: 'RedisTaskInvalidInput',
    details: { invalid: { field: 'action' } },
  });
});

test('a change that is cancelled ends as cancelled, and its task goes on', async () => {
  taskGoes({ status: 'running' });
  const InstanceId = newId();
  const handle = await start({ params: { InstanceId } });
  await waits.simulator.waitForCall(
    ({ action, at }) => action === 'DescribeTaskInfo' && at >= (executedOn(InstanceId)[0]?.at ?? Infinity),
  );
  await handle.cancel();

  expect((await causeOf(handle.result()))?.name).toBe('CancelledFailure');
  expect(executedOn(InstanceId)).toHaveLength(1);
});

test('no workflow task of all these changes has failed, and their histories replay', async () => {
  const histories = await waits.histories();

  expect(histories.flatMap(({ history }) => failedWorkflowTasks(history))).toEqual([]);
  await expect(waits.replayAll()).resolves.toBeGreaterThan(20);
});
