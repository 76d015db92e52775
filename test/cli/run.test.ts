// `redis-task run`, and what it is made of: RedisTaskClient.run.
import { randomUUID } from 'node:crypto';
import { WorkflowNotFoundError } from '@temporalio/client';
import {
  RedisActionError,
  RedisActionKeyUsedError,
  RedisTaskClient,
  RedisTaskIdTakenError,
} from '../../src/client/index.js';
import { queryState } from '../../src/client/query.js';
import type { RunRedisActionInput } from '../../src/contract/action/input.js';
import type { RedisActionState } from '../../src/contract/action/view.js';
import { devServer } from '../support/environments.js';
import { giveWorkersTime } from '../support/patience.js';
import { about, beside } from '../support/together.js';
import { errorOf, REGION, until, Waits } from '../support/waits.js';
import { apiSettings, Command, type Ended, jsonLines, settingsFor } from './command.js';

giveWorkersTime();

let waits: Waits;
let client: RedisTaskClient;

beforeAll(async () => {
  waits = await Waits.start(devServer, { actions: ['ClearInstance'] });
  client = new RedisTaskClient(waits.client, { taskQueue: waits.taskQueue });
  waits.simulator.onCreate((_action, { InstanceId = '' }) => {
    if (endless.has(InstanceId)) return { timeline: [{ status: 'running' }] };
    return { timeline: [{ status: 'running', forPolls: 1 }, { status: 'succeed' }] };
  });
});
afterAll(() => waits.close());

/** The instances whose tasks go on until a test ends them. */
const endless = new Set<string>();

const newKey = () => `change-${randomUUID()}`;
const newId = () => `crs-${randomUUID().slice(0, 8)}`;
const clear = (InstanceId = newId()): RunRedisActionInput => {
  return { action: 'ClearInstance', region: REGION, params: { InstanceId }, polling: { initialInterval: '1s' } };
};
const executedOn = (id: string) => waits.simulator.executed.filter(({ parameters }) => parameters['InstanceId'] === id);

about('a change of a client', () => {
  beside('is submitted once for all who use its key while it runs, and refused after its end', async () => {
    const key = newKey();
    const id = newId();
    const [one, other] = await Promise.all([client.run(clear(id), { key }), client.run(clear(id), { key })]);

    expect(one).toMatchObject({ taskIds: [expect.any(Number)], submits: 1 });
    expect(other).toEqual(one);
    const again = await errorOf(client.run(clear(id), { key }));
    expect(again).toBeInstanceOf(RedisActionKeyUsedError);
    expect(again).toMatchObject({ workflowId: key, status: 'COMPLETED' });
    expect(executedOn(id)).toHaveLength(1);
  });

  beside('that fails rejects with its failure', async () => {
    const error = await errorOf(client.run({ ...clear(), action: 'RestoreInstance' }, { key: newKey() }));

    expect(error).toBeInstanceOf(RedisActionError);
    expect(error).toMatchObject({ type: 'RedisActionRefused', details: { lastError: { code: 'ActionNotAllowed' } } });
  });

  beside('with an input that breaks a rule starts nothing', async () => {
    const key = newKey();
    const error = await errorOf(client.run({ ...clear(), region: 'nowhere' }, { key }));

    expect(error).toMatchObject({ type: 'RedisTaskInvalidInput', details: { invalid: { field: 'region' } } });
    await expect(waits.client.workflow.getHandle(key).describe()).rejects.toThrow(WorkflowNotFoundError);
  });

  beside('does not join another workflow of that id', async () => {
    const wait = await waits.start({ taskId: waits.addTask({ status: 'running' }), region: REGION });
    const error = await errorOf(client.run(clear(), { key: wait.workflowId }));
    await wait.terminate();

    expect(error).toBeInstanceOf(RedisTaskIdTakenError);
  });
});

