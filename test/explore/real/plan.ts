import fc from 'fast-check';
import type { Fault, FaultScope, TaskScript } from '../../../src/testing/index.js';
import type { UPHEAVALS } from '../wait-record.js';
import { type FaultKind, UNTRUE_STATUS, type WaitScript } from '../wait-script.js';

/** One wait of a run, and when it begins. */
export interface PlannedWait {
  readonly index: number;
  readonly taskId: number;
  readonly beginsAtMs: number;
  readonly script: WaitScript;
  readonly startedBy: 'client' | 'parent';
  /** In their order. */
  readonly upheavals: readonly Upheaval[];
}

/** Something that is done to a wait or its parent by who runs them. */
export interface Upheaval {
  /** After the start. */
  readonly atMs: number;
  readonly does: (typeof UPHEAVALS)[number] | 'poke';
  /** Where in a history a reset goes, from its beginning (0) to its end (1). */
  readonly where: number;
}

/** When the next change is submitted, or just after it was answered. */
type Moment = 'arrival' | 'answer';

/** What befalls all waits at once. */
export interface Trouble {
  readonly atMs: number;
  readonly does:
    | { readonly kind: 'killWorker'; readonly signal: 'SIGKILL' | 'SIGTERM'; readonly inSubmit?: Moment }
    | { readonly kind: 'killServer'; readonly inSubmit?: Moment }
    | { readonly kind: 'terminateWatch' }
    | { readonly kind: 'fault'; readonly fault: Fault; readonly scope: FaultScope };
}

/** What a run consists of. The same seed makes the same plan. */
export interface Plan {
  readonly waits: readonly PlannedWait[];
  readonly troubles: readonly Trouble[];
  /** Tasks of others, for which nobody waits: the list has them too. */
  readonly others: ReadonlyMap<number, TaskScript>;
}

export interface PlanOptions {
  readonly seed: number;
  readonly waits: number;
  readonly seconds: number;
  readonly killEverySeconds: number;
  readonly killServer: boolean;
  /** The share of all calls that go wrong, in every way. */
  readonly faults: number;
  readonly scripts: fc.Arbitrary<WaitScript>;
  /** The share of waits that are started by a parent. @default 0: all by a client, and nothing is reset either */
  readonly parents?: number;
  /** The share of waits that are watched together. @default 0 */
  readonly shared?: number;
  /** How many changes are played beside the waits: workers and the server are killed while one is submitted. @default 0 */
  readonly changes?: number;
}

const FIRST_TASK = 700_001;
const FIRST_OTHER_TASK = 800_001;

/** What the simulator does for each fault of a script. */
export const SIMULATED: Readonly<Record<FaultKind, Fault>> = {
  internalError: { kind: 'error', code: 'InternalError' },
  gatewayPage: { kind: 'html', httpStatus: 502 },
  brokenConnection: { kind: 'reset' },
  noStatus: { kind: 'missingStatus' },
  slowAnswer: { kind: 'hang' },
  throttled: { kind: 'throttled', code: 'RequestLimitExceeded.UinLimitExceeded' },
  noSuchTask: { kind: 'error', code: 'FailedOperation.FlowNotExists' },
  // A refused key refuses every task, so it is a trouble of the run; what one task can lack is a permission.
  badToken: { kind: 'error', code: 'UnauthorizedOperation.NoCAMAuthed' },
  noPermission: { kind: 'error', code: 'InvalidParameter.PermissionDenied' },
  badClock: { kind: 'error', code: 'UnauthorizedOperation' },
  unsupportedRegion: { kind: 'error', code: 'UnsupportedRegion' },
};

