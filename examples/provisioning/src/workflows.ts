import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import { decodeRedisActionFailure, type RedisActionResult, type RunRedisActionInput } from 'temporal-tencent-redis';
import { executeRedisAction } from 'temporal-tencent-redis/workflows';
import type * as activities from './activities.js';

const { alert } = proxyActivities<typeof activities>({ startToCloseTimeout: '30s', scheduleToCloseTimeout: '10m' });

export interface Order {
  readonly region: string;
  readonly zoneId: number;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly memSizeMb: number;
}

/** An instance, with the memory that each of its shards is to have. */
export interface Resize extends Instance {
  readonly memSizeMb: number;
}

export interface Instance {
  readonly region: string;
  readonly instanceId: string;
}

/** Buys an instance with one shard and one replica, and waits until it runs. @returns its id */
export async function createInstance(order: Order): Promise<string> {
  const { region, zoneId: ZoneId, vpcId: VpcId, subnetId: SubnetId, memSizeMb: MemSize } = order;
  const size = { TypeId: 8, MemSize, RedisShardNum: 1, RedisReplicasNum: 1 };
  const params = { ZoneId, VpcId, SubnetId, ...size, GoodsNum: 1, Period: 1, BillingMode: 0, Password };
  const { instanceIds } = await change({ action: 'CreateInstances', region, params });
  return instanceIds.join();
}

/** Read by the worker of the package, from the file of this name in REDIS_TASK_SECRETS. */
const Password = { $secret: 'redis-main' };

/** Gives an instance more or less memory, and waits until it has it. */
export async function resizeInstance({ region, instanceId: InstanceId, memSizeMb }: Resize): Promise<void> {
  const params = { InstanceId, MemSize: memSizeMb };
  await change({ action: 'UpgradeInstance', region, params, expect: { memSizeMb } });
}

/** Returns an instance that is paid by the hour, then takes it out of the recycle bin. */
export async function deleteInstance({ region, instanceId: InstanceId }: Instance): Promise<void> {
  await change({ action: 'DestroyPostpaidInstance', region, params: { InstanceId } });
  await change({ action: 'CleanUpInstance', region, params: { InstanceId } });
}

/** Makes one change, and alerts a person when it fails. Its key has the pipeline's id in it: the same is never made twice. */
async function change(input: RunRedisActionInput): Promise<RedisActionResult> {
  try {
    return await executeRedisAction(input, { workflowId: `${workflowInfo().workflowId}/${input.action}` });
  } catch (error) {
    const failure = decodeRedisActionFailure(error);
    // Whoever has cancelled the pipeline knows it. The message says what is known, and what to do.
    if (failure) await alert(failure.message);
    throw error;
  }
}
