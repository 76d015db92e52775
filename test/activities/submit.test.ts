// What a submit sends and tells: once, and never a secret.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createRedisActivities, type RedisActivitiesOptions } from '../../src/activities/index.js';
import { REDIS_ACTIONS } from '../../src/contract/action/actions.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';

const REGION = 'ap-guangzhou';
const PASSWORD = 'hunter2-Hunter2!';

let simulator: RedisApiSimulator;
let folder: string;
beforeEach(async () => {
  simulator = await RedisApiSimulator.start({ requestsPerSecond: false });
  folder = await mkdtemp(path.join(tmpdir(), 'redis-task-secrets-'));
  await writeFile(path.join(folder, 'main'), `${PASSWORD}\n`);
});
afterEach(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});

function activitiesOf(options: RedisActivitiesOptions = {}) {
  return createRedisActivities({
    endpoint: simulator.url,
    credentials: { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) },
    actions: REDIS_ACTIONS,
    secretsFolder: folder,
    ...options,
  });
}

const environment = () =>
  new MockActivityEnvironment({ attempt: 1, startToCloseTimeoutMs: 15_000 }, { logger: new DefaultLogger('ERROR') });

const INSTANCE = { InstanceId: 'crs-a' };

function submit(action: string, params: object = INSTANCE, options: RedisActivitiesOptions = {}): Promise<unknown> {
  const question = { action, region: REGION, params } as never;
  return environment().run(() => activitiesOf(options).submitRedisAction(question));
}

function begin(action: string, params: object = INSTANCE, options: RedisActivitiesOptions = {}): Promise<unknown> {
  const question = { action, region: REGION, params } as never;
  return environment().run(() => activitiesOf(options).beginRedisAction(question));
}

const sent = () => simulator.calls.map(({ action }) => action);

test('a change that is accepted tells what it has started, and the answer as it came', async () => {
  simulator.onCreate(() => ({ timeline: [{ status: 'running' }], taskIdAsString: true }));
  const submitted = await submit('ClearInstance');

  expect(submitted).toEqual({
    class: 'accepted',
    started: { taskIds: [expect.any(Number)], dealName: null, instanceIds: [] },
    requestId: simulator.calls[0]?.requestId,
    response: { TaskId: expect.stringMatching(/^\d+$/) as string, RequestId: simulator.calls[0]?.requestId },
  });
  expect(simulator.executed).toMatchObject([{ action: 'ClearInstance', region: REGION }]);
});

test.each([
  ['throttled', 'RequestLimitExceeded', 'throttled'],
  ['locked', 'ResourceUnavailable.InstanceLockedError', 'busy'],
  ['without a right', 'UnauthorizedOperation', 'unauthorized'],
  ['sold out', 'ResourceUnavailable.SaleOut', 'refused'],
  ['a system error', 'FailedOperation.SystemError', 'uncertain'],
])('an answer that is %s is a value, not an error', async (_name, code, submitClass) => {
  simulator.fault({ kind: 'error', code });

  await expect(submit('ClearInstance')).resolves.toMatchObject({ class: submitClass, error: { code } });
});

test.each(['lostAnswer', 'cutOff', 'truncated', 'missingResponse', 'reset'] as const)(
  'a submit whose answer is spoiled by %s is sent once, and uncertain',
  async (kind) => {
    simulator.fault({ kind });

    await expect(submit('ClearInstance')).resolves.toMatchObject({ class: 'uncertain' });
    expect(sent()).toEqual(['ClearInstance']);
  },
);

test('an answer without a task or an order is uncertain', async () => {
  simulator.onAction('ClearInstance', () => ({ Status: 'ok' }));

  await expect(submit('ClearInstance')).resolves.toMatchObject({
    class: 'uncertain',
    error: { code: 'InvalidResponse' },
  });
});

test('a refused key is tried once more with a fresh key, and no other time', async () => {
  simulator.fault({ kind: 'error', code: 'AuthFailure.SecretIdNotFound' });
  await submit('ClearInstance');
  // The watch over the key sends refused calls again after a second: not this one.
  await new Promise((resolve) => setTimeout(resolve, 1_500));

  expect(sent()).toEqual(['ClearInstance', 'ClearInstance']);
  expect(simulator.executed).toEqual([]);
});

describe('an action that is not allowed here', () => {
  test.each([
    ['none is', []],
    ['another is', ['UpgradeInstance']],
  ])('is refused before anything is sent, where %s', async (_name, actions) => {
    await expect(submit('ClearInstance', undefined, { actions })).resolves.toMatchObject({
      class: 'refused',
      error: { code: 'ActionNotAllowed', message: expect.stringContaining('REDIS_TASK_ACTIONS') as string },
    });
    await expect(begin('ClearInstance', undefined, { actions })).rejects.toMatchObject({
      type: 'TencentApi.Rejected',
      nonRetryable: true,
      details: [{ code: 'ActionNotAllowed' }],
    });
    expect(sent()).toEqual([]);
  });

  test('is not asked for by reads of the package itself', async () => {
    await expect(begin('ClearInstance', undefined, { actions: ['ClearInstance'] })).resolves.toEqual({ tasks: [] });
    expect(sent()).toEqual(['DescribeTaskList']);
  });
});

