import { type Client, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { AWAIT_REDIS_TASK, childWorkflowId, DEFAULT_TASK_QUEUE } from 'temporal-tencent-redis';
import type { ProvisionOutcome } from '../../examples/parents/typescript/workflows.js';
import type { Stage } from '../../test/support/stage.js';
import type { Case, Outcome, Statuses } from './cases.js';
import { expectEqual } from './expect-equal.js';
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
  const { workflowId } = await client.workflow.start('provisionRedis', {
    taskQueue: language.taskQueue,
    workflowId: `${language.taskQueue}-${taskId}`,
    args: [which.input],
    workflowExecutionTimeout: EXECUTION_TIMEOUT,
  });
  // Whichever run is open: a reset starts another one.
  const parent = client.workflow.getHandle(workflowId);
  const wait = client.workflow.getHandle(childWorkflowId(workflowId, DEFAULT_TASK_QUEUE, region, taskId));
  for (const step of which.meanwhile ?? []) await step({ client, simulator, taskId, parent, wait });

  const { ends } = which;
  const said = 'outcome' in ends ? await outcome(ends, which, parent) : await statuses(ends, parent, wait);
  // Our helper for parents in TypeScript refuses a bad input before there is a child to look at.
  const hasChild = !(language.name === 'typescript' && said.startsWith('stopped: RedisTaskInvalidInput'));
  if (hasChild) await checkChild(client, wait, which);
  return said;
}

async function outcome(ends: Outcome, { input }: Case, parent: WorkflowHandle) {
  const { reason, ...facts } = (await parent.result()) as ProvisionOutcome;
  const { reason: pattern, ...expected } = ends;
  expectEqual('the outcome', facts, { taskId: input.taskId, ...expected });
  if (pattern ? !pattern.test(reason ?? '') : reason !== null) throw new Error(`unexpected reason: ${String(reason)}`);
  expectEqual('the number of alerts', await alertsOf(parent), facts.outcome === 'alerted' ? 1 : 0);
  return facts.type === null
    ? `${facts.outcome}: ${facts.instanceId ?? ''} in ${facts.waits} of 2 waits`
    : `${facts.outcome}: ${facts.type}${facts.message ? `, "${facts.message}"` : ''}`;
}

/** Neither may end as failed. */
async function statuses(ends: Statuses, parent: WorkflowHandle, wait: WorkflowHandle) {
  const [ofParent, ofWait] = await Promise.all([parent, wait].map(statusAtTheEnd));
  expectEqual('the statuses of parent and wait', { parent: ofParent, wait: ofWait }, ends);
  return `the parent is ${ends.parent}, its wait ${ends.wait}`;
}

async function statusAtTheEnd(handle: WorkflowHandle): Promise<string> {
  const result: unknown = await handle.result().catch((error: unknown) => error);
  if (result instanceof Error && !(result instanceof WorkflowFailedError)) throw result;
  return (await handle.describe()).status.name;
}

async function alertsOf(parent: WorkflowHandle): Promise<number> {
  const { events } = await parent.fetchHistory();
  return (events ?? []).filter((each) => each.activityTaskScheduledEventAttributes?.activityType?.name === 'alert')
    .length;
}

/** What only the starter of a wait can set has to have reached the server. */
async function checkChild(client: Client, wait: WorkflowHandle, { input: { taskId, region } }: Case): Promise<void> {
  // The server does not hand a summary on to the runs that follow.
  const { workflowExecutionInfo } = (await wait.describe()).raw;
  const first = client.workflow.getHandle(wait.workflowId, workflowExecutionInfo?.firstRunId ?? undefined);
  const { type, taskQueue, memo, staticSummary } = await first.describe();
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
