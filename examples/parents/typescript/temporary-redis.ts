import { workflowInfo } from '@temporalio/workflow';
import type { RedisActionName, RedisInstanceExpectation } from 'temporal-tencent-redis';
import { executeRedisAction } from 'temporal-tencent-redis/workflows';

/** What to order: the parameters of `CreateInstances`. */
export interface Order {
  readonly region: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Creates an instance, resizes it and deletes it. What fails ends it with the failure of the change. */
export async function temporaryRedis({ region, params: order }: Order): Promise<string> {
  // docs:start
  const { workflowId } = workflowInfo();
  const change = (action: RedisActionName, params: object, more: { expect?: RedisInstanceExpectation } = {}) =>
    executeRedisAction({ action, region, params: { ...params }, ...more }, { workflowId: `${workflowId}/${action}` });

  const { instanceIds } = await change('CreateInstances', order);
  const [InstanceId = ''] = instanceIds;
  await change('UpgradeInstance', { InstanceId, MemSize: 4_096 }, { expect: { memSizeMb: 4_096 } });
  await change('DestroyPostpaidInstance', { InstanceId });
  // docs:end
  return InstanceId;
}
