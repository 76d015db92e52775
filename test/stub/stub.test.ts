import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { CancelledFailure, rootCause } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry, Runtime, Worker } from '@temporalio/worker';
import { createRedisApi } from '../../src/activities/index.js';
import { decodeRedisActionFailure } from '../../src/contract/action/failures.js';
import type { RunRedisActionInput } from '../../src/contract/action/input.js';
import type { RedisActionResult } from '../../src/contract/action/outcome.js';
import { decodeRedisInstanceFailure } from '../../src/contract/instance/failures.js';
import type { AwaitRedisInstanceInput } from '../../src/contract/instance/input.js';
import type { RedisInstanceResult } from '../../src/contract/instance/outcome.js';
import { decodeRedisTaskFailure, type RedisTaskFailure } from '../../src/contract/task/failures.js';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import type { RedisTaskResult } from '../../src/contract/task/outcome.js';
import {
  type AwaitRedisTaskStub,
  type RedisActionEnding,
  RedisApiSimulator,
  type RedisInstanceEnding,
  SIMULATOR_CREDENTIAL,
  stubAwaitRedisTask,
} from '../../src/testing/index.js';
import { bundled, timeSkipping } from '../support/environments.js';
import { IN_THIS_THREAD } from '../support/this-thread.js';
import { errorOf } from '../support/waits.js';
import type { Caught } from '../workflows/parents.js';

const REGION = 'ap-guangzhou';
const PARENTS = 'pipelines';

let env: TestWorkflowEnvironment;
let simulator: RedisApiSimulator;
let waits: AwaitRedisTaskStub;
let parents: Worker;
let run: Promise<void>;
const warnings: LogEntry[] = [];

beforeAll(async () => {
  const logger = new DefaultLogger('WARN', (entry) => void warnings.push(entry));
  Runtime.install({ logger, telemetryOptions: { logging: { filter: 'ERROR' } } });
  [env, simulator] = await Promise.all([timeSkipping(), RedisApiSimulator.start()]);
  waits = await stubAwaitRedisTask(env, { 1: { after: '40m' } }, { simulator });
  const workflowBundle = await bundled(fileURLToPath(new URL('./workflows.ts', import.meta.url)));
  parents = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: PARENTS,
    workflowBundle,
    ...IN_THIS_THREAD,
  });
  run = parents.run();
});

afterAll(async () => {
  parents.shutdown();
  await run;
  await waits.stop();
  await simulator.close();
  await env.teardown();
});

function start(workflow: string, input: AwaitRedisTaskInput): Promise<WorkflowHandle> {
  return env.client.workflow.start(workflow, { taskQueue: PARENTS, workflowId: randomUUID(), args: [input] });
}

async function resultOf(input: AwaitRedisTaskInput): Promise<RedisTaskResult> {
  return (await (await start('childParent', input)).result()) as RedisTaskResult;
}

async function failureOf(input: AwaitRedisTaskInput): Promise<RedisTaskFailure | undefined> {
  return ((await (await start('catchingParent', input)).result()) as Caught).failure;
}

