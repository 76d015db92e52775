// A wait as a child of someone's workflow and inside it.
import { randomUUID } from 'node:crypto';
import { ApplicationFailure, CancelledFailure, ChildWorkflowFailure } from '@temporalio/common';
import { decodeRedisTaskFailure, type RedisTaskFailure } from '../../src/contract/task/failures.js';
import type { RedisTaskResult } from '../../src/contract/task/outcome.js';
import { devServer } from '../support/environments.js';
import { eventNames, eventsOf, failedWorkflowTasks, summariesOf, tasksToCancel } from '../support/histories.js';
import { SLOW, takeCallAndDie } from '../support/moments.js';
import { about, beside } from '../support/together.js';
import { causeOf, failureOf, REGION, Waits } from '../support/waits.js';
import type { Caught } from './parents.js';

const RUNNING = { status: 'running' };
const HOUR = 3_600_000;

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(devServer);
});
afterAll(() => waits.close());

about('a wait whose call gets no answer', () => {
  beside('goes on when another worker takes over from one that was killed, fifteen seconds later', async () => {
    const taskQueue = `deadly-${randomUUID()}`;
    await waits.serveWaits(taskQueue);
    const taskId = waits.addTask({ status: 'succeed' });
    const handle = await waits.start({ taskId, region: REGION }, { taskQueue });
    await takeCallAndDie(waits, taskQueue);
    await waits.serveCalls(taskQueue);
    const result = await handle.result();

    expect(result.polls).toBe(1);
    expect(result.waitedMs).toBeGreaterThanOrEqual(15_000);
    // Without a limit of its own, the attempt would have lasted as long as the wait.
    expect(result.waitedMs).toBeLessThan(HOUR);
  });
});

about('a child', () => {
  beside('has an id under its parent, a memo and a static summary', async () => {
    const { taskQueue } = waits;
    const taskId = waits.addTask({ status: 'succeed' });
    const parent = await waits.startWorkflow<RedisTaskResult>('childParent', [
      { taskId: String(taskId), region: REGION },
      { taskQueue, memo: { pipeline: 'nightly' } },
    ]);

    await expect(parent.result()).resolves.toMatchObject({ taskId, status: 'succeed' });
    const child = waits.client.workflow.getHandle(`${parent.workflowId}/${taskQueue}/${REGION}/${taskId}`);
    const description = await child.describe();
    expect(description).toMatchObject({
      type: 'awaitRedisTask',
      taskQueue,
      memo: { taskId, region: REGION, pipeline: 'nightly' },
    });
    await expect(description.staticSummary()).resolves.toBe(`Redis task ${taskId} in ${REGION}`);
  });

  beside('may be given another id, and a second one waits for the same task', async () => {
    const { taskQueue } = waits;
    const taskId = waits.addTask({ ...RUNNING, forPolls: 2 }, { status: 'succeed' });
    const input = { taskId, region: REGION };
    const workflowId = `my-own-${randomUUID()}`;
    const parents = await Promise.all([
      waits.startWorkflow<RedisTaskResult>('childParent', [input, { taskQueue }]),
      waits.startWorkflow<RedisTaskResult>('childParent', [input, { taskQueue }]),
      waits.startWorkflow<RedisTaskResult>('childParent', [input, { taskQueue, workflowId }]),
    ]);
    const results = await Promise.all(parents.map((parent) => parent.result()));

    expect(results.map(({ status }) => status)).toEqual(['succeed', 'succeed', 'succeed']);
    const { status } = await waits.client.workflow.getHandle(workflowId).describe();
    expect(status.name).toBe('COMPLETED');
  });

  beside('that fails is caught with its failure as the direct cause', async () => {
    const taskId = waits.addTask({ status: 'failed', message: 'disk is full' });
    const { taskQueue } = waits;
    const parent = await waits.startWorkflow<Caught>('catchingParent', [{ taskId, region: REGION }, { taskQueue }]);
    const { names, failure } = await parent.result();

    expect(names).toEqual(['ChildWorkflowFailure', 'ApplicationFailure']);
    expect(failure).toMatchObject({ type: 'RedisTaskFailed', details: { taskId, message: 'disk is full' } });
    expect(failure?.message).toContain('disk is full');
  });

  beside('that fails and is not caught can be decoded by the client of its parent', async () => {
    const taskId = waits.addTask({ status: 'error', message: 'oops' });
    const { taskQueue } = waits;
    const parent = await waits.startWorkflow('childParent', [{ taskId, region: REGION }, { taskQueue }]);
    const error: unknown = await parent.result().catch((reason: unknown) => reason);

    expect(error).toMatchObject({ cause: { name: 'ChildWorkflowFailure', cause: { type: 'RedisTaskErrored' } } });
    expect(decodeRedisTaskFailure(error)).toMatchObject({ type: 'RedisTaskErrored', details: { taskId } });
  });

  beside('is not started when the input breaks a rule', async () => {
    const parent = await waits.startWorkflow('childParent', [{ taskId: 0, region: REGION }]);
    const cause = await causeOf(parent.result());

    expect(cause).toBeInstanceOf(ApplicationFailure);
    expect(cause).toMatchObject({ type: 'RedisTaskInvalidInput', nonRetryable: true });
    expect(eventNames(await parent.fetchHistory()).filter((name) => name.includes('CHILD'))).toEqual([]);
  });

  beside('takes signals from its parent', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, { status: 'succeed' });
    const { taskQueue } = waits;
    const input = { taskId, region: REGION, polling: SLOW };
    const parent = await waits.startWorkflow<{ workflowId: string; result: RedisTaskResult }>('pokingParent', [
      input,
      { taskQueue },
    ]);

    await expect(parent.result()).resolves.toMatchObject({
      workflowId: `${parent.workflowId}/${taskQueue}/${REGION}/${taskId}`,
      result: { polls: 2 },
    });
  });

  beside('that is cancelled by itself is no failure of a task', async () => {
    const taskId = waits.addTask(RUNNING);
    const { taskQueue } = waits;
    const parent = await waits.startWorkflow('childParent', [{ taskId, region: REGION }, { taskQueue }]);
    await waits.simulator.waitForCall((call) => call.taskId === String(taskId));
    await waits.client.workflow.getHandle(`${parent.workflowId}/${taskQueue}/${REGION}/${taskId}`).cancel();
    const cause = await causeOf(parent.result());

    expect(cause).toBeInstanceOf(ChildWorkflowFailure);
    expect(cause?.cause).toBeInstanceOf(CancelledFailure);
    expect(decodeRedisTaskFailure(cause)).toBeUndefined();
  });
});