/** Makes the plan of a run. */
export function planRun(options: PlanOptions): Plan {
  const {
    seed,
    waits,
    seconds,
    killEverySeconds,
    killServer,
    faults,
    scripts,
    parents = 0,
    shared = 0,
    changes = 0,
  } = options;
  const runMs = 1_000 * seconds;
  const begins = fc.integer({ min: 0, max: Math.round(0.6 * runMs) });
  const dealt = fc.sample(fc.tuple(begins, scripts), { seed, numRuns: waits });
  // Dealt apart: with the same seed the scripts are the same with and without parents, and whatever the pacing.
  const families = fc.sample(fc.tuple(share, upheavals), { seed: seed + 2, numRuns: waits });
  const pacings = fc.sample(share, { seed: seed + 3, numRuns: waits });
  const weather = fc.record({ atMs: fc.integer({ min: 0, max: runMs }), does: trouble });
  return {
    waits: dealt.map(([beginsAtMs, { polling, ...script }], index) => {
      const [draw = 1, shares = []] = families[index] ?? [];
      const pacing = (pacings[index] ?? 1) < shared ? ('shared' as const) : ('timers' as const);
      return {
        ...{ index, taskId: FIRST_TASK + index, beginsAtMs },
        script: { ...script, polling: { ...polling, pacing } },
        startedBy: draw < parents ? ('parent' as const) : ('client' as const),
        upheavals: parents === 0 ? [] : shares.map(({ at, ...each }) => ({ ...each, atMs: at * script.maxWaitMs })),
      };
    }),
    troubles: [
      ...kills(runMs, killEverySeconds, changes > 0),
      ...(killServer ? serverKills(runMs, changes > 0) : []),
      ...steadyFaults(faults, runMs),
      ...fc.sample(weather, { seed: seed + 1, numRuns: Math.ceil(seconds / 15) }),
      ...(shared > 0 ? troublesOfList(options, runMs) : []),
    ],
    others: new Map(
      shared === 0
        ? []
        : fc
            .sample(otherTask(runMs), { seed: seed + 4, numRuns: OTHERS })
            .map((task, index) => [FIRST_OTHER_TASK + index, task]),
    ),
  };
}

/**
 * Every way in which the simulator can fail a call. Slow is slower than the worker waits. No code is among them that
 * ends a wait.
 */
const FAULTS: readonly Fault[] = [
  { kind: 'slow', delayMs: 1_500 },
  { kind: 'slow', delayMs: 11_000 },
  { kind: 'html', httpStatus: 502 },
  { kind: 'html', httpStatus: 200 },
  { kind: 'http', status: 503, body: '{"error":"overloaded"}' },
  { kind: 'empty' },
  { kind: 'missingResponse' },
  { kind: 'reset' },
  { kind: 'resetIdle' },
  { kind: 'hang' },
  { kind: 'throttled', code: 'RequestLimitExceeded.UinLimitExceeded' },
  { kind: 'error', code: 'InternalError.InternalError' },
  { kind: 'error', code: 'FailedOperation.SystemError' },
  { kind: 'error', code: 'NeverHeardOf.ThisCode' },
  { kind: 'status', status: UNTRUE_STATUS },
  { kind: 'missingStatus' },
  { kind: 'truncated' },
  { kind: 'cutOff' },
  { kind: 'lostAnswer' },
];

const trouble: fc.Arbitrary<Trouble['does']> = fc.oneof(
  fc.constantFrom('AuthFailure.TokenFailure', 'AuthFailure.SignatureExpire').map((code) => ({
    kind: 'fault' as const,
    fault: { kind: 'error' as const, code },
    scope: { times: 1 },
  })),
  fc
    .tuple(fc.constantFrom(...FAULTS), fc.integer({ min: 100, max: 4_000 }), fc.constantFrom(0.3, 1))
    .map(([fault, forMs, probability]) => ({ kind: 'fault' as const, fault, scope: { forMs, probability } })),
);

/** Ways in which the list of tasks can be wrong. Steady faults and those of the weather strike its calls too. */
const LIST_FAULTS: readonly Fault[] = [
  { kind: 'listLag', lagMs: 10_000 },
  { kind: 'listHidden', share: 0.5 },
  { kind: 'listStuck', share: 0.5 },
  { kind: 'listResult', result: 2, share: 0.5 },
  { kind: 'listResult', result: 3, share: 0.5 },
  { kind: 'listSkip' },
  { kind: 'throttled', code: 'RequestLimitExceeded' },
  { kind: 'html', httpStatus: 502 },
  { kind: 'hang' },
  { kind: 'reset' },
];
export const LIST_ACTION = 'DescribeTaskList';

