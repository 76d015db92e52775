import { type WorkflowHandle, WorkflowFailedError } from '@temporalio/client';
import { childWorkflowId, DEFAULT_TASK_QUEUE } from 'temporal-tencent-redis';
import type { RedisApiSimulator, TaskStep } from '../../src/testing/index.js';
import type { Stage } from '../../test/support/stage.js';
import { REGION } from './cases.js';
import { expectEqual } from './expect-equal.js';
import type { Language } from './languages.js';
import { until } from './steps.js';

/** One way for a pipeline to end that waits for several tasks at once, and what becomes of them. */
export interface SeveralCase {
  readonly name: string;
  readonly tasks: readonly (readonly TaskStep[])[];
  /** @param waits - in the order of the tasks */
  readonly play: (pipeline: WorkflowHandle, waits: readonly WorkflowHandle[]) => Promise<string>;
}

const running: TaskStep = { status: 'running' };

export const SEVERAL_CASES: readonly SeveralCase[] = [
  {
    name: 'waits for four tasks: one succeeds, one fails, and somebody cancels one wait and terminates one',
    tasks: [[{ ...running, forMs: 6_000 }, { status: 'succeed' }], [{ status: 'failed' }], [running], [running]],
    async play(pipeline, [, , third, fourth]) {
      await Promise.all([third?.cancel(), fourth?.terminate()]);
      const ends: unknown = await pipeline.result();
      expectEqual('the ends', ends, ['succeed', 'RedisTaskFailed', 'cancelled', 'terminated']);
      return 'each by itself';
    },
  },
  {
    name: 'is cancelled while it waits for three tasks',
    tasks: [[running], [running], [running]],
    async play(pipeline, waits) {
      await pipeline.cancel();
      const error: unknown = await pipeline.result().catch((reason: unknown) => reason);
      if (!(error instanceof WorkflowFailedError)) throw error;
      const described = await Promise.all([pipeline, ...waits].map((each) => each.describe()));
      const statuses = described.map(({ status }) => status.name);
      expectEqual(
        'the statuses',
        statuses,
        Array.from(statuses, () => 'CANCELLED'),
      );
      return 'all are CANCELLED';
    },
  },
];

/** Starts a pipeline and checks how it ends, once each task was seen. @returns what it ended in, in a few words */
export async function playSeveral(
  stage: Stage,
  language: Language,
  index: number,
  which: SeveralCase,
): Promise<string> {
  const { client, simulator } = stage;
  const first = 20_000 + index * 100 + SEVERAL_CASES.indexOf(which) * 10;
  const taskIds = which.tasks.map((timeline, task) => {
    simulator.addTask(first + task, { timeline, startsAt: 'firstPoll' });
    return first + task;
  });
  const pipeline = await client.workflow.start('provisionAll', {
    taskQueue: language.taskQueue,
    workflowId: `${language.taskQueue}-${first}`,
    args: [taskIds.map((taskId) => ({ taskId, region: REGION }))],
    workflowExecutionTimeout: '90s',
  });
  await until(pipeline, () => taskIds.every((taskId) => wasSeen(simulator, taskId)));
  const waitOf = (taskId: number) =>
    client.workflow.getHandle(childWorkflowId(pipeline.workflowId, DEFAULT_TASK_QUEUE, REGION, taskId));
  return which.play(pipeline, taskIds.map(waitOf));
}

function wasSeen({ calls }: RedisApiSimulator, id: number): boolean {
  return calls.some(({ taskId, outcome }) => taskId === String(id) && outcome === 'ok');
}
