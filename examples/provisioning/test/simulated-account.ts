import type { RedisApiSimulator, TaskStep } from 'temporal-tencent-redis/testing';

type Kind = 'resize' | 'backup';

const TASK_TYPES = { resize: '002', backup: '012' } as const;

/** An account with one instance, on a simulator: each resize and each backup becomes a task, as in a real account. */
export class SimulatedAccount {
  memSizeMb = 4_096;
  /** How the next tasks go, the first one first. A task for which nothing is said succeeds at once. */
  readonly script: Record<Kind, (readonly TaskStep[])[]> = { resize: [], backup: [] };
  readonly orders: number[] = [];
  /** In so many lists, a new task is missing at first. */
  listsTooEarly = 0;
  /** `Status` of each order. 4 is delivered. */
  dealStatus = 4;
  private readonly tasks: { readonly TaskId: number; readonly TaskType: string; missing: number }[] = [];
  private static nextTaskId = 5_000;

  constructor(
    readonly simulator: RedisApiSimulator,
    readonly instanceId: string,
  ) {
    simulator.onAction('DescribeInstances', () => ({
      TotalCount: 1,
      InstanceSet: [
        { InstanceId: instanceId, Status: 2, RedisShardSize: this.memSizeMb, RedisShardNum: 1, RedisReplicasNum: 1 },
      ],
    }));
    simulator.onAction('DescribeTaskList', ({ TaskTypes }) => ({ Tasks: this.list(TaskTypes as string[]) }));
    simulator.onAction('DescribeInstanceDealDetail', ({ DealName }) => ({
      DealDetails: [{ DealName, Status: this.dealStatus, Description: 'as the test says' }],
    }));
    simulator.onAction('UpgradeInstance', ({ MemSize }) => this.resize(Number(MemSize)));
    simulator.onAction('ManualBackupInstance', () => ({ TaskId: this.createTask('backup').taskId }));
  }

  private resize(memSizeMb: number) {
    this.orders.push(memSizeMb);
    if (this.dealStatus === 4 && this.createTask('resize').succeeds) this.memSizeMb = memSizeMb;
    return { DealName: `deal-${this.orders.length}` };
  }

  private createTask(kind: Kind) {
    const taskId = (SimulatedAccount.nextTaskId += 1);
    const timeline = this.script[kind].shift() ?? [{ status: 'succeed' }];
    this.simulator.addTask(taskId, { timeline, instanceId: this.instanceId, taskType: kind });
    this.tasks.push({ TaskId: taskId, TaskType: TASK_TYPES[kind], missing: this.listsTooEarly });
    return { taskId, succeeds: timeline.at(-1)?.status === 'succeed' };
  }

  private list(taskTypes: readonly string[]) {
    return this.tasks.filter((task) => {
      task.missing -= 1;
      return task.missing < 0 && taskTypes.includes(task.TaskType);
    });
  }
}
