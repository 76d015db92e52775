import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { RedisApi } from 'temporal-tencent-redis/activities';
import { call, type Instance } from './call.js';

/** What can be resized, per shard. A change of the memory has to name the other two as they are. */
export interface Size {
  readonly memSizeMb: number;
  readonly shards: number;
  readonly replicas: number;
}

/** A resize that was ordered. The name is null when an earlier attempt has ordered it and its answer was lost. */
export interface Order {
  readonly dealName: string | null;
}

/** Codes of `DescribeTaskList`. */
const TASK_TYPES = { resize: '002', backup: '012' } as const;

/** `Status` of an instance: 0 and 1 come before this one, isolated and deleted ones are negative. */
const RUNNING = 2;

/** `Status` of a deal that delivers nothing any more: failed, refunded, closed, expired, invalid, refused. */
const DEAD_DEALS = [5, 6, 7, 8, 9, 10, 11];

/** Alerts a person. `key` is the same in each attempt, so that a pager can drop the second one. */
export type Page = (message: string, key: string) => Promise<void>;

export type Activities = ReturnType<typeof createActivities>;

/**
 * The pipeline's activities. Temporal may run each of them more than once, and the API has no token that makes a request
 * unique. So those that change something get the ids of the tasks `known` before, and first look whether an earlier
 * attempt has created one.
 */
export function createActivities(api: RedisApi, page: Page) {
  async function tasksOf(instance: Instance, kind: keyof typeof TASK_TYPES): Promise<number[]> {
    const params = { InstanceId: instance.instanceId, TaskTypes: [TASK_TYPES[kind]], Limit: 100 };
    const { Tasks } = await call(api, instance, 'DescribeTaskList', params);
    return ((Tasks ?? []) as { TaskId: number | string }[]).map(({ TaskId }) => Number(TaskId));
  }

  async function newTaskOf(instance: Instance, kind: keyof typeof TASK_TYPES, known: readonly number[]) {
    return (await tasksOf(instance, kind)).find((taskId) => !known.includes(taskId));
  }

  async function sizeOf(instance: Instance): Promise<Size> {
    const { InstanceSet } = await call(api, instance, 'DescribeInstances', { InstanceId: instance.instanceId });
    const [found] = (InstanceSet ?? []) as Record<string, number>[];
    const { Status = RUNNING, RedisShardSize = 0, RedisShardNum = 0, RedisReplicasNum = 0 } = found ?? {};
    if (!found || Status < 0) {
      throw ApplicationFailure.nonRetryable(`${instance.instanceId} does not exist, or not any more`, 'NoInstance');
    }
    if (Status !== RUNNING) throw notYet('InstanceBusy', `${instance.instanceId} is being changed`);
    return { memSizeMb: RedisShardSize, shards: RedisShardNum, replicas: RedisReplicasNum };
  }

  return {
    tasksOf,
    sizeOf,

    /** Orders a resize. @returns null if the instance has this size already */
    async orderResize(instance: Instance, size: Size, known: readonly number[]): Promise<Order | null> {
      if ((await newTaskOf(instance, 'resize', known)) !== undefined) return { dealName: null };
      if ((await sizeOf(instance)).memSizeMb === size.memSizeMb) return null;
      const { DealName } = await call(api, instance, 'UpgradeInstance', {
        InstanceId: instance.instanceId,
        MemSize: size.memSizeMb,
        RedisShardNum: size.shards,
        RedisReplicasNum: size.replicas,
      });
      return { dealName: typeof DealName === 'string' ? DealName : null };
    },

    /** Finds the task of an order: `UpgradeInstance` returns none. It appears once the order has been paid. */
    async taskOfOrder(instance: Instance, { dealName }: Order, known: readonly number[]): Promise<number> {
      const taskId = await newTaskOf(instance, 'resize', known);
      if (taskId !== undefined) return taskId;
      if (dealName !== null) {
        const answer = await call(api, instance, 'DescribeInstanceDealDetail', { DealName: dealName });
        const [deal] = (answer['DealDetails'] ?? []) as { Status: number; Description?: string }[];
        if (deal && DEAD_DEALS.includes(deal.Status)) {
          const message = `Order ${dealName} delivers nothing: status ${deal.Status}, "${deal.Description ?? ''}"`;
          throw ApplicationFailure.nonRetryable(message, 'OrderFailed');
        }
      }
      throw notYet('NoTaskYet', `Order ${dealName ?? ''} has no task yet`);
    },

    /** Starts a backup. An automatic one that has begun meanwhile is as good. @returns its task */
    async backUp(instance: Instance, known: readonly number[]): Promise<number> {
      const taskId = await newTaskOf(instance, 'backup', known);
      if (taskId !== undefined) return taskId;
      const Remark = activityInfo().workflowExecution?.workflowId;
      const params = { InstanceId: instance.instanceId, Remark };
      // Some actions answer the id as text.
      return Number((await call(api, instance, 'ManualBackupInstance', params))['TaskId']);
    },

    async alert(message: string): Promise<void> {
      const { workflowExecution, activityId } = activityInfo();
      await page(message, [workflowExecution?.runId, activityId].join('/'));
    },
  };
}

/** Temporal tries again. It is no error, so that the SDK logs no warning. */
function notYet(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type, message, category: ApplicationFailureCategory.BENIGN });
}