about('redis-task run', () => {
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ended> =>
    new Command(['run', ...args], { ...settingsFor(waits.taskQueue), ...more }).ended;
  const params = (InstanceId = newId()) => ['--params', JSON.stringify({ InstanceId })];

  beside('submits a change and tells what came of it', async () => {
    const key = newKey();
    const ended = await run(['ClearInstance', ...params(), '--key', key, '--initial-interval', '1s']);

    expect(ended.code).toBe(0);
    expect(jsonLines(ended)).toMatchObject([{ action: 'ClearInstance', submits: 1, tasks: [{ status: 'succeed' }] }]);
    expect(ended.stderr).toContain(key);
    await expect(run(['ClearInstance', ...params(), '--key', key])).resolves.toMatchObject({ code: 3 });
  });

  beside('shows what was submitted, when, and what it waits for, a line for each change of that', async () => {
    const key = newKey();
    const id = newId();
    waits.simulator.addInstance(id, { timeline: [{ status: 2, locked: true }] });
    const args = ['run', 'ClearInstance', ...params(id), '--key', key, '--initial-interval', '1s'];
    const command = new Command(args, settingsFor(waits.taskQueue));
    await command.says('the instance is busy');
    endless.add(id);
    waits.simulator.setInstance(id, { status: 2 });
    await command.says('waiting for task');
    const { taskIds } = await queryState<RedisActionState>(waits.client.workflow.getHandle(key));
    const taskId = taskIds[0] ?? 0;
    waits.simulator.setTask(taskId, { status: 'succeed' });
    const ended = await command.ended;

    expect(ended.code).toBe(0);
    expect(jsonLines(ended)).toMatchObject([{ taskIds: [taskId] }]);
    expect(ended.stderr).toMatch(
      new RegExp(
        [
          `ClearInstance of ${id} in ${REGION} as ${key}.*`,
          String.raw`ClearInstance · the instance is busy, submitting again in \d+ s · 1 submit, at \d\d:\d\d:\d\d UTC · ResourceUnavailable.InstanceLockedError · deadline in .+`,
          `ClearInstance · waiting for task ${taskId} · 2 submits, at .+ UTC · deadline in .+`,
        ].join('\n(?:.*\n)*'),
      ),
    );
  });

  beside('that is stopped leaves the change alone', async () => {
    const key = newKey();
    const id = newId();
    waits.simulator.addInstance(id, { timeline: [{ status: 2, locked: true }] });
    const command = new Command(['run', 'ClearInstance', ...params(id), '--key', key], settingsFor(waits.taskQueue));
    await command.says('the instance is busy');
    command.signal('SIGTERM');

    await expect(command.ended).resolves.toMatchObject({ code: 130 });
    const change = waits.client.workflow.getHandle(key);
    await expect(change.describe()).resolves.toMatchObject({ status: { name: 'RUNNING' } });
    await change.terminate();
  });

  beside('without a worker says that the change will be submitted, and how to prevent it', async () => {
    const [key, taskQueue] = [newKey(), `nobody-${randomUUID()}`];
    const ended = await new Command(['run', 'ClearInstance', ...params(), '--key', key], settingsFor(taskQueue)).ended;

    expect(ended.code).toBe(9);
    expect(ended.stderr).toContain(`The change ${key} stays in the queue, and is submitted when a worker comes.`);
    expect(ended.stderr).toContain(`temporal workflow cancel --workflow-id ${key}`);
    await waits.client.workflow.getHandle(key).terminate();
  });

  beside.each([['status'], ['cancel']])('is named by %s, which is for waits, with what to do', async (command) => {
    const [key, id] = [newKey(), newId()];
    waits.simulator.addInstance(id, { timeline: [{ status: 2, locked: true }] });
    const running = new Command(['run', 'ClearInstance', ...params(id), '--key', key], settingsFor(waits.taskQueue));
    await running.says('the instance is busy');
    const ended = await new Command([command, key], settingsFor(waits.taskQueue)).ended;

    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain(
      `${key} is a change, not a wait. The same redis-task run with --key ${key} shows it`,
    );
    await waits.client.workflow.getHandle(key).terminate();
    await running.ended;
  });

  beside('tells a refusal by its exit code', async () => {
    const ended = await run(['RestoreInstance', ...params(), '--key', newKey()]);

    expect(ended.code).toBe(8);
    expect(jsonLines(ended)).toMatchObject([{ type: 'RedisActionRefused' }]);
    expect(ended.stderr).toContain('REDIS_TASK_ACTIONS');
  });

  beside('shows a change that is cancelled as cancelled', async () => {
    const key = newKey();
    const id = newId();
    waits.simulator.addInstance(id, { timeline: [{ status: 2, locked: true }] });
    const running = run(['ClearInstance', ...params(id), '--key', key]);
    const change = waits.client.workflow.getHandle(key);
    const isThere = (answer: unknown) => answer !== undefined;
    await until(() => change.describe().catch(() => undefined), isThere);
    await change.cancel();

    await expect(running).resolves.toMatchObject({ code: 4 });
    expect(executedOn(id)).toEqual([]);
  });

  beside.each([
    ['parameters that are no JSON', ['ClearInstance', '--params', '{', '--key', 'k'], '--params must be a JSON object'],
    ['no key', ['ClearInstance', '--params', '{}'], '--key'],
    [
      'a read',
      ['DescribeInstances', '--params', '{}', '--key', 'k'],
      'must be an action that starts a task or an order',
    ],
    [
      'a password as text',
      ['ResetPassword', '--params', '{"InstanceId":"crs-a","Password":"hunter2-hunter2"}', '--key', 'k'],
      '$secret',
    ],
  ])('refuses %s, and starts nothing', async (_name, args, said) => {
    const ended = await run(args);

    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(said);
    // Nothing is said of a change that was not started.
    expect(ended.stderr).not.toContain(' as k');
    expect(ended.stderr + ended.stdout).not.toContain('hunter2');
  });
});

test('doctor shows what may be submitted, and names that start nothing', async () => {
  const settings = { ...settingsFor(waits.taskQueue), ...apiSettings(waits.simulator) };
  const doctor = (REDIS_TASK_ACTIONS: string) => new Command(['doctor'], { ...settings, REDIS_TASK_ACTIONS }).ended;

  expect((await doctor('ClearInstance,UpgradeInstance')).stdout).toContain(
    'may submit ClearInstance, UpgradeInstance.',
  );
  const wrong = await doctor('ClearInstance,DescribeInstances');
  expect(wrong.stdout).toContain('names what starts no change: DescribeInstances.');
  expect(wrong.code).toBe(2);
});
