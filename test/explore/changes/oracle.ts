// Judges changes by the contract alone: what was executed, and whether the ending is true. It uses none of the code's logic.

/** What is known of a change once it has been played. */
export interface ChangeRecord {
  readonly name: string;
  readonly action: string;
  /** How the list calls its tasks. */
  readonly typeCode: string;
  readonly maxWaitMs: number;
  /** How many of its submits were not answered in a way that tells whether the change was made. */
  readonly unclear: number;
  /** How many tasks it starts, at least and at most. */
  readonly startsTasks: readonly [number, number];
  readonly end: ChangeEnd | undefined;
  /** What went wrong in the play itself. */
  readonly wrong: readonly string[];
}

/** How a change ended: `succeeded`, `cancelled` or the type of its failure, with its result or details. */
export interface ChangeEnd {
  readonly as: string;
  readonly value: unknown;
  /** Since its start. */
  readonly atMs: number;
}

/** What the API has done. */
export interface Execution {
  /** The name of the change that asked for it. */
  readonly by: string;
  readonly action: string;
  readonly taskIds: readonly number[];
  readonly startedAt: number;
}

/** Changes that must not be made twice: they buy, copy, swap, fail over or wipe once more. */
const NEVER = [
  'ChangeReplicaToMaster',
  'ClearInstance',
  'CloneInstances',
  'CreateInstances',
  'KillMasterGroup',
  'ManualBackupInstance',
  'RenewInstance',
  'RestoreInstance',
  'SwitchInstanceVip',
  'SwitchProxy',
];

/** A minute of looking after the deadline, and the calls before and after it. */
const OVERTIME_MS = 240_000;

/** Endings that say that nothing was started, if they name nothing that was. */
const NOTHING_STARTED = ['RedisActionRefused', 'RedisTaskTimedOut', 'RedisTaskUnauthorized', 'RedisTaskRejected'];

/** @returns a sentence for each thing that is wrong with a change */
export function judgeChange(
  change: ChangeRecord,
  others: readonly ChangeRecord[],
  executed: readonly Execution[],
  overtimeMs = OVERTIME_MS,
): string[] {
  const { name, action, end, wrong } = change;
  const found = [...wrong];
  const own = executed.filter(({ by }) => by === name);
  if (NEVER.includes(action) && own.length > 1) found.push(`executed ${own.length} times`);
  if (own.length > 1 + change.unclear)
    found.push(`executed ${own.length} times, with ${change.unclear} unclear answers`);
  if (!end) return [...found, 'it never ends'];
  if (end.atMs > change.maxWaitMs + overtimeMs) found.push(`it ends only after ${end.atMs} ms`);

  const { taskIds = [], dealName = null } = (end.value ?? {}) as { taskIds?: number[]; dealName?: string | null };
  if (end.as === 'succeeded') {
    found.push(...falseSuccess(change, taskIds, own, others, executed));
  } else if (taskIds.length > 0 || dealName !== null) {
    if (own.length === 0 && !taskIds.some((id) => isOfTwin(id, change, others, executed)))
      found.push(`it ended as ${end.as} of ${taskIds.join(', ')}, but was not executed`);
  } else if (NOTHING_STARTED.includes(end.as)) {
    if (own.length > 0) found.push(`it ended as ${end.as}, but was executed`);
  } else if (end.as === 'RedisActionUncertain') {
    if (change.unclear === 0) found.push('it ended as uncertain, but every answer was clear');
  } else if (end.as !== 'cancelled') {
    found.push(`it ended as ${end.as}`);
  }
  return found;
}

function* falseSuccess(
  change: ChangeRecord,
  taskIds: readonly number[],
  own: readonly Execution[],
  others: readonly ChangeRecord[],
  executed: readonly Execution[],
): Iterable<string> {
  const [least, most] = change.startsTasks;
  const isOwn = (id: number) => own.some((each) => each.taskIds.includes(id));
  if (taskIds.length < least || taskIds.length > most) yield `it succeeded with the tasks ${taskIds.join(', ')}`;
  if (own.length === 0 && taskIds.length === 0) yield 'it succeeded, but was not executed';
  if (!taskIds.every((id) => isOwn(id) || isOfTwin(id, change, others, executed)))
    yield "it succeeded with another's task";
}

/** The task of another pipeline that does the same kind of thing cannot be told from its own. */
function isOfTwin(
  taskId: number,
  { typeCode }: ChangeRecord,
  others: readonly ChangeRecord[],
  executed: readonly Execution[],
): boolean {
  const by = executed.find(({ taskIds }) => taskIds.includes(taskId))?.by;
  return others.some((each) => each.name === by && each.typeCode === typeCode);
}