describe('a stubbed wait', () => {
  test('succeeds at the time told, which passes at once', async () => {
    const handle = await start('childParent', { taskId: 1, region: REGION });
    const result = (await handle.result()) as RedisTaskResult;

    expect(result).toMatchObject({ taskId: 1, region: REGION, status: 'succeed', instanceId: 'crs-09u2u96z' });
    expect(result.waitedMs).toBeGreaterThanOrEqual(40 * 60_000);
    expect(result.waitedMs).toBeLessThan(50 * 60_000);
    const { startTime, closeTime = startTime } = await handle.describe();
    expect(closeTime.getTime() - startTime.getTime()).toBeGreaterThanOrEqual(result.waitedMs);
    // As calls of the API, its polls alone would take more than 15 s.
    expect(result.polls).toBeGreaterThan(240);
    expect(simulator.calls).toEqual([]);
  });

  test.each([
    ['RedisTaskFailed', 'failed', 'The backup file is damaged.'],
    ['RedisTaskErrored', 'error', 'The flow was aborted.'],
  ] as const)('fails with %s and the text of the API', async (type, status, message) => {
    waits.script({ 2: { after: '3m', fails: type, message, instanceId: 'crs-two', taskType: 'upgrade' } });
    const failure = await failureOf({ taskId: 2, region: REGION });

    expect(failure).toMatchObject({
      type,
      details: { taskId: 2, region: REGION, status, message, instanceId: 'crs-two', taskType: 'upgrade' },
    });
    expect(failure?.message).toContain(message);
    expect(failure?.details.waitedMs).toBeGreaterThanOrEqual(180_000);
  });

  test.each([
    ['RedisTaskUnauthorized', 'AuthFailure.SecretIdNotFound'],
    ['RedisTaskRejected', 'UnsupportedRegion'],
  ] as const)('fails with %s and the code of the API', async (type, code) => {
    waits.script({ 3: { fails: type, code, message: 'No.' } });

    await expect(failureOf({ taskId: 3, region: REGION })).resolves.toMatchObject({
      type,
      details: { status: null, lastError: { code, message: 'No.' }, resumeInput: { taskId: 3, region: REGION } },
    });
  });

  test('that fails as it was told is no news for the log', async () => {
    waits.script({ 12: { fails: 'RedisTaskFailed' } });
    const { workflowId } = await start('childParent', { taskId: 12, region: REGION });
    await errorOf(env.client.workflow.getHandle(workflowId).result());

    const of = (type: string) => warnings.filter(({ meta }) => meta?.['workflowType'] === type);
    // A warning of the pipeline's own worker, which the test has no part in.
    expect(of('childParent')).not.toEqual([]);
    expect(of('awaitRedisTask')).toEqual([]);
  });

  test('that outlasts maxWait times out, and the wait that resumes it sees the same task end', async () => {
    waits.script({ 4: { after: '3h' } });
    const parent = await start('resumingParent', { taskId: 4, region: REGION, maxWait: '2h' });
    const [first, second] = (await parent.result()) as number[];

    expect(first).toBe(7_200_000);
    // The end is seen one interval of the schedule late, and long before the second deadline.
    expect(second).toBeGreaterThan(3_590_000);
    expect(second).toBeLessThan(4_000_000);
  });

  test('of a task that never ends times out', async () => {
    waits.script({ 5: { fails: 'RedisTaskTimedOut', message: 'rebalancing' } });

    await expect(failureOf({ taskId: 5, region: REGION, maxWait: '1d' })).resolves.toMatchObject({
      type: 'RedisTaskTimedOut',
      details: { message: 'rebalancing', waitedMs: 86_400_000 },
    });
  });

  test('of a task that nobody has scripted fails with a message that says so', async () => {
    await expect(failureOf({ taskId: 6, region: REGION })).resolves.toMatchObject({
      type: 'RedisTaskRejected',
      details: { lastError: { message: 'The test knows no task 6: add it with script({ 6: {} }).' }, waitedMs: 15_000 },
    });
  });

  test('with an input that breaks a rule fails as a parent in another language sees it', async () => {
    const handle = await env.client.workflow.start('awaitRedisTask', {
      taskQueue: 'redis-task',
      workflowId: randomUUID(),
      args: [{ taskId: 1, region: 'Guangzhou' }],
    });
    const error: unknown = await handle.result().catch((reason: unknown) => reason);

    expect(decodeRedisTaskFailure(error)).toMatchObject({
      type: 'RedisTaskInvalidInput',
      details: { invalid: { field: 'region' } },
    });
  });

  test('can be cancelled', async () => {
    waits.script({ 7: { after: '1h' } });
    const handle = await start('childParent', { taskId: 7, region: REGION });
    await handle.cancel();
    const error: unknown = await handle.result().catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(WorkflowFailedError);
    expect((error as WorkflowFailedError).cause).toBeInstanceOf(CancelledFailure);
  });

  test('that somebody cancels ends as cancelled, and its parent, which was not, fails', async () => {
    waits.script({ 10: { cancelledAfter: '10m' } });
    const handle = await start('childParent', { taskId: 10, region: REGION });
    const error = (await errorOf(handle.result())) as WorkflowFailedError;
    const wait = env.client.workflow.getHandle(`${handle.workflowId}/redis-task/${REGION}/10`);
    const { startTime, closeTime = startTime } = await wait.describe();

    expect(error.cause).toMatchObject({ name: 'ChildWorkflowFailure', cause: { name: 'CancelledFailure' } });
    expect((await handle.describe()).status.name).toBe('FAILED');
    expect(closeTime.getTime() - startTime.getTime()).toBeGreaterThanOrEqual(600_000);
  });

  test('times out where somebody would cancel it later', async () => {
    waits.script({ 11: { cancelledAfter: '10m' } });

    await expect(failureOf({ taskId: 11, region: REGION, maxWait: '5m' })).resolves.toMatchObject({
      type: 'RedisTaskTimedOut',
    });
  });

  test('shows the input that its parent gave it', async () => {
    waits.script({ 8: {} });
    const input = { taskId: 8, region: REGION, maxWait: '5m', polling: { expectedDuration: '1m' } };
    await resultOf(input);

    expect(waits.inputs.at(-1)).toEqual(input);
  });

  test.each([
    [
      { 9: { after: 'soon' } },
      'after of task 9 is "soon", but it must be a number of milliseconds, or text such as "3m"',
    ],
    [
      { 9: { fails: 'RedisTaskBroke' } },
      'fails of task 9 is "RedisTaskBroke", which is no failure that a task ends in',
    ],
    [{ nine: {} }, 'A task id is "nine", but it must be an integer from 1 on'],
    [
      { 9: { aftr: '3m' } },
      'The ending of task 9 has the field "aftr", but there are only after, fails, message, instanceId, taskType, code, cancelledAfter',
    ],
    [
      { 9: { cancelledAfter: 'soon' } },
      'cancelledAfter of task 9 is "soon", but it must be a number of milliseconds, or text such as "3m"',
    ],
  ])('refuses the script %j', (script, message) => {
    expect(() => waits.script(script as never)).toThrow(new TypeError(message));
  });
});

