import fc from 'fast-check';
import { SUBMIT_FAULTS, type SubmitFault } from '../../changes/world.js';
import { type KindOfChange, KINDS } from './kinds.js';

/** One change of a run, and what the API and people do with it. */
export interface PlannedChange {
  readonly index: number;
  /** Its workflow id. */
  readonly key: string;
  readonly kind: KindOfChange;
  /** Those that it names: the first is that of its twin, too. */
  readonly instanceIds: readonly string[];
  readonly beginsAtMs: number;
  readonly maxWaitMs: number;
  readonly waitFor: 'end' | 'start';
  readonly pacing: 'timers' | 'shared';
  /** The secret that its password names is there. */
  readonly hasSecret: boolean;
  /** By the number of the submit that the API considers; later ones go well. */
  readonly submitFaults: readonly SubmitFault[];
  /** What the API says when it is busy, or refuses. */
  readonly busyCode: string;
  readonly refusedCode: string;
  /** How long after its start the list shows a task. */
  readonly listLagMs: number;
  /** How long its task or order takes, and how that ends. */
  readonly takesMs: number;
  readonly endsAs: 'succeed' | 'failed' | 'error';
  /** By which field an order is named. */
  readonly namedBy: 'DealName' | 'DealId' | 'both';
  /** Another flow holds the instance until then. */
  readonly lockedMs: number;
  /** Somebody cancels it so long after its start. */
  readonly cancelAtMs: number | undefined;
}

/** What the API documents for an instance that another flow holds. */
const BUSY = [
  'ResourceUnavailable.InstanceLockedError',
  'ResourceUnavailable.InstanceUnLockedError',
  'ResourceInUse.InstanceBeenLocked',
  'LimitExceeded.ReplicationGroupLocked',
  'ResourceUnavailable.InstanceStatusError',
  'ResourceUnavailable.InstanceStatusAbnormal',
  'FailedOperation.CommitFlowError',
];

const REFUSED = [
  'InvalidParameterValue.CheckNotPass',
  'ResourceUnavailable.SaleOut',
  'FailedOperation.PayFailed',
  'UnsupportedOperation.OnlyClusterInstanceCanExportBackup',
  'ResourceNotFound.InstanceNotExists',
];

const often = <const T>(usual: T, ...seldom: readonly T[]) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...seldom) });

/** Each as likely as another: most of fast-check's integers are near the ends. */
const evenly = (min: number, max: number) => fc.noBias(fc.integer({ min: Math.round(min), max: Math.round(max) }));

/** What the longest change takes, with a minute in which it is looked for. */
const LAST_MS = 200_000;

/** Makes the plan of the changes of a run. The same seed makes the same changes. */
export function planChanges(seed: number, changes: number, seconds: number): PlannedChange[] {
  const longestMs = Math.min(120_000, 500 * seconds);
  const change = fc.record({
    kind: fc.constantFrom(...KINDS),
    // A third of them, as the next one begins, meets its twin on the same instance.
    hasTwin: fc.constantFrom(true, false, false),
    beginsAtMs: evenly(0, Math.max(400 * seconds, 1_000 * seconds - LAST_MS)),
    maxWaitMs: evenly(2_000, longestMs),
    waitFor: often('end' as const, 'start'),
    pacing: often('timers' as const, 'shared'),
    hasSecret: fc.constantFrom(true, true, true, true, true, false),
    submitFaults: fc.array(fc.constantFrom('none' as const, ...SUBMIT_FAULTS), { maxLength: 3 }),
    busyCode: fc.constantFrom(...BUSY),
    refusedCode: fc.constantFrom(...REFUSED),
    listLagMs: often(0, 3_000, 20_000, 90_000),
    takesMs: evenly(500, longestMs / 2),
    endsAs: often('succeed' as const, 'failed', 'error'),
    namedBy: fc.constantFrom('DealName' as const, 'DealId' as const, 'both' as const),
    lockedMs: often(0, 5_000, 15_000),
    cancelAtMs: fc.oneof(
      { weight: 7, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: evenly(0, longestMs / 2) },
    ),
  });
  const dealt = fc.sample(change, { seed: seed + 20, numRuns: changes });
  return dealt.map(({ hasTwin, ...each }, index) => {
    const before = dealt[index - 1];
    const isTwin = hasTwin && before !== undefined && !before.kind.isNew && before.kind.answers !== 'tasks';
    // Twins of twins share an instance, too.
    const kind = isTwin && index % 2 === 0 ? before.kind : each.kind;
    const first = `crs-change${isTwin ? index - 1 : index}`;
    const isOfMany = kind.answers === 'tasks';
    return {
      ...each,
      ...{ index, kind, key: `change-${index}` },
      beginsAtMs: isTwin ? before.beginsAtMs + (each.beginsAtMs % 3_000) : each.beginsAtMs,
      instanceIds: kind.isNew ? [] : isOfMany ? [`crs-change${index}`, `crs-change${index}-b`] : [first],
    };
  });
}
