// What the simulated API does with the changes of a run, and what it has done.
import { inBeijing } from '../../../../src/testing/beijing-time.js';
import type { DealStep, InstanceStep, RedisApiSimulator } from '../../../../src/testing/index.js';
import type { Execution } from '../../changes/oracle.js';
import type { SubmitFault } from '../../changes/world.js';
import type { PlannedChange } from './plan.js';

const FIRST_TASK = 900_001;
const FIRST_EARLIER = 500_050;
/** Of earlier tasks, which every instance has had. */
const EARLIER_CODES = ['003', '004', '007', '010', '012', '028', '034', '043', '052'];
/** How long before the change they began, and after its begin some of them are shown. */
const EARLIER_MS = 10_000;
const EARLIER_SHOWN_MS = 10_000;
const SIZE_BEFORE_MB = 1_024;

/** The secret of a change, as its file has it. */
export const secretOf = ({ index }: Pick<PlannedChange, 'index'>) => `hush-${index}-hush-Hunter2!`;

/** Answers changes by their plans. Who asks is told by a remark, or by the password. */
export class ChangesApi {
  readonly executed: Execution[] = [];
  /** How many of them were answered with an error: the simulator does not know that it has made them. */
  deniedAfter = 0;
  private readonly byMark = new Map<string, PlannedChange>();
  private readonly known = new Set<string>();
  /** When the first change of an instance begins. */
  private readonly firstBegins = new Map<string, number>();
  private readonly considered = new Map<string, number>();
  private nextTask = FIRST_TASK;
  private earlier = 0;
  /** The tasks of the rest of a request that starts one for each of its instances. */
  private left: number[] = [];

  constructor(
    private readonly simulator: RedisApiSimulator,
    changes: readonly PlannedChange[],
  ) {
    // Earlier than each of the changes that share an instance.
    for (const { instanceIds, beginsAtMs } of changes) {
      for (const id of instanceIds)
        this.firstBegins.set(id, Math.min(beginsAtMs, this.firstBegins.get(id) ?? Infinity));
    }
    for (const change of changes) {
      this.byMark.set(change.key, change);
      this.byMark.set(secretOf(change), change);
      this.prepare(change);
    }
    simulator.onCreate((action, parameters) => {
      const next = this.left.shift();
      if (next !== undefined) return { timeline: [{ status: 'succeed' }], noTaskId: next };
      const made = this.make(action, parameters);
      if ('error' in made) return made;
      const [first = 0, ...left] = made.taskIds;
      this.left = left;
      return { timeline: [{ status: 'succeed' }], noTaskId: first };
    });
    simulator.onOrder((action, parameters) => {
      const made = this.make(action, parameters);
      if ('error' in made) return made;
      const { change, instances } = made;
      const { namedBy, kind } = change;
      return {
        deal: { timeline: dealOf(change, Object.keys(instances)), namedBy },
        tellsInstances: kind.isNew === true,
      };
    });
  }

  /** Makes what a change finds: its instances, and the tasks that they have had. */
  private prepare({ instanceIds, lockedMs, beginsAtMs }: PlannedChange): void {
    for (const id of instanceIds) {
      // Twins share theirs.
      if (this.known.has(id)) continue;
      this.known.add(id);
      const running = { status: 2, memSizeMb: SIZE_BEFORE_MB };
      const timeline = lockedMs > 0 ? [{ ...running, locked: true, forMs: beginsAtMs + lockedMs }, running] : [running];
      this.simulator.addInstance(id, { timeline });
      for (const typeCode of EARLIER_CODES) this.addEarlier(typeCode, id, this.firstBegins.get(id) ?? beginsAtMs);
    }
  }

  /** Of no such id does a fault of the list hide a part: it is behind, but does not forget what was. */
  private addEarlier(typeCode: string, instanceId: string, beginsAtMs: number): void {
    const number = (this.earlier += 1);
    const taskId = FIRST_EARLIER + 100 * Math.floor(number / 50) + (number % 50);
    // The list shows every other one only when the change has begun.
    const visibleAfterMs = number % 2 === 0 ? beginsAtMs + EARLIER_SHOWN_MS : -60_000;
    const startTime = inBeijing(Date.now() + beginsAtMs - EARLIER_MS);
    this.simulator.addTask(taskId, {
      typeCode,
      instanceId,
      startTime,
      timeline: [{ status: 'succeed' }],
      visibleAfterMs,
    });
  }