describe('a stubbed change', () => {
  const run = (input: RunRedisActionInput) =>
    env.client.workflow.start('runRedisAction', { taskQueue: 'redis-task', workflowId: randomUUID(), args: [input] });
  const resultOf = async (input: RunRedisActionInput) => (await (await run(input)).result()) as RedisActionResult;
  const failureOf = async (input: RunRedisActionInput) =>
    decodeRedisActionFailure(await errorOf((await run(input)).result()));
  const clear = { action: 'ClearInstance', region: REGION, params: { InstanceId: 'crs-1' } } as const;
  const resize: RunRedisActionInput = {
    action: 'UpgradeInstance',
    region: REGION,
    params: { InstanceId: 'crs-1', MemSize: 4_096 },
    expect: { memSizeMb: 4_096 },
  };

  test('is over when its task has succeeded, after the time that the instance was busy', async () => {
    waits.scriptActions({ ClearInstance: { busyFor: '5m', after: '40m' } });
    const result = await resultOf(clear);

    expect(result).toMatchObject({
      ...{ action: 'ClearInstance', region: REGION, taskIds: [expect.any(Number)], dealName: null, instanceIds: [] },
      tasks: [{ status: 'succeed', instanceId: 'crs-1', taskId: result.taskIds[0] }],
      response: { TaskId: result.taskIds[0], RequestId: result.requestId },
      // 0, 10, 30, 70, 130, 190, 250 and 310 s after its start.
      submits: 8,
    });
    expect(result.waitedMs).toBeGreaterThanOrEqual(45 * 60_000);
    expect(result.waitedMs).toBeLessThan(60 * 60_000);
    expect(waits.actionInputs.at(-1)).toEqual(clear);
  });

  test('that orders instances tells them, by the input if the test says so', async () => {
    waits.scriptActions({
      CreateInstances: ({ params }) => ({ after: '5m', instanceIds: [`crs-of-${String(params['InstanceName'])}`] }),
    });
    const params = { InstanceName: 'orders' };
    const result = await resultOf({ action: 'CreateInstances', region: REGION, params });

    expect(result).toMatchObject({
      instanceIds: ['crs-of-orders'],
      dealName: expect.any(String) as unknown,
      tasks: [],
    });
    expect(result.waitedMs).toBeGreaterThanOrEqual(5 * 60_000);
  });

  test('that orders a resize is over when the instance has the size, or its task and the instance are', async () => {
    waits.scriptActions({ UpgradeInstance: { after: '5m' } });
    const vague = { ...resize, expect: undefined };

    await expect(resultOf(resize)).resolves.toMatchObject({
      taskIds: [],
      dealName: expect.any(String) as unknown,
      tasks: [],
    });
    await expect(resultOf(vague)).resolves.toMatchObject({
      taskIds: [expect.any(Number)],
      tasks: [{ status: 'succeed' }],
    });
  });

  test('returns what it has started where it waits for no more', async () => {
    waits.scriptActions({ ClearInstance: { after: '40m' } });

    await expect(resultOf({ ...clear, waitFor: 'start' })).resolves.toMatchObject({ tasks: [], waitedMs: 0 });
  });

  test.each<readonly [RedisActionEnding, RunRedisActionInput, object]>([
    [
      { fails: 'RedisTaskFailed', after: '3m', message: 'disk full' },
      clear,
      { status: 'failed', message: 'disk full' },
    ],
    [{ fails: 'RedisTaskErrored' }, clear, { status: 'error' }],
    [{ fails: 'RedisTaskTimedOut' }, clear, { waitedMs: 7_200_000, status: 'running' }],
    [{ fails: 'RedisTaskRejected', code: 'UnsupportedRegion' }, clear, { lastError: { code: 'UnsupportedRegion' } }],
    [{ fails: 'RedisTaskUnauthorized' }, clear, { submits: 1, taskIds: [] }],
    [{ fails: 'RedisActionRefused', code: 'ResourceInsufficient' }, resize, { submits: 1, dealName: null }],
    [{ fails: 'RedisActionUncertain' }, clear, { candidates: [], waitedMs: 60_000 }],
    [{ fails: 'RedisInstanceFailed', message: 'Sold out.' }, resize, { deal: { status: 5, description: 'Sold out.' } }],
  ])('fails as %j says', async (ending, input, details) => {
    waits.scriptActions({ [input.action]: ending });

    await expect(failureOf(input)).resolves.toMatchObject({ type: ending.fails, details });
  });

  test('that somebody cancels ends as cancelled', async () => {
    waits.scriptActions({ ClearInstance: { cancelledAfter: '10m' } });
    const { cause } = (await errorOf((await run(clear)).result())) as WorkflowFailedError;

    expect(cause).toBeInstanceOf(CancelledFailure);
  });

  test('that nobody has scripted is refused with a message that says so', async () => {
    await expect(failureOf({ ...clear, action: 'SwitchProxy' })).resolves.toMatchObject({
      type: 'RedisActionRefused',
      details: {
        lastError: { message: 'The test knows no SwitchProxy: add it with scriptActions({ SwitchProxy: {} }).' },
      },
    });
  });

  test('with an input that breaks a rule fails as a parent in another language sees it', async () => {
    await expect(failureOf({ ...clear, region: 'Guangzhou' })).resolves.toMatchObject({
      type: 'RedisTaskInvalidInput',
      details: { invalid: { field: 'region' } },
    });
  });

  test('whose input cannot end as the test says fails with what it would end in', async () => {
    waits.scriptActions({ ClearInstance: { fails: 'RedisInstanceFailed' } });
    const { cause } = (await errorOf((await run(clear)).result())) as WorkflowFailedError;

    expect(rootCause(cause)).toBe(
      'The script lets ClearInstance end in RedisInstanceFailed, but with this input it ends in success: ClearInstance starts a task, and this is how an order fails',
    );
  });

  test.each([
    [{ UpgradeInstance: { busyFor: 'long' } }, /^busyFor of UpgradeInstance is "long", but it must be a number/],
    [{ UpgradeInstance: { fails: 'RedisTaskInvalidInput' } }, /is no failure that a change ends in$/],
    [{ DescribeInstances: {} }, 'DescribeInstances is no action that starts a task or an order'],
    [
      { UpgradeInstance: { busy: '5m' } },
      /^The ending of UpgradeInstance has the field "busy", but there are only after, /,
    ],
  ])('refuses the script %j', (script, message) => {
    expect(() => waits.scriptActions(script as never)).toThrow(message);
  });
});

