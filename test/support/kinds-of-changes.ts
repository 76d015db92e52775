import type { RedisActionName } from '../../src/contract/action/actions.js';
import type { RunRedisActionInput } from '../../src/contract/action/input.js';
import type { FaultScope, TaskStep } from '../../src/testing/index.js';
import type { AnyHandle, KindOfWait } from './kind-of-wait.js';
import { newInstance } from './moments.js';
import { REGION, type Waits } from './waits.js';

const RUNNING = { status: 2 };

/**
 * Every kind of change, by a name that tells. Each has an action of its own, since that is all by which a fault can tell them
 * apart.
 */
export const KINDS_OF_CHANGES: Readonly<Record<string, KindOfWait>> = {
  'change-that-is-accepted': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => start(waits, workflowId, { action: 'ClearInstance' }),
  },
  'change-by-a-parent': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const input = inputFor(waits, 'DisableReplicaReadonly');
      const options = { taskQueue: waits.taskQueue, workflowId: `${workflowId}/change` };
      return waits.startWorkflow('changingParent', [input, options], { workflowId });
    },
  },
  'change-of-a-busy-instance': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      once(waits, 'ModifyInstanceParams', { code: 'ResourceUnavailable.InstanceLockedError' });
      return start(waits, workflowId, { action: 'ModifyInstanceParams' });
    },
  },
  'change-that-is-throttled': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      once(waits, 'EnableReplicaReadonly', { code: 'RequestLimitExceeded' });
      return start(waits, workflowId, { action: 'EnableReplicaReadonly' });
    },
  },
  'change-of-an-instance-that-stays-busy': {
    ending: 'RedisTaskTimedOut',
    play: (waits, workflowId) => {
      const InstanceId = newInstance(waits, { ...RUNNING, locked: true });
      return start(waits, workflowId, { action: 'CloseSSL', params: { InstanceId }, maxWait: '12s' });
    },
  },
  'change-that-is-refused': {
    ending: 'RedisActionRefused',
    play: (waits, workflowId) => {
      once(waits, 'RenewInstance', { code: 'FailedOperation.PayFailed' });
      return start(waits, workflowId, { action: 'RenewInstance' });
    },
  },
  'change-without-a-right': {
    ending: 'RedisTaskUnauthorized',
    play: (waits, workflowId) => {
      once(waits, 'SwitchInstanceVip', { code: 'UnauthorizedOperation.NoCAMAuthed', times: 2 });
      return start(waits, workflowId, { action: 'SwitchInstanceVip' });
    },
  },
  'change-whose-lost-answer-is-found': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      waits.simulator.fault({ kind: 'lostAnswer' }, { action: 'RestoreInstance', times: 1 });
      return start(waits, workflowId, { action: 'RestoreInstance' });
    },
  },
  'change-whose-lost-answer-is-not-found': {
    ending: 'RedisActionUncertain',
    isLong: true,
    play: (waits, workflowId) => {
      waits.simulator.fault({ kind: 'reset' }, { action: 'KillMasterGroup', times: 1 });
      return start(waits, workflowId, { action: 'KillMasterGroup' });
    },
  },
  'change-that-is-submitted-again': {
    ending: 'COMPLETED',
    isLong: true,
    play: (waits, workflowId) => {
      waits.simulator.fault({ kind: 'reset' }, { action: 'AllocateWanAddress', times: 1 });
      return start(waits, workflowId, { action: 'AllocateWanAddress' });
    },
  },
  'change-of-several-tasks': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const InstanceIds = [newInstance(waits, RUNNING), newInstance(waits, RUNNING)];
      return start(waits, workflowId, { action: 'ApplyParamsTemplate', params: { InstanceIds, TemplateId: 't' } });
    },
  },
  'change-with-nothing-to-do': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      waits.simulator.onAction('OpenSSL', () => ({ TaskId: -1 }));
      return start(waits, workflowId, { action: 'OpenSSL' });
    },
  },
  'change-whose-task-fails': {
    ending: 'RedisTaskFailed',
    play: (waits, workflowId) => {
      answersTask(waits, 'UpgradeSmallVersion', { status: 'failed', message: 'disk is full' });
      return start(waits, workflowId, { action: 'UpgradeSmallVersion' });
    },
  },
  'change-that-is-only-started': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => start(waits, workflowId, { action: 'ChangeReplicaToMaster', waitFor: 'start' }),
  },
  'change-that-orders-a-size': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      const InstanceId = newInstance(waits, RUNNING);
      const params = { InstanceId, MemSize: 4_096 };
      return start(waits, workflowId, { action: 'UpgradeInstance', params, expect: { memSizeMb: 4_096 } });
    },
  },
  'change-that-orders-a-new-instance': {
    ending: 'COMPLETED',
    play: (waits, workflowId) =>
      start(waits, workflowId, { action: 'CreateInstances', params: { GoodsNum: 1, MemSize: 2_048 } }),
  },
  'change-whose-order-is-followed-by-its-task': {
    ending: 'COMPLETED',
    play: async (waits, workflowId) => {
      const instanceId = newInstance(waits, RUNNING);
      const action = 'UpgradeInstanceVersion';
      const handle = await start(waits, workflowId, { action, params: { InstanceId: instanceId } });
      await waits.simulator.waitForCall((call) => call.action === action && call.outcome === 'ok');
      waits.simulator.addTask(waits.addTask(), { instanceId, typeCode: '043', timeline: [{ status: 'succeed' }] });
      return handle;
    },
  },
  'change-whose-order-fails': {
    ending: 'RedisInstanceFailed',
    play: (waits, workflowId) => {
      const dealName = `2025${waits.addTask()}`;
      waits.simulator.addDeal(dealName, { timeline: [{ status: 7 }] });
      waits.simulator.onAction('CloneInstances', () => ({ DealId: dealName }));
      return start(waits, workflowId, { action: 'CloneInstances' });
    },
  },
  'change-that-is-cancelled-in-its-submit': {
    ending: 'CANCELLED',
    play: async (waits, workflowId) => {
      waits.simulator.fault({ kind: 'hang' }, { action: 'SwitchProxy', times: 1 });
      const handle = await start(waits, workflowId, { action: 'SwitchProxy' });
      await waits.simulator.waitForCall(({ action }) => action === 'SwitchProxy');
      await handle.cancel();
      return handle;
    },
  },
  'change-that-is-cancelled-in-its-wait': {
    ending: 'CANCELLED',
    play: async (waits, workflowId) => {
      const taskId = answersTask(waits, 'ManualBackupInstance', { status: 'running' });
      const handle = await start(waits, workflowId, { action: 'ManualBackupInstance' });
      await waits.simulator.waitForCall((call) => call.action === 'DescribeTaskInfo' && call.taskId === String(taskId));
      await handle.cancel();
      return handle;
    },
  },
  'change-by-an-input-that-breaks-a-rule': {
    ending: 'RedisTaskInvalidInput',
    play: (waits, workflowId) =>
      start(waits, workflowId, { action: 'ResetPassword', params: { InstanceId: 'crs-a', Password: 'hunter2' } }),
  },
};

