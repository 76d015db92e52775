import { isDeepStrictEqual } from 'node:util';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { CancelledFailure } from '@temporalio/common';
import { AWAIT_REDIS_TASK, childWorkflowId, DEFAULT_TASK_QUEUE } from 'temporal-tencent-redis';
import type { ProvisionOutcome } from '../../examples/parents/typescript/workflows.js';
import type { RedisApiSimulator } from '../../src/testing/index.js';
import type { Stage } from '../../test/support/stage.js';
import type { Case } from './cases.js';
import type { Language } from './languages.js';

const EXECUTION_TIMEOUT = '90s';

/**
 * Starts a parent and checks how it ends.
 *
 * @returns what it ended in, in a few words
 * @throws Error that says what should have been, and what was
 */
export async function play({ client, simulator }: Stage, language: Language, which: Case): Promise<string> {
  const { taskId, region } = which.input;
  const parent = await client.workflow.start('provisionRedis', {
    taskQueue: language.taskQueue,
    workflowId: `${language.taskQueue}-${taskId}`,
    args: [which.input],
    workflowExecutionTimeout: EXECUTION_TIMEOUT,
  });
  const child = client.workflow.getHandle(childWorkflowId(parent.workflowId, DEFAULT_TASK_QUEUE, region, taskId));
  const said =
    which.ends === 'cancelled'
      ? await cancel(simulator, which, parent, child)
      : await outcome(which.ends, which, parent);
  // Our helper for parents in TypeScript refuses a bad input before there is a child to look at.
  const hasChild = !(language.name === 'typescript' && said.startsWith('stopped: RedisTaskInvalidInput'));
  if (hasChild) await checkChild(child, which);
  return said;
}

async function outcome(ends: Exclude<Case['ends'], 'cancelled'>, { input }: Case, parent: WorkflowHandle) {
  const { reason, ...facts } = (await parent.result()) as ProvisionOutcome;
  const { reason: pattern, ...expected } = ends;
  expectEqual('the outcome', facts, { taskId: input.taskId, ...expected });
  if (pattern ? !pattern.test(reason ?? '') : reason !== null) throw new Error(`unexpected reason: ${String(reason)}`);
  expectEqual('the number of alerts', await alertsOf(parent), facts.outcome === 'alerted' ? 1 : 0);
  return facts.type === null
    ? `${facts.outcome}: ${facts.instanceId ?? ''} in ${facts.waits} of 2 waits`
    : `${facts.outcome}: ${facts.type}${facts.message ? `, "${facts.message}"` : ''}`;
}

/** Cancels the parent once its wait is under way: both have to end as cancelled, neither as failed. */
async function cancel(simulator: RedisApiSimulator, { input }: Case, parent: WorkflowHandle, child: WorkflowHandle) {
  const polled = simulator.waitForCall(({ taskId, outcome }) => taskId === String(input.taskId) && outcome === 'ok');
  // A parent that ends by itself is an answer too, and then its own error is the better one.
  await Promise.race([polled, parent.result()]);
  await parent.cancel();
  const error: unknown = await parent.result().then(
    (result) => new Error(`not cancelled, but ${JSON.stringify(result)}`),
    (failure: unknown) => failure,
  );
  if (!(error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure)) throw error;
  const statuses = await Promise.all([parent, child].map(async (each) => (await each.describe()).status.name));
  expectEqual('the statuses of parent and child', statuses, ['CANCELLED', 'CANCELLED']);
  return 'cancelled, and so is its child';
}

async function alertsOf(parent: WorkflowHandle): Promise<number> {
  const { events } = await parent.fetchHistory();
  return (events ?? []).filter((each) => each.activityTaskScheduledEventAttributes?.activityType?.name === 'alert')
    .length;
}

/** What only the starter of a wait can set has to have reached the server. */
async function checkChild(child: WorkflowHandle, { input: { taskId, region } }: Case): Promise<void> {
  const { type, taskQueue, memo, staticSummary } = await child.describe();
  expectEqual(
    'what the server knows of the child',
    { type, taskQueue, memo, summary: await staticSummary() },
    {
      type: AWAIT_REDIS_TASK,
      taskQueue: DEFAULT_TASK_QUEUE,
      memo: { taskId, region },
      summary: `Redis task ${taskId} in ${region}`,
    },
  );
}

function expectEqual(what: string, seen: unknown, expected: unknown): void {
  if (isDeepStrictEqual(seen, expected)) return;
  throw new Error(`${what} should be ${JSON.stringify(expected)}, not ${JSON.stringify(seen)}`);
}