describe('a stubbed wait for instances', () => {
  test('refuses a field that no ending has', () => {
    expect(() => waits.scriptInstances({ 'crs-1': { instanceId: 'crs-1' } } as never)).toThrow(
      'The ending of crs-1 has the field "instanceId", but there are only after, fails,',
    );
  });

  test.each(['crs-1', 'deal-1'])('for %s that somebody cancels ends as cancelled', async (name) => {
    waits.scriptInstances({ [name]: { cancelledAfter: '10m' } });
    const which = name === 'crs-1' ? { instanceIds: [name] } : { dealName: name };
    const { cause } = (await errorOf(
      (await startWait({ ...which, region: REGION, until: 'running' })).result(),
    )) as WorkflowFailedError;

    expect(cause).toBeInstanceOf(CancelledFailure);
  });

  const startWait = (input: AwaitRedisInstanceInput) =>
    env.client.workflow.start('awaitRedisInstance', {
      taskQueue: 'redis-task',
      workflowId: randomUUID(),
      args: [input],
    });

  test.each([
    ['running', 2],
    ['isolated', -2],
    ['gone', null],
  ] as const)('ends when the instance is %s', async (until, status) => {
    waits.scriptInstances({ 'crs-1': { after: '5m' } });
    const wait = await startWait({ instanceIds: ['crs-1'], region: REGION, until });
    const result = (await wait.result()) as RedisInstanceResult;

    expect(result).toMatchObject({ instances: [{ instanceId: 'crs-1', status }] });
    expect(result.waitedMs).toBeGreaterThanOrEqual(300_000);
    expect(waits.instanceInputs.at(-1)).toMatchObject({ until });
  });

  test('of an order tells its instances, as they are expected', async () => {
    waits.scriptInstances({ 'deal-1': { instanceIds: ['crs-a', 'crs-b'] } });
    const input = { dealName: 'deal-1', region: REGION, until: 'running', expect: { memSizeMb: 4_096 } } as const;

    await expect((await startWait(input)).result()).resolves.toMatchObject({
      instances: [
        { instanceId: 'crs-a', memSizeMb: 4_096 },
        { instanceId: 'crs-b', memSizeMb: 4_096 },
      ],
    });
  });

  test.each<readonly [string, RedisInstanceEnding | undefined, string, object]>([
    [
      'the order fails',
      { fails: 'RedisInstanceFailed', message: 'Sold out.' },
      'RedisInstanceFailed',
      { deal: { status: 5 } },
    ],
    ['nothing changes', { fails: 'RedisTaskTimedOut' }, 'RedisTaskTimedOut', { waitedMs: 7_200_000 }],
    ['the key is refused', { fails: 'RedisTaskUnauthorized' }, 'RedisTaskUnauthorized', { instances: [] }],
    [
      'nobody has scripted it',
      undefined,
      'RedisTaskRejected',
      { lastError: { message: expect.stringContaining('add it with scriptInstances') as unknown } },
    ],
  ])('fails where %s', async (_name, ending, type, details) => {
    const dealName = randomUUID();
    if (ending) waits.scriptInstances({ [dealName]: ending });
    const error = await errorOf((await startWait({ dealName, region: REGION, until: 'running' })).result());

    expect(decodeRedisInstanceFailure(error)).toMatchObject({ type, details });
  });
});

