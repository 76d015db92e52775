// The kinds of changes that the explorer makes, by what the API's documents say of their actions.

/** One action, and what the API does with it. */
export interface KindOfChange {
  readonly action: string;
  /** `none`: it answers 0 or -1, since nothing has to be done. */
  readonly answers: 'task' | 'flow' | 'tasks' | 'deal' | 'none';
  /** The code of its tasks in the list. */
  readonly typeCode: string;
  /** Its parameter with a password. */
  readonly secret?: string;
  /** The parameters beside the instance and the secret. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** What its instances must be in the end. */
  readonly expect?: { readonly memSizeMb: number };
  /** The status of its instances in the end. @default 2, running */
  readonly leaves?: number;
  /** It makes new instances. */
  readonly isNew?: true;
  /** The worker does not allow it. */
  readonly isForbidden?: true;
}

export const KINDS: readonly KindOfChange[] = [
  { action: 'ClearInstance', answers: 'task', typeCode: '004', secret: 'Password' },
  { action: 'RestoreInstance', answers: 'task', typeCode: '010', secret: 'Password', params: { BackupId: 'b-1' } },
  { action: 'ManualBackupInstance', answers: 'task', typeCode: '012' },
  { action: 'ModifyInstanceParams', answers: 'task', typeCode: '034', params: { InstanceParams: [] } },
  { action: 'ResetPassword', answers: 'task', typeCode: '007', secret: 'Password' },
  { action: 'AllocateWanAddress', answers: 'flow', typeCode: '052' },
  { action: 'DestroyPostpaidInstance', answers: 'task', typeCode: '003' },
  // No document says how the list calls its tasks.
  { action: 'SwitchProxy', answers: 'task', typeCode: '071' },
  { action: 'ApplyParamsTemplate', answers: 'tasks', typeCode: '034', params: { TemplateId: 't-1' } },
  { action: 'OpenSSL', answers: 'none', typeCode: '072' },
  { action: 'ModifyInstanceReadOnly', answers: 'none', typeCode: '033', params: { InputMode: '0' } },
  {
    ...{ action: 'UpgradeInstance', answers: 'deal', typeCode: '028' },
    params: { MemSize: 4_096 },
    expect: { memSizeMb: 4_096 },
  },
  // Without an expectation its task is looked for.
  { action: 'UpgradeInstanceVersion', answers: 'deal', typeCode: '043', params: { SwitchOption: 2 } },
  {
    ...{ action: 'CreateInstances', answers: 'deal', typeCode: '001', isNew: true, secret: 'Password' },
    params: { GoodsNum: 1, MemSize: 2_048 },
    expect: { memSizeMb: 2_048 },
  },
  { action: 'RenewInstance', answers: 'deal', typeCode: '073', params: { Period: 1 } },
  { action: 'DestroyPrepaidInstance', answers: 'deal', typeCode: '003', leaves: -2 },
  { action: 'KillMasterGroup', answers: 'task', typeCode: '048', isForbidden: true },
];

/** What a worker is told to allow. */
export const ALLOWED = KINDS.filter(({ isForbidden }) => !isForbidden).map(({ action }) => action);
