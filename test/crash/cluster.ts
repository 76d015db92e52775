import proto from '@temporalio/proto';
import type { AwaitRedisTaskInput } from '../../src/contract/task/input.js';
import type { TaskStep } from '../../src/testing/index.js';
import { failedWorkflowTasks } from '../support/histories.js';
import { endingOf } from '../support/kinds-of-waits.js';
import { eventually } from '../support/processes.js';
import { Stage, type StageOptions } from '../support/stage.js';
import { REGION, type WaitHandle } from '../support/waits.js';

const { PENDING_ACTIVITY_STATE_CANCEL_REQUESTED } = proto.temporal.api.enums.v1.PendingActivityState;

const POLLING = { initialInterval: '1s', maximumInterval: '3s' };

/** A wait that was started. */
export interface StartedWait {
  readonly taskId: number;
  readonly handle: WaitHandle;
}

/** A stage, the waits on it, and how each of them must end. */
export class Cluster extends Stage {
  private readonly expected = new Map<string, { handle: WaitHandle; ending: string }>();
  private nextTaskId = 18_000;

  addTask(...timeline: TaskStep[]): number {
    const taskId = (this.nextTaskId += 1);
    if (timeline.length > 0) this.simulator.addTask(taskId, { timeline });
    return taskId;
  }

  /** Starts a wait that must end so; see `endingOf`. */
  async startWait(ending: string, input: Partial<AwaitRedisTaskInput> & { taskId: number }): Promise<StartedWait> {
    const handle = await this.client.workflow.start<(...args: unknown[]) => Promise<never>>('awaitRedisTask', {
      workflowId: `redis-task/${REGION}/${input.taskId}`,
      taskQueue: 'redis-task',
      args: [{ region: REGION, polling: POLLING, ...input }],
    });
    this.expected.set(handle.workflowId, { handle, ending });
    return { taskId: input.taskId, handle };
  }

  /** Starts waits that end in every way, some of them soon and some only after so many milliseconds. */
  async startFleet(longestMs: number, pacing: 'timers' | 'shared' = 'timers'): Promise<void> {
    const polling = { ...POLLING, pacing };
    for (const share of [0.2, 0.5, 0.8, 1]) {
      const running = { status: 'running', forMs: share * longestMs };
      await this.startWait('COMPLETED', { taskId: this.addTask(running, { status: 'succeed' }), polling });
      await this.startWait('RedisTaskFailed', { taskId: this.addTask(running, { status: 'failed' }), polling });
      await this.startWait('RedisTaskErrored', { taskId: this.addTask(running, { status: 'Error' }), polling });
      const maxWait = Math.max(1_000, share * longestMs);
      await this.startWait('RedisTaskTimedOut', { taskId: this.addTask({ status: 'running' }), maxWait, polling });
    }
    await this.startWait('RedisTaskRejected', { taskId: this.addTask(), polling });
  }

  /** Resolves once every wait has ended; checks that each did as it must, and that no activity is left behind. */
  async endings(): Promise<WaitHandle[]> {
    const ended = await Promise.all(
      [...this.expected].map(async ([workflowId, { handle }]) => [workflowId, await endingOf(handle)]),
    );
    expect(ended).toEqual([...this.expected].map(([workflowId, { ending }]) => [workflowId, ending]));
    const handles = [...this.expected.values()].map(({ handle }) => handle);
    for (const handle of handles) {
      expect(failedWorkflowTasks(await handle.fetchHistory())).toEqual([]);
      const { pendingActivities } = (await handle.describe()).raw;
      // The server's record of a wait that was cancelled during a call keeps that call, as one that is cancelled.
      const left = (pendingActivities ?? []).filter(({ state }) => state !== PENDING_ACTIVITY_STATE_CANCEL_REQUESTED);
      expect(left).toEqual([]);
    }
    return handles;
  }

  callsFor(taskId: number) {
    return this.simulator.calls.filter((call) => call.taskId === String(taskId));
  }

  /** Resolves once the API was asked for this task so many times. */
  async untilCalled(taskId: number, times = 1): Promise<void> {
    await eventually(() => this.callsFor(taskId).length >= times);
  }
}

/** Plays with a new cluster, and closes it in any case. */
export async function withCluster(
  play: (cluster: Cluster) => Promise<void>,
  options: Pick<StageOptions, 'server'> = {},
): Promise<void> {
  const cluster = await Cluster.start({ simulator: { requestsPerSecond: false }, ...options });
  try {
    await play(cluster);
  } finally {
    await cluster.close();
  }
}