about('an inline wait', () => {
  beside('ends with the result, its calls on the queue of the workflow', async () => {
    const taskId = waits.addTask({ ...RUNNING, forPolls: 1 }, { status: 'succeed', message: 'ok' });
    const handle = await waits.startWorkflow<RedisTaskResult>('inlineWait', [{ taskId, region: REGION }]);
    const result = await handle.result();
    const history = await handle.fetchHistory();

    expect(result).toMatchObject({ taskId, status: 'succeed', message: 'ok', polls: 2 });
    const [first] = eventsOf(history, 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
    expect(first?.activityTaskScheduledEventAttributes?.taskQueue?.name).toBe(`${waits.taskQueue}-api`);
    expect(summariesOf(history, 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED')).toEqual([
      `poll 1 of task ${taskId}`,
      `poll 2 of task ${taskId}`,
    ]);
    // Eleven of a poll, without those of workflow tasks that a busy worker is given anew.
    expect(eventNames(history).filter((name) => !name.startsWith('WORKFLOW_TASK'))).toHaveLength(12);
    expect(eventsOf(history, 'EVENT_TYPE_WORKFLOW_TASK_COMPLETED')).toHaveLength(4);
  });

  beside('sends its calls to the queue it is given', async () => {
    const taskId = waits.addTask({ status: 'succeed' });
    const taskQueue = `given-${randomUUID()}`;
    await waits.serveCalls(taskQueue);
    const handle = await waits.startWorkflow('inlineWait', [{ taskId, region: REGION }, { taskQueue }]);

    await expect(handle.result()).resolves.toMatchObject({ taskId });
    const [first] = eventsOf(await handle.fetchHistory(), 'EVENT_TYPE_ACTIVITY_TASK_SCHEDULED');
    expect(first?.activityTaskScheduledEventAttributes?.taskQueue?.name).toBe(`${taskQueue}-api`);
  });

  beside.each([
    ['failed', 'RedisTaskFailed'],
    ['Error', 'RedisTaskErrored'],
    ['running', 'RedisTaskTimedOut'],
  ])('of a task in status %s throws %s, which its workflow can decode', async (status, type) => {
    const taskId = waits.addTask({ status });
    const handle = await waits.startWorkflow<RedisTaskFailure>('catchingInline', [
      { taskId, region: REGION, maxWait: '1s' },
    ]);

    await expect(handle.result()).resolves.toMatchObject({ type, details: { taskId, status } });
  });

  beside('that nobody catches fails its workflow with the same failure', async () => {
    const taskId = waits.addTask({ status: 'failed' });
    const failure = await failureOf(await waits.startWorkflow('inlineWait', [{ taskId, region: REGION }]));
    expect(failure).toMatchObject({ type: 'RedisTaskFailed', details: { taskId } });
  });

  beside('of an input that breaks a rule fails its workflow, not its workflow task', async () => {
    const failure = await failureOf(await waits.startWorkflow('inlineWait', [null]));
    expect(failure).toMatchObject({ type: 'RedisTaskInvalidInput', details: { invalid: { field: 'input' } } });
  });

  beside('goes on beside another one', async () => {
    const first = waits.addTask({ ...RUNNING, forPolls: 2 }, { status: 'succeed', message: 'first' });
    const second = waits.addTask({ ...RUNNING, forPolls: 1 }, { status: 'succeed', message: 'second' });
    const inputs = [first, second].map((taskId) => ({ taskId, region: REGION }));
    const handle = await waits.startWorkflow<RedisTaskResult[]>('inlineWaits', [inputs]);

    await expect(handle.result()).resolves.toMatchObject([
      { taskId: first, polls: 3, message: 'first' },
      { taskId: second, polls: 2, message: 'second' },
    ]);
  });

  beside.each([
    ['while it pauses', undefined],
    ['during a call', { kind: 'hang' }],
  ] as const)('is cancelled with its workflow %s', async (_when, fault) => {
    const taskId = waits.addTask(RUNNING);
    if (fault) waits.simulator.fault(fault, { taskId });
    const handle = await waits.startWorkflow('catchingInline', [{ taskId, region: REGION, polling: SLOW }]);
    const awaited = fault ? 'pending' : 'ok';
    await waits.simulator.waitForCall((call) => call.taskId === String(taskId) && call.outcome === awaited);
    await handle.cancel();

    await expect(handle.result()).resolves.toBe('cancelled');
    await expect(tasksToCancel(handle)).resolves.toBe(1);
  });
});

test('every history replays, and no workflow task failed', async () => {
  const histories = await waits.histories();
  for (const { history } of histories) expect(failedWorkflowTasks(history)).toEqual([]);

  await expect(waits.replayAll()).resolves.toBe(histories.length);
  expect(histories.length).toBeGreaterThan(23);
});
