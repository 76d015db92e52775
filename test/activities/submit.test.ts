// What a submit sends and tells: once, and never a secret.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createRedisActivities, type RedisActivitiesOptions } from '../../src/activities/index.js';
import { REDIS_ACTIONS } from '../../src/contract/action/actions.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { PASSWORD_PARAMETERS } from '../support/password-parameters.js';
import { errorOf } from '../support/waits.js';

const REGION = 'ap-guangzhou';
const PASSWORD = 'hunter2-Hunter2!';
const ROTATED = 'rotated-Rotated!';
/** Either of them. */
const HELD = /hunter2|rotated/i;

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

describe('a change whose instance is in a state that forbids it', () => {
  const code = 'ResourceUnavailable.InstanceStatusAbnormal';

  test.each([
    ['in a flow', 1, 'busy'],
    ['running', 2, 'busy'],
    ['isolated', -2, 'refused'],
    ['about to be deleted', -3, 'refused'],
  ])('which is %s is worth another submit only if that can pass', async (_name, status, submitClass) => {
    simulator.addInstance('crs-a', { timeline: [{ status }] });
    simulator.fault({ kind: 'error', code }, { action: 'UpgradeInstance' });

    await expect(submit('UpgradeInstance')).resolves.toMatchObject({ class: submitClass, error: { code } });
    expect(sent()).toEqual(['UpgradeInstance', 'DescribeInstances']);
  });

  test('is refused with the words of the API and what the instance is', async () => {
    simulator.addInstance('crs-a', { timeline: [{ status: -2 }] });

    const message = expect.stringMatching(/\(crs-a has status -2 \(isolated\)/) as string;
    await expect(submit('UpgradeInstance')).resolves.toMatchObject({ class: 'refused', error: { code, message } });
  });

  test('is busy if what the instance is cannot be read', async () => {
    simulator.addInstance('crs-a', { timeline: [{ status: -2 }] });
    simulator.fault({ kind: 'error', code });

    await expect(submit('UpgradeInstance')).resolves.toMatchObject({ class: 'busy' });
  });

  test('is busy if the change is one for isolated instances', async () => {
    simulator.addInstance('crs-a', { timeline: [{ status: -2 }] });
    simulator.fault({ kind: 'error', code });

    await expect(submit('StartupInstance')).resolves.toMatchObject({ class: 'busy' });
    expect(sent()).toEqual(['StartupInstance']);
  });
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

  test('is a parameter of ten of the 45 actions', () => {
    expect(PASSWORD_PARAMETERS).toHaveLength(12);
    expect(new Set(PASSWORD_PARAMETERS.map(([action]) => action)).size).toBe(10);
  });

  describe.each(PASSWORD_PARAMETERS)('of %s as %s', (action, name) => {
    test('is read at each call, and stands in nothing that is told', async () => {
      const first = await submit(action, withPassword(name));
      await writeFile(path.join(folder, 'main'), ROTATED);
      const second = await submit(action, withPassword(name));

      expect(simulator.executed.map(({ parameters }) => parameters[name])).toEqual([PASSWORD, ROTATED]);
      expect([first, second]).toMatchObject([{ class: 'accepted' }, { class: 'accepted' }]);
      expect(JSON.stringify([first, second])).not.toMatch(HELD);
    });

    test('that the API echoes is hidden in its answer and in its error', async () => {
      simulator.onAction(action, (given) => ({ TaskId: 7, Echo: `your password is ${String(given[name])}` }));
      const accepted = await submit(action, withPassword(name));
      simulator.onAction(action, (given) => ({
        error: { code: 'InvalidParameterValue.PasswordRuleError', message: `bad: ${String(given[name])}` },
      }));
      const refused = await submit(action, withPassword(name));

      expect(accepted).toMatchObject({ class: 'accepted', response: { Echo: 'your password is ***' } });
      expect(refused).toMatchObject({ class: 'refused', error: { message: 'bad: ***' } });
    });

    test('that a gateway gives back in its page is hidden', async () => {
      const body = `<pre>{&quot;${name}&quot;:&quot;${PASSWORD}&quot;} ${encodeURIComponent(PASSWORD)}</pre>`;
      simulator.fault({ kind: 'http', status: 502, body }, { action });
      const lost = await submit(action, withPassword(name));

      expect(lost).toMatchObject({ class: 'uncertain', error: { message: expect.stringContaining('***') as string } });
      expect(JSON.stringify(lost)).not.toMatch(HELD);
    });

    test.each(['../main', 'a/main', '..'])('is refused as the path %s, before anything is read', async ($secret) => {
      const params = { InstanceId: 'crs-a', [name]: { $secret } };

      await expect(submit(action, params)).rejects.toMatchObject({ type: 'RedisTaskInvalidInput' });
      await expect(begin(action, params)).rejects.toMatchObject({ type: 'RedisTaskInvalidInput' });
      expect(sent()).toEqual([]);
    });

    test('is refused as text, which is not told', async () => {
      const asText = await errorOf(submit(action, { InstanceId: 'crs-a', [name]: PASSWORD }));

      expect(asText).toMatchObject({ type: 'RedisTaskInvalidInput', details: [{ invalid: { field: 'params' } }] });
      expect(JSON.stringify([asText, (asText as Error).message])).not.toMatch(HELD);
      expect(sent()).toEqual([]);
    });

    test('is refused before anything is sent where there is no file of that name', async () => {
      const params = { InstanceId: 'crs-a', [name]: { $secret: 'other' } };
      const unavailable = { code: 'SecretUnavailable', message: expect.stringContaining('other') as string };

      await expect(submit(action, params)).resolves.toMatchObject({ class: 'refused', error: unavailable });
      await expect(begin(action, params)).rejects.toMatchObject({ nonRetryable: true, details: [unavailable] });
      expect(sent()).toEqual([]);
    });
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
});

describe('a secret that is given back', () => {
  const params = { InstanceId: 'crs-a', Password: { $secret: 'main' } };
  const echo = (given: Readonly<Record<string, unknown>>) => String(given['Password']);

  test.each([
    ['is shorter than a key', 's3cret'],
    ['has white space', 'two  spaces'],
    ['has several lines', 'hunter2-first\nhunter2-second'],
  ])('and %s is hidden in an error, a page and an answer', async (_name, secret) => {
    await writeFile(path.join(folder, 'main'), secret);
    simulator.onAction('ResetPassword', (given) => ({ TaskId: 7, Echo: echo(given) }));
    const accepted = await submit('ResetPassword', params);
    simulator.onAction('ResetPassword', (given) => ({
      error: { code: 'InvalidParameterValue.PasswordRuleError', message: `bad: ${echo(given)}` },
    }));
    const refused = await submit('ResetPassword', params);
    simulator.fault({ kind: 'http', status: 502, body: `<pre>${secret}</pre>` }, { action: 'ResetPassword' });
    const lost = await submit('ResetPassword', params);

    expect(accepted).toMatchObject({ response: { Echo: '***' } });
    expect(refused).toMatchObject({ error: { message: 'bad: ***' } });
    expect(lost).toMatchObject({ error: { message: expect.stringMatching(/<pre>\*\*\*<\/pre>$/) as string } });
  });

  test.each([150, 185, 195, 1_160, 1_170, 1_290])(
    'is hidden whole where a text is cut %i characters before or after it',
    async (before) => {
      simulator.onAction('ResetPassword', (given) => ({
        error: { code: 'InvalidParameterValue.X', message: `${'x'.repeat(before)}${echo(given)}${'x'.repeat(300)}` },
      }));
      const refused = await submit('ResetPassword', params);
      const body = `${'x'.repeat(before)}${PASSWORD}`;
      simulator.fault({ kind: 'http', status: 502, body }, { action: 'ResetPassword' });
      const lost = await submit('ResetPassword', params);

      expect(JSON.stringify([refused, lost])).not.toContain(PASSWORD.slice(0, 4));
    },
  );

  test('does not spoil the ids in the answer', async () => {
    await writeFile(path.join(folder, 'main'), '182');
    simulator.onAction('ResetPassword', () => ({ TaskId: '18215' }));

    await expect(submit('ResetPassword', params)).resolves.toMatchObject({ started: { taskIds: [18_215] } });
  });
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