describe('a stubbed wait with a simulator', () => {
  test('sees the task that the pipeline has created there, and how it goes on in skipped time', async () => {
    simulator.onCreate(() => ({
      timeline: [
        { status: 'running', forMs: 3_600_000 },
        { status: 'failed', message: 'disk full' },
      ],
    }));
    const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };
    const api = createRedisApi({ credentials, endpoint: new URL(simulator.url) });
    const { TaskId } = await api.call({ action: 'ClearInstance', region: REGION, params: { InstanceId: 'crs-1' } });
    const failure = await failureOf({ taskId: TaskId as number, region: REGION });

    expect(failure).toMatchObject({ type: 'RedisTaskFailed', details: { instanceId: 'crs-1', message: 'disk full' } });
    expect(failure?.details.waitedMs).toBeGreaterThanOrEqual(3_600_000);
  });

  test.each([
    [{ kind: 'error', code: 'AuthFailure.SignatureFailure' }, 'RedisTaskUnauthorized'],
    [{ kind: 'error', code: 'UnsupportedRegion' }, 'RedisTaskRejected'],
    [{ kind: 'status', status: 'Error' }, 'RedisTaskErrored'],
    [{ kind: 'html', httpStatus: 502 }, 'RedisTaskTimedOut'],
    [{ kind: 'truncated' }, 'RedisTaskTimedOut'],
    [{ kind: 'throttled' }, 'RedisTaskTimedOut'],
  ] as const)('meets the fault %j', async (fault, type) => {
    simulator.addTask(20, { timeline: [{ status: 'running' }] });
    const handle = simulator.fault(fault, { taskId: 20 });
    const failure = await failureOf({ taskId: 20, region: REGION, maxWait: '10m' });
    handle.clear();

    expect(failure).toMatchObject({ type });
    expect(handle.hits).toBeGreaterThan(0);
  });

  test('goes on after a fault that has passed', async () => {
    simulator.addTask(21, { timeline: [{ status: 'running', forPolls: 2 }, { status: 'succeed' }] });
    simulator.fault({ kind: 'reset' }, { taskId: 21, times: 2 });

    await expect(resultOf({ taskId: 21, region: REGION })).resolves.toMatchObject({ polls: 3 });
  });
});