/** The same for a server that suggests early to continue as new. */
export const KINDS_OF_LONG_CHANGES: Readonly<Record<string, KindOfWait>> = {
  'change-and-continued-as-new': {
    ending: 'COMPLETED',
    play: (waits, workflowId) => {
      once(waits, 'ReleaseWanAddress', { code: 'RequestLimitExceeded', times: 3 });
      return start(waits, workflowId, { action: 'ReleaseWanAddress' });
    },
  },
};

/** The error by which the API answers an action, once if nothing else is said. */
function once({ simulator }: Waits, action: RedisActionName, { code, times = 1 }: { code: string } & FaultScope): void {
  simulator.fault({ kind: 'error', code }, { action, times });
}

/** Lets an action answer a task of this status. */
function answersTask(waits: Waits, action: RedisActionName, step: TaskStep): number {
  const taskId = waits.addTask(step);
  waits.simulator.onAction(action, () => ({ TaskId: taskId }));
  return taskId;
}

function inputFor(waits: Waits, action: RedisActionName): RunRedisActionInput {
  const polling = { initialInterval: '1s', backoffCoefficient: 1, jitter: 0 } as const;
  return { action, region: REGION, params: { InstanceId: newInstance(waits, RUNNING) }, polling };
}

function start(
  waits: Waits,
  workflowId: string,
  input: Partial<RunRedisActionInput> & Pick<RunRedisActionInput, 'action'>,
): Promise<AnyHandle> {
  return waits.startWorkflow('runRedisAction', [{ ...inputFor(waits, input.action), ...input }], { workflowId });
}
