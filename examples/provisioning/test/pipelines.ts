import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createRedisApi } from 'temporal-tencent-redis/activities';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';
import { createActivities } from '../src/activities.js';
import { TASK_QUEUE } from '../src/task-queue.js';
import type { ResizeInput, resizeInstance } from '../src/workflows.js';
import { SimulatedAccount } from './simulated-account.js';

export const REGION = 'ap-guangzhou';

/** The worker of the pipelines, with its real activities, on a simulated API. */
export class Pipelines {
  /** The alerts so far. */
  readonly alerts: string[] = [];
  /** Set it to let the pager be down. */
  pagerIsDown = false;
  account: SimulatedAccount;

  private constructor(
    readonly env: TestWorkflowEnvironment,
    readonly simulator: RedisApiSimulator,
    private readonly stopWorker: () => Promise<void>,
  ) {
    this.account = this.newAccount();
  }

  static async start(env: TestWorkflowEnvironment): Promise<Pipelines> {
    const simulator = await RedisApiSimulator.start();
    const api = apiOf(simulator);
    const page = async (message: string) => {
      if (pipelines.pagerIsDown) throw new Error('The pager is down');
      pipelines.alerts.push(message);
      await Promise.resolve();
    };
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: TASK_QUEUE,
      workflowsPath: fileURLToPath(new URL('../src/workflows.ts', import.meta.url)),
      activities: createActivities(api, page),
    });
    const run = worker.run();
    const pipelines: Pipelines = new Pipelines(env, simulator, async () => {
      worker.shutdown();
      await run;
      api.close();
      await simulator.close();
    });
    return pipelines;
  }

  /** Begins anew, with another instance and no alerts. */
  newAccount(): SimulatedAccount {
    this.alerts.length = 0;
    this.pagerIsDown = false;
    this.simulator.clearFaults();
    this.account = new SimulatedAccount(this.simulator, `crs-${randomUUID().slice(0, 8)}`);
    return this.account;
  }

  /** Starts a pipeline that resizes the instance from 4096 to 8192 MB. */
  resize(input: Partial<ResizeInput> = {}): Promise<WorkflowHandleWithFirstExecutionRunId<typeof resizeInstance>> {
    const { instanceId } = this.account;
    return this.env.client.workflow.start<typeof resizeInstance>('resizeInstance', {
      taskQueue: TASK_QUEUE,
      workflowId: `resize-${instanceId}`,
      args: [{ instanceId, region: REGION, memSizeMb: 8_192, ...input }],
    });
  }

  stop(): Promise<void> {
    return this.stopWorker();
  }
}

/** The redis API as the simulator plays it. */
export function apiOf(simulator: RedisApiSimulator) {
  const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };
  return createRedisApi({ credentials, endpoint: new URL(simulator.url) });
}