describe('a secret', () => {
  const withPassword = (name: string) => ({ InstanceId: 'crs-a', [name]: { $secret: 'main' } });

  test.each([
    ['ClearInstance', 'Password'],
    ['CloneInstances', 'Password'],
    ['CreateInstanceAccount', 'AccountPassword'],
    ['CreateInstances', 'Password'],
    ['KillMasterGroup', 'Password'],
    ['ModfiyInstancePassword', 'OldPassword'],
    ['ModifyInstanceAccount', 'AccountPassword'],
    ['ModifyInstancePassword', 'Password'],
    ['ResetPassword', 'Password'],
    ['RestoreInstance', 'Password'],
  ])('reaches %s as %s, and nothing that is told', async (action, name) => {
    const submitted = await submit(action, withPassword(name));

    expect(simulator.executed).toMatchObject([{ action, parameters: { [name]: PASSWORD } }]);
    expect(JSON.stringify(submitted)).not.toContain(PASSWORD);
  });

  test('that the API echoes is hidden in its answer and in its error', async () => {
    simulator.onAction('ResetPassword', ({ Password }) => ({
      TaskId: 7,
      Echo: `your password is ${String(Password)}`,
    }));
    const accepted = await submit('ResetPassword', withPassword('Password'));
    simulator.onAction('ResetPassword', ({ Password }) => ({
      error: { code: 'InvalidParameterValue.PasswordRuleError', message: `bad: ${String(Password)}` },
    }));
    const refused = await submit('ResetPassword', withPassword('Password'));

    expect(accepted).toMatchObject({ class: 'accepted', response: { Echo: 'your password is ***' } });
    expect(refused).toMatchObject({ class: 'refused', error: { message: 'bad: ***' } });
  });

  test('is read at each call, so that it can be rotated', async () => {
    await submit('ResetPassword', withPassword('Password'));
    await writeFile(path.join(folder, 'main'), 'rotated-Rotated!');
    await submit('ResetPassword', withPassword('Password'));

    expect(simulator.executed.map(({ parameters }) => parameters['Password'])).toEqual([PASSWORD, 'rotated-Rotated!']);
  });

  test.each([
    ['there is no file of that name', { InstanceId: 'crs-a', Password: { $secret: 'other' } }, {}],
    ['the file is empty', { InstanceId: 'crs-a', Password: { $secret: 'empty' } }, {}],
    ['it is a folder', { InstanceId: 'crs-a', Password: { $secret: 'folder' } }, {}],
  ])('is refused before anything is sent where %s', async (_name, params, options) => {
    await writeFile(path.join(folder, 'empty'), '');

    await expect(submit('ResetPassword', params, options)).resolves.toMatchObject({
      class: 'refused',
      error: { code: 'SecretUnavailable', message: expect.stringContaining('REDIS_TASK_SECRETS') as string },
    });
    await expect(begin('ResetPassword', params, options)).rejects.toMatchObject({
      details: [{ code: 'SecretUnavailable' }],
    });
    expect(sent()).toEqual([]);
  });

  test.each(['../main', 'a/main', '..'])(
    'whose name is the path %s is refused before anything is read',
    async (name) => {
      const params = { InstanceId: 'crs-a', Password: { $secret: name } };

      await expect(submit('ResetPassword', params)).rejects.toMatchObject({ type: 'RedisTaskInvalidInput' });
      expect(sent()).toEqual([]);
    },
  );
});

test('the tasks of all pages of each instance are told', async () => {
  for (let taskId = 1; taskId <= 150; taskId += 1) {
    simulator.addTask(taskId, { timeline: [{ status: 'succeed' }], instanceId: taskId % 2 ? 'crs-a' : 'crs-b' });
  }
  for (let taskId = 201; taskId <= 301; taskId += 1) {
    simulator.addTask(taskId, { timeline: [{ status: 'running' }], instanceId: 'crs-a' });
  }
  simulator.addTask(999, { timeline: [{ status: 'running' }], instanceId: 'crs-other' });
  const { tasks } = (await begin('ApplyParamsTemplate', { InstanceIds: ['crs-a', 'crs-b'], TemplateId: 't' })) as {
    tasks: number[];
  };

  expect(tasks).toHaveLength(251);
  expect(tasks).not.toContain(999);
});