  private make(action: string, parameters: Readonly<Record<string, unknown>>) {
    const change = this.byMark.get(String(parameters['Remark'] ?? parameters['Password']));
    if (!change) return { error: { code: 'InternalError', message: `Nobody asked for ${action}` } };
    this.simulator.setLockedCode(change.busyCode);
    const fault = this.faultOf(change);
    const refusal = refusalOf(fault, change);
    if (fault === 'lostBefore') this.spoil(action, 'lostAnswer');
    if (refusal !== undefined) return { error: { code: refusal } };

    const made = this.execute(change);
    if (fault === 'lostAfter') this.spoil(action, 'lostAnswer');
    if (fault === 'unreadableAfter') this.spoil(action, change.index % 2 === 0 ? 'missingStatus' : 'truncated');
    if (fault !== 'systemErrorAfter') return made;
    this.deniedAfter += 1;
    return { error: { code: 'FailedOperation.SystemError' } };
  }

  private faultOf({ key, submitFaults }: PlannedChange): SubmitFault {
    const count = this.considered.get(key) ?? 0;
    this.considered.set(key, count + 1);
    return submitFaults[count] ?? 'none';
  }

  /** The answer to the call that is being made right now is lost, or broken. */
  private spoil(action: string, kind: 'lostAnswer' | 'missingStatus' | 'truncated'): void {
    const fault = this.simulator.fault({ kind }, { action, times: 1 });
    queueMicrotask(() => fault.clear());
  }

  private execute(change: PlannedChange) {
    const { key, kind, listLagMs, takesMs, endsAs } = change;
    const instanceIds = kind.isNew ? [`crs-new-of-${change.index}-${this.executed.length}`] : change.instanceIds;
    const isDeal = kind.answers === 'deal';
    const taskIds = kind.answers === 'none' ? [] : instanceIds.map(() => (this.nextTask += 1));
    for (const [index, taskId] of taskIds.entries()) {
      const timeline = [{ status: 'running', forMs: takesMs }, { status: endsAs }];
      const startTime = inBeijing(Date.now());
      const instanceId = instanceIds[index] ?? '';
      this.simulator.addTask(taskId, { typeCode: kind.typeCode, instanceId, startTime, timeline });
      if (listLagMs > 0) this.simulator.fault({ kind: 'listHidden' }, { taskId, forMs: listLagMs });
    }
    const instances = Object.fromEntries(instanceIds.map((id) => [id, { timeline: instanceOf(change) }]));
    if (isDeal) for (const [id, script] of Object.entries(instances)) this.simulator.addInstance(id, script);
    this.executed.push({ by: key, action: kind.action, taskIds, startedAt: Date.now() });
    return { change, taskIds: kind.answers === 'none' ? [change.index % 2 === 0 ? 0 : -1] : taskIds, instances };
  }
}

function refusalOf(fault: SubmitFault, { busyCode, refusedCode }: PlannedChange): string | undefined {
  switch (fault) {
    case 'lostBefore':
    case 'systemErrorBefore':
      return 'FailedOperation.SystemError';
    case 'throttled':
      return 'RequestLimitExceeded';
    case 'busy':
      return busyCode;
    case 'refused':
      return refusedCode;
    default:
      return undefined;
  }
}

/** The instance of an order: held by its flow at first, though it says that it runs. */
function instanceOf({ kind, takesMs, endsAs }: PlannedChange): InstanceStep[] {
  const { leaves = 2, expect } = kind;
  const before = kind.isNew ? { status: 0 } : { status: 2, locked: true };
  const size = endsAs === 'succeed' && expect ? { memSizeMb: expect.memSizeMb } : {};
  return [
    { ...before, memSizeMb: SIZE_BEFORE_MB, forMs: takesMs / 3 },
    { status: 1, forMs: (2 * takesMs) / 3 },
    { status: endsAs === 'succeed' ? leaves : 2, ...size },
  ];
}

/** An order: not listed at first, and nothing is delivered where it fails. */
function dealOf({ takesMs, endsAs }: PlannedChange, instanceIds: readonly string[]): DealStep[] {
  return [
    { status: 2, listed: false, forPolls: 1 },
    { status: 3, instanceIds, forMs: takesMs },
    endsAs === 'succeed' ? { status: 4, instanceIds } : { status: endsAs === 'failed' ? 5 : 6 },
  ];
}
