/**
 * How an action answers, what a second submit would do, and by which codes `DescribeTaskList` may call its tasks.
 *
 * Answers: `task` has a `TaskId` or `FlowId`, `tasks` has `TaskIds`, `deal` has a `DealName` or `DealId`.
 *
 * Second submit: `value` sets the same value again. `guarded` is refused or has no effect, since the state it starts from is
 * gone. `copy` makes another copy. `never` buys, swaps, fails over or wipes once more.
 *
 * Answers are those of the API's own SDKs. What a second submit does, and the codes, are concluded from names and documents:
 * where they are wrong, a lost answer ends as uncertain, or is found later.
 */
type Row = readonly [answer: 'task' | 'tasks' | 'deal', repeat: Repeat, taskTypes: readonly string[]];

/** What a second submit of the same change does. */
export type Repeat = 'value' | 'guarded' | 'copy' | 'never';

/** Every action of the API that starts a task or an order. Source: SDKs for Node.js 4.1.313 and Python 3.1.189, tccli 3.1.189. */
const ACTIONS = {
  AddReplicationInstance: ['task', 'guarded', ['050']],
  AllocateWanAddress: ['task', 'guarded', ['052']],
  ApplyParamsTemplate: ['tasks', 'value', ['034']],
  ChangeInstanceRole: ['task', 'value', ['057']],
  ChangeMasterInstance: ['task', 'value', ['056']],
  ChangeReplicaToMaster: ['task', 'never', ['049']],
  CleanUpInstance: ['task', 'guarded', ['006']],
  ClearInstance: ['task', 'never', ['004']],
  CloneInstances: ['deal', 'never', ['001', '026']],
  CloseSSL: ['task', 'value', []],
  CreateInstanceAccount: ['task', 'guarded', ['037']],
  CreateInstances: ['deal', 'never', ['001']],
  CreateReplicationGroup: ['task', 'guarded', ['050']],
  DeleteInstanceAccount: ['task', 'guarded', ['037']],
  DeleteReplicationInstance: ['task', 'guarded', ['055']],
  DestroyPostpaidInstance: ['task', 'guarded', ['003']],
  DestroyPrepaidInstance: ['deal', 'guarded', ['003']],
  DisableReplicaReadonly: ['task', 'value', ['040']],
  EnableReplicaReadonly: ['task', 'value', ['039']],
  KillMasterGroup: ['task', 'never', ['048']],
  ManualBackupInstance: ['task', 'copy', ['012']],
  ModfiyInstancePassword: ['task', 'guarded', ['007']],
  ModifyConnectionConfig: ['task', 'value', ['044', '038']],
  ModifyInstanceAccount: ['task', 'value', ['037']],
  ModifyInstanceAvailabilityZones: ['task', 'value', ['066', '029', '058']],
  ModifyInstanceBackupMode: ['task', 'value', ['070']],
  ModifyInstanceParams: ['task', 'value', ['034']],
  ModifyInstancePassword: ['task', 'guarded', ['007']],
  ModifyInstanceReadOnly: ['task', 'value', ['033']],
  ModifyNetworkConfig: ['task', 'value', ['027', '031', '062', '045']],
  OpenSSL: ['task', 'value', []],
  ReleaseWanAddress: ['task', 'guarded', ['053']],
  RemoveReplicationInstance: ['task', 'guarded', ['055']],
  RenewInstance: ['deal', 'never', []],
  ResetPassword: ['task', 'value', ['007', '035']],
  RestoreInstance: ['task', 'never', ['010']],
  StartupInstance: ['task', 'guarded', ['005']],
  SwitchInstanceVip: ['task', 'never', ['036']],
  SwitchProxy: ['task', 'never', []],
  UpgradeInstance: ['deal', 'value', ['002', '028', '029']],
  UpgradeInstanceProductVersion: ['deal', 'guarded', []],
  UpgradeInstanceVersion: ['deal', 'guarded', ['043', '041', '042']],
  UpgradeProxyVersion: ['task', 'guarded', ['061']],
  UpgradeSmallVersion: ['task', 'guarded', ['060']],
  UpgradeVersionToMultiAvailabilityZones: ['task', 'guarded', ['047']],
} as const satisfies Record<string, Row>;

/** The name of an action that `runRedisAction` can submit. */
export type RedisActionName = keyof typeof ACTIONS;

export const REDIS_ACTIONS = Object.keys(ACTIONS) as RedisActionName[];

/** What is known of an action. */
export interface ActionFacts {
  /** It answers with an order, not with a task. */
  readonly isDeal: boolean;
  readonly repeat: Repeat;
  /** Empty: not known. */
  readonly taskTypes: readonly string[];
  /** What an order of it makes of the instances. */
  readonly goal: 'running' | 'isolated';
}

export function factsOf(action: RedisActionName): ActionFacts {
  const [answer, repeat, taskTypes]: Row = ACTIONS[action];
  return {
    isDeal: answer === 'deal',
    repeat,
    taskTypes,
    goal: action === 'DestroyPrepaidInstance' ? 'isolated' : 'running',
  };
}

/** Whether a second submit of the same change can do no harm. */
export function canRepeat(action: RedisActionName): boolean {
  return ['value', 'guarded'].includes(factsOf(action).repeat);
}

/** Whether an action is made for an instance that is isolated. */
export function isForIsolated(action: RedisActionName): boolean {
  return action === 'StartupInstance' || action === 'CleanUpInstance';
}

/** The parameters that name instances whose tasks a submit may start. */
const INSTANCE_PARAMETERS = ['InstanceId', 'InstanceIds', 'SrcInstanceId', 'DstInstanceId'];

/** The instances that a change is about: none for one that makes them. */
export function instancesIn(params: Readonly<Record<string, unknown>>): string[] {
  const named = INSTANCE_PARAMETERS.flatMap((name) => params[name]);
  return [...new Set(named.filter((each): each is string => typeof each === 'string' && each !== ''))];
}
