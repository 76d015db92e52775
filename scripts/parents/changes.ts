import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { decodeRedisActionFailure, DEFAULT_TASK_QUEUE, RUN_REDIS_ACTION } from 'temporal-tencent-redis';
import { defaultOnOrder } from '../../src/testing/changes.js';
import type { RedisApiSimulator } from '../../src/testing/index.js';
import type { Stage } from '../../test/support/stage.js';
import { REGION } from './cases.js';
import { expectEqual } from './expect-equal.js';
import type { Language } from './languages.js';
import { until } from './steps.js';

/** What the worker of the package has to allow. */
export const ALLOWED = 'CreateInstances,UpgradeInstance,DestroyPostpaidInstance';

/** One way for a pipeline of changes to end. The simulator knows it by the name of the instance. */
export interface ChangeCase {
  readonly key: 'made' | 'refused' | 'cancelled';
  readonly name: string;
  readonly play: (stage: Stage, pipeline: WorkflowHandle) => Promise<string>;
}

/** Lets the API play the changes of one language. */
export function prepareChanges(simulator: RedisApiSimulator, language: Language): void {
  let made = 0;
  const usual = defaultOnOrder(() => `crs-${language.name}-${(made += 1)}`);
  simulator.onOrder((action, parameters) => {
    const name = String(parameters['InstanceName']);
    if (name.endsWith('refused')) return { error: { code: 'ResourceUnavailable.SaleOut', message: 'Sold out.' } };
    if (name.endsWith('cancelled')) return { deal: { timeline: [{ status: 3 }] } };
    return usual(action, parameters);
  });
  const busy = { kind: 'error', code: 'ResourceUnavailable.InstanceLockedError' } as const;
  simulator.fault(busy, { action: 'UpgradeInstance', times: 1 });
  simulator.fault({ kind: 'lostAnswer' }, { action: 'DestroyPostpaidInstance', times: 1 });
}

export const CHANGE_CASES: readonly ChangeCase[] = [
  {
    key: 'made',
    name: 'creates, resizes and deletes an instance, which is busy, and an answer is lost',
    async play({ simulator }, pipeline) {
      const id: unknown = await pipeline.result();
      const ofInstance = simulator.executed.filter(
        ({ parameters }) => parameters['InstanceId'] === id || parameters['InstanceName'] === pipeline.workflowId,
      );
      expectEqual(
        'what the API has done',
        ofInstance.map(({ action, parameters }) => [action, parameters['MemSize'] ?? null]),
        [
          ['CreateInstances', 1_024],
          ['UpgradeInstance', 4_096],
          ['DestroyPostpaidInstance', null],
        ],
      );
      return `${String(id)}, each change once`;
    },
  },
  {
    key: 'refused',
    name: 'is refused an instance',
    async play(_stage, pipeline) {
      const error: unknown = await pipeline.result().catch((reason: unknown) => reason);
      const failure = decodeRedisActionFailure(error);
      expectEqual('the failure', failure?.type, 'RedisActionRefused');
      if (!failure?.message.includes('nothing was started')) throw new Error(`unexpected message: ${failure?.message}`);
      return `fails: ${failure.type}`;
    },
  },
  {
    key: 'cancelled',
    name: 'is cancelled while its order is delivered',
    async play({ client, simulator }, pipeline) {
      const isOrdered = () =>
        simulator.executed.some(({ parameters }) => parameters['InstanceName'] === pipeline.workflowId);
      await until(pipeline, isOrdered);
      await pipeline.cancel();
      const error: unknown = await pipeline.result().catch((reason: unknown) => reason);
      if (!(error instanceof WorkflowFailedError)) throw error;
      const change = client.workflow.getHandle(`${pipeline.workflowId}/CreateInstances`);
      const [ofPipeline, ofChange] = await Promise.all([pipeline.describe(), change.describe()]);
      const statuses = { pipeline: ofPipeline.status.name, change: ofChange.status.name };
      expectEqual('the statuses', statuses, { pipeline: 'CANCELLED', change: 'CANCELLED' });
      return 'both are CANCELLED';
    },
  },
];

/** Starts a pipeline and checks how it ends. @returns what it ended in, in a few words */
export async function playChange(stage: Stage, language: Language, which: ChangeCase): Promise<string> {
  const workflowId = `${language.taskQueue}-${which.key}`;
  const pipeline = await stage.client.workflow.start('temporaryRedis', {
    taskQueue: language.taskQueue,
    workflowId,
    args: [{ region: REGION, params: { InstanceName: workflowId, MemSize: 1_024, GoodsNum: 1 } }],
    workflowExecutionTimeout: '90s',
  });
  const said = await which.play(stage, pipeline);
  const { type, taskQueue } = await stage.client.workflow.getHandle(`${workflowId}/CreateInstances`).describe();
  expectEqual('the child', { type, taskQueue }, { type: RUN_REDIS_ACTION, taskQueue: DEFAULT_TASK_QUEUE });
  return said;
}
