// Every type of failure, through every chain of wrappers there is, decoded inside a workflow and outside.
import { decodeRedisTaskFailure, REDIS_TASK_FAILURE_TYPES } from '../../src/contract/task/failures.js';
import { errorOf, REGION } from '../support/waits.js';
import type { Caught, Errand, Hop } from './chains.js';
import { FAILING_TASKS } from './failing-tasks.js';
import { type ChainStage, startChainStage } from './stage.js';

let stage: ChainStage;

beforeAll(async () => {
  stage = await startChainStage();
});
afterAll(() => stage.waits.close());

const CHAINS: readonly (readonly [chain: string, hops: Hop[], names: string[]])[] = [
  ['a child', ['child'], ['ChildWorkflowFailure', 'ApplicationFailure']],
  ['a grandchild', ['workflow', 'child'], ['ChildWorkflowFailure', 'ChildWorkflowFailure', 'ApplicationFailure']],
  ['an inline wait', ['inline'], ['ApplicationFailure']],
  ['a run continued as new', ['continue-as-new', 'child'], ['ChildWorkflowFailure', 'ApplicationFailure']],
  [
    'a child continued as new',
    ['workflow', 'continue-as-new', 'child'],
    ['ChildWorkflowFailure', 'ChildWorkflowFailure', 'ApplicationFailure'],
  ],
  ['Nexus', ['nexus'], ['NexusOperationFailure', 'ApplicationFailure']],
  ['Nexus in a child', ['workflow', 'nexus'], ['ChildWorkflowFailure', 'NexusOperationFailure', 'ApplicationFailure']],
  // RedisTaskError, WorkflowFailedError and the failure of the wait.
  ['an activity', ['activity'], ['ActivityFailure', 'ApplicationFailure', 'TemporalFailure', 'ApplicationFailure']],
];

function errand(input: Errand['input']): Errand {
  return { input, taskQueue: stage.waits.taskQueue, endpoint: stage.endpoint };
}

/** Takes the hops: gives what a workflow caught at their end, and what a client of that workflow caught. */
async function play(hops: Hop[], input: Errand['input']): Promise<{ caught: Caught | null; error: unknown }> {
  const { users, waits } = stage;
  const { workflowId } = await waits.startWorkflow('decode', [hops, errand(input)], { taskQueue: users });
  const newest = waits.client.workflow.getHandle(workflowId);
  const error = await errorOf(newest.result());
  return { caught: await newest.query<Caught | null>('getCaught'), error };
}

test.concurrent.each(CHAINS)(
  'each type that comes through %s is decoded inside and outside',
  async (_, hops, names) => {
    const ends = REDIS_TASK_FAILURE_TYPES.map(async (type) => {
      const { input, details } = FAILING_TASKS[type](stage.waits);
      const { caught, error } = await play(hops, input);

      expect(caught?.failure).toMatchObject({ type, details });
      expect(decodeRedisTaskFailure(error)).toEqual(caught?.failure);
      expect(caught?.failure?.message).toMatch(/[.}]$/);
      // The client and the helper for Nexus refuse an input before they start anything: a shorter chain.
      if (type !== 'RedisTaskInvalidInput') expect(caught?.names).toEqual(names);
    });
    await Promise.all(ends);
  },
);

test.concurrent.each<[string, Hop[]]>([
  ['its parent', ['child']],
  ['a caller through Nexus', ['nexus']],
])('a wait that has been continued as new fails %s with the same failure', async (_whom, hops) => {
  const taskId = stage.waits.addTask({ status: 'running', forPolls: 4 }, { status: 'failed', message: 'disk is full' });
  const polling = { initialInterval: '1s', backoffCoefficient: 1, jitter: 0 };
  const { caught, error } = await play(hops, { taskId, region: REGION, polling });
  const failure = decodeRedisTaskFailure(error);

  expect(failure).toMatchObject({ type: 'RedisTaskFailed', details: { taskId, polls: 5, message: 'disk is full' } });
  expect(caught?.failure).toEqual(failure);
  // Twenty events are two polls.
  expect(failure?.details.waitedMs).toBeGreaterThan(3_000);
});
