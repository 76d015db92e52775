// The actions that change instances: what they answer, and what they start.
import {
  factsOf,
  instancesIn,
  isForIsolated,
  REDIS_ACTIONS,
  type RedisActionName,
} from '../contract/action/actions.js';
import { isWithdrawn } from '../contract/instance/standing.js';
import type { Account, OnOrder } from './account.js';
import { inBeijing } from './beijing-time.js';
import { ApiRefusal } from './refusals.js';
import type { ApiFields } from './reply.js';

/** What `DescribeTaskInfo` calls the tasks of some actions. */
const TASK_TYPES: Readonly<Partial<Record<RedisActionName, string>>> = {
  ClearInstance: 'redis cache clearing process',
  ManualBackupInstance: 'redis backup process',
};

/** Actions that answer with a `FlowId`. */
export const FLOWS: readonly RedisActionName[] = [
  'AllocateWanAddress',
  'ReleaseWanAddress',
  'UpgradeProxyVersion',
  'UpgradeSmallVersion',
  'UpgradeVersionToMultiAvailabilityZones',
];

export function isChange(action: string): action is RedisActionName {
  return REDIS_ACTIONS.some((each) => each === action);
}

/** Makes a change, unless its instances are held by another flow, or isolated. @throws ApiRefusal */
export function change(
  action: RedisActionName,
  parameters: Readonly<Record<string, unknown>>,
  region: string,
  account: Account,
): ApiFields {
  const instanceIds = instancesIn(parameters);
  for (const id of instanceIds) {
    const instance = account.instances.look(id);
    if (instance && isWithdrawn(instance) && !isForIsolated(action)) {
      throw new ApiRefusal('ResourceUnavailable.InstanceStatusAbnormal');
    }
    if (account.instances.isLocked(id) || (instance && account.tasks.hasOpenTask(id))) {
      throw new ApiRefusal(account.lockedCode);
    }
  }
  const answer = factsOf(action).isDeal
    ? order(action, parameters, region, account)
    : tasks(action, parameters, region, account);
  account.executed.push({ at: account.tasks.now(), action, region, parameters });
  return answer;
}

function order(
  action: RedisActionName,
  parameters: Readonly<Record<string, unknown>>,
  region: string,
  account: Account,
): ApiFields {
  const script = account.scripts.get(action);
  const made = script && 'deal' in script ? script : account.onOrder(action, parameters);
  if ('error' in made) throw new ApiRefusal(made.error.code, made.error.message);
  const { deal, instances = {}, task, tellsInstances = ['CreateInstances', 'CloneInstances'].includes(action) } = made;
  const name = account.instances.nextDealName();
  account.instances.addDeal(name, { region, ...deal });
  for (const [id, script] of Object.entries(instances)) account.instances.add(id, { region, ...script });
  if (task) account.tasks.create({ region, ...begunNow(action, account), ...task });
  return {
    ...(deal.namedBy !== 'DealName' && { DealId: name }),
    ...(deal.namedBy !== 'DealId' && { DealName: name }),
    ...(tellsInstances && { InstanceIds: Object.keys(instances) }),
  };
}

function tasks(
  action: RedisActionName,
  parameters: Readonly<Record<string, unknown>>,
  region: string,
  account: Account,
): ApiFields {
  const isOfEach = action === 'ApplyParamsTemplate';
  const ids = instancesIn(parameters);
  const text = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));
  const script = account.scripts.get(action);
  const answers = (isOfEach ? ids : [ids[0] ?? '']).map((instanceId) => {
    const creation = script && 'task' in script && !('deal' in script) ? script.task : account.onCreate(action, text);
    if ('error' in creation) throw new ApiRefusal(creation.error.code, creation.error.message);
    if (creation.noTaskId !== undefined) return creation.noTaskId;
    const taskId = account.tasks.create({
      region,
      instanceId,
      taskType: TASK_TYPES[action] ?? action,
      ...begunNow(action, account),
      ...creation,
    });
    return creation.taskIdAsString ? taskId : Number(taskId);
  });
  if (isOfEach) return { TaskIds: answers };
  return { [FLOWS.includes(action) ? 'FlowId' : 'TaskId']: answers[0] ?? 0 };
}

function begunNow(action: RedisActionName, account: Account) {
  return { typeCode: factsOf(action).taskTypes[0] ?? '037', startTime: inBeijing(account.serverNowMs()) };
}

/** By default an order is listed with the second look, takes three seconds, and makes or changes what it asks for. */
export function defaultOnOrder(newId: () => string): OnOrder {
  return (action, parameters) => {
    const size = sizeOf(parameters);
    const isNew = action === 'CreateInstances' || action === 'CloneInstances';
    const count = Number(parameters['GoodsNum'] ?? 1);
    const ids = isNew ? Array.from({ length: count }, newId) : instancesIn(parameters);
    const deal = {
      timeline: [
        { status: 2, listed: false, forPolls: 1 },
        { status: 3, instanceIds: ids, forMs: 3_000 },
        { status: 4, instanceIds: ids },
      ],
    };
    const end = { ...size, status: action === 'DestroyPrepaidInstance' ? -2 : 2 };
    const timeline = isNew
      ? [{ status: 0, forMs: 1_000 }, { status: 1, forMs: 2_000 }, end]
      : [{ status: 2, locked: true, forMs: 1_000 }, { status: 1, forMs: 2_000 }, end];
    return { deal, instances: Object.fromEntries(ids.map((id) => [id, { timeline }])) };
  };
}

function sizeOf({ MemSize, RedisShardNum, RedisReplicasNum, TypeId }: Readonly<Record<string, unknown>>) {
  const sizes = { memSizeMb: MemSize, shards: RedisShardNum, replicas: RedisReplicasNum, typeId: TypeId };
  // In a query, numbers are text.
  const given = Object.entries(sizes).filter(([, size]) => size != null && Number.isSafeInteger(Number(size)));
  return Object.fromEntries(given.map(([name, size]) => [name, Number(size)]));
}