/** What befalls the list and the watches. In the end the list is refused for good, after which waits pace themselves. */
function troublesOfList({ seed, seconds, faults, killEverySeconds }: PlanOptions, runMs: number): Trouble[] {
  const during = (from: number, to: number) =>
    fc.integer({ min: Math.round(from * runMs), max: Math.round(to * runMs) });
  const many = <T>(one: fc.Arbitrary<T>, offset: number, numRuns: number) =>
    fc.sample(one, { seed: seed + offset, numRuns });
  const wrong = fc.record({
    atMs: during(0, 1),
    does: fc.tuple(fc.constantFrom(...LIST_FAULTS), fc.integer({ min: 2_000, max: 8_000 })).map(([fault, forMs]) => ({
      ...{ kind: 'fault' as const, fault, scope: { forMs, action: LIST_ACTION } },
    })),
  });
  const fault = { kind: 'error' as const, code: 'UnauthorizedOperation.NoCAMAuthed' };
  const refused = fc.record({
    atMs: during(0.6, 1),
    does: fc.constant({ kind: 'fault' as const, fault, scope: { forMs: 5_000, action: LIST_ACTION } }),
  });
  const terminated = fc.record({ atMs: during(0.05, 1), does: fc.constant({ kind: 'terminateWatch' as const }) });
  return [
    ...many(wrong, 5, Math.ceil((faults * seconds) / 4)),
    ...many(refused, 6, faults > 0 ? 1 : 0),
    ...many(terminated, 7, killEverySeconds > 0 ? Math.floor(seconds / killEverySeconds) : 0),
  ];
}

/** With those that are waited for, more than a page of the list. */
const OTHERS = 150;

/** A task of somebody else. Those newer than all that are waited for come first, and rows slip when one ends. */
function otherTask(runMs: number): fc.Arbitrary<TaskScript> {
  const endsAfterMs = fc.integer({ min: 0, max: 2 * runMs });
  return fc
    .tuple(endsAfterMs, fc.constantFrom('2000-01-01 00:00:00', '2099-01-01 00:00:00'))
    .map(([forMs, startTime]) => ({
      ...{ startTime, timeline: [{ status: 'running', forMs }, { status: 'succeed' }] },
    }));
}

/** From 0 to less than 1, each part as likely as another: most of fast-check's doubles are nearly 0. */
const share = fc.noBias(fc.integer({ min: 0, max: 9_999 })).map((each) => each / 10_000);

/** What befalls a family, each at a share of its wait's `maxWait`. For a wait without a parent most of it is nothing. */
const upheavals = fc
  .array(
    fc.record({
      at: share,
      where: share,
      does: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom('cancelParent', 'resetWait', 'poke') },
        { weight: 3, arbitrary: fc.constantFrom('cancelScope', 'resetParentToAfter') },
        { weight: 2, arbitrary: fc.constantFrom('terminateParent', 'resetParentToBefore', 'startOver') },
      ),
    }),
    { maxLength: 3 },
  )
  .map((all) => [...all].sort((a, b) => a.at - b.at));

/** Lets this share of all calls go wrong, in each way equally often. */
function steadyFaults(share: number, forMs: number): Trouble[] {
  if (share === 0) return [];
  const each = share / FAULTS.length;
  return FAULTS.map((fault, index) => {
    // A call that one fault spared comes to the next one, which strikes a larger share of what is left.
    const scope = { forMs, probability: each / (1 - each * index) };
    return { atMs: 0, does: { kind: 'fault', fault, scope } };
  });
}

function kills(runMs: number, everySeconds: number, inSubmits: boolean): Trouble[] {
  if (everySeconds === 0) return [];
  const times = Math.floor(runMs / 1_000 / everySeconds);
  return Array.from({ length: times }, (_, index) => ({
    atMs: 1_000 * everySeconds * (index + 0.7),
    does:
      index % 2 === 0
        ? { kind: 'killWorker' as const, signal: 'SIGKILL' as const, ...momentOf(index / 2, inSubmits) }
        : { kind: 'killWorker' as const, signal: 'SIGTERM' as const },
  }));
}

/** In the middle of a short run, every two minutes in a long one. */
function serverKills(runMs: number, inSubmits: boolean): Trouble[] {
  const times = Math.max(1, Math.floor(runMs / 120_000));
  return Array.from({ length: times }, (_, index) => ({
    atMs: (runMs * (index + 0.5)) / times,
    does: { kind: 'killServer' as const, ...momentOf(index, inSubmits) },
  }));
}

function momentOf(index: number, inSubmits: boolean): { readonly inSubmit?: Moment } {
  return inSubmits ? { inSubmit: index % 2 === 0 ? 'arrival' : 'answer' } : {};
}
