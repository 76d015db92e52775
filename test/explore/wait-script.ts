import fc from 'fast-check';

/** What one wait lives through: its input, its task, what goes wrong with its calls, and how it is steered. */
export interface WaitScript {
  readonly maxWaitMs: number;
  readonly polling: PollingScript;
  /** Undefined: the API has no such task. */
  readonly task: TaskLife | undefined;
  readonly faults: readonly FaultSpan[];
  readonly acts: readonly Act[];
}

/** Milliseconds, as an input's `polling` has them. */
export interface PollingScript {
  readonly initialInterval: number;
  readonly backoffCoefficient: number;
  readonly maximumInterval: number;
  readonly jitter: number;
  readonly expectedDuration?: number;
  /** @default 'timers' */
  readonly pacing?: 'timers' | 'shared';
}

/** What truly becomes of a task, counted from the start of its wait. */
export interface TaskLife {
  /** The API does not know it before. */
  readonly visibleAfterMs: number;
  /** Statuses, each from its time on. The first is from 0 on. */
  readonly statuses: readonly { readonly fromMs: number; readonly status: string }[];
}

/** How the API answers, instead of what is true, or what becomes of a call. */
export type FaultKind = keyof typeof FAULTS;

/** The class of each fault, as the contract has it. */
export const FAULTS = {
  internalError: 'transient',
  gatewayPage: 'transient',
  brokenConnection: 'transient',
  noStatus: 'transient',
  slowAnswer: 'transient',
  throttled: 'throttled',
  noSuchTask: 'unknownTask',
  badToken: 'unauthorized',
  noPermission: 'unauthorized',
  badClock: 'unauthorized',
  unsupportedRegion: 'rejected',
} as const;

/** All calls of this wait in a span of time go wrong in one way. */
export interface FaultSpan {
  readonly kind: FaultKind;
  readonly fromMs: number;
  readonly forMs: number;
}

/** Something a client does to a wait, so long after its start. */
export interface Act {
  readonly atMs: number;
  readonly act:
    | { readonly does: 'extendWait'; readonly totalsMs: readonly number[]; readonly atOnce: boolean }
    | { readonly does: 'pollNow'; readonly times: number }
    | { readonly does: 'joinWait'; readonly maxWaitMs: number }
    | { readonly does: 'cancel' }
    | { readonly does: 'getState' };
}

/** Terminal statuses, and how a wait ends that sees them. */
export const TERMINAL: Readonly<Record<string, string>> = {
  succeed: 'succeeded',
  SUCCEED: 'succeeded',
  failed: 'RedisTaskFailed',
  error: 'RedisTaskErrored',
  Error: 'RedisTaskErrored',
};

/** A status that no task truly has: the API says it by mistake. */
export const UNTRUE_STATUS = 'untrue';

/** The scripts of waits that take at most so long, if nobody extends them. */
export function waitScripts(longestMs: number): fc.Arbitrary<WaitScript> {
  const time = fc.integer({ min: 0, max: longestMs });
  const total = fc.integer({ min: 1_000, max: Math.round(1.2 * longestMs) });
  const polling = fc
    .record({
      initialInterval: fc.integer({ min: 1_000, max: 10_000 }),
      backoffCoefficient: fc.constantFrom(1, 1.64, 2, 10),
      stretch: fc.constantFrom(1, 1.5, 5),
      jitter: fc.constantFrom(0, 0.1, 0.5),
      expectedDuration: fc.option(fc.integer({ min: 0, max: longestMs }), { nil: undefined, freq: 3 }),
    })
    .map(({ stretch, expectedDuration, ...rest }) => ({
      ...rest,
      maximumInterval: Math.round(rest.initialInterval * stretch),
      ...(expectedDuration !== undefined && { expectedDuration }),
    }));
  const task = fc
    .record({
      visibleAfterMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 20_000 })),
      changes: fc.array(fc.tuple(time, fc.constantFrom('running', 'preparing', 'verifying', '')), { maxLength: 2 }),
      end: fc.option(fc.tuple(time, fc.constantFrom(...Object.keys(TERMINAL))), { freq: 4 }),
    })
    .map(({ visibleAfterMs, changes, end }) => ({ visibleAfterMs, statuses: statusesOf(changes, end) }));
  const fault = fc.record({
    kind: fc.constantFrom(...(Object.keys(FAULTS) as FaultKind[])),
    fromMs: time,
    forMs: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 3_000, max: longestMs })),
  });
  const act = fc.record({
    atMs: time,
    act: fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          does: fc.constant('extendWait' as const),
          totalsMs: fc.oneof(
            total.map((each) => [each]),
            total.map((each) => [each, each]),
            fc.tuple(total, total).map(([there, back]) => [there, back, there]),
            // The total that is in force already.
            fc.constant([-1]),
          ),
          atOnce: fc.boolean(),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ does: fc.constant('pollNow' as const), times: fc.integer({ min: 1, max: 3 }) }),
      },
      { weight: 1, arbitrary: fc.record({ does: fc.constant('joinWait' as const), maxWaitMs: total }) },
      { weight: 1, arbitrary: fc.constant({ does: 'cancel' as const }) },
      { weight: 1, arbitrary: fc.constant({ does: 'getState' as const }) },
    ),
  });
  return fc.record({
    maxWaitMs: total,
    polling,
    task: fc.option(task, { nil: undefined, freq: 12 }),
    faults: fc.array(fault, { maxLength: 3 }),
    acts: fc.array(act, { maxLength: 5 }).map((acts) => [...acts].sort((a, b) => a.atMs - b.atMs)),
  });
}

function statusesOf(
  changes: readonly (readonly [number, string])[],
  end: readonly [number, string] | null,
): TaskLife['statuses'] {
  const endsAt = end?.[0] ?? Infinity;
  const before = changes.filter(([at]) => at > 0 && at < endsAt).sort(([a], [b]) => a - b);
  const statuses = [[0, 'preparing'] as const, ...before, ...(end ? [end] : [])];
  return statuses
    .filter(([at], index) => at > 0 || index === 0 || at === endsAt)
    .map(([fromMs, status]) => ({ fromMs, status }));
}

/** The status that a task truly has at a time, undefined where the API does not know it. */
export function trueStatus(task: TaskLife | undefined, atMs: number): string | undefined {
  if (!task || atMs < task.visibleAfterMs) return undefined;
  return task.statuses.filter(({ fromMs }) => fromMs <= atMs).at(-1)?.status;
}

/** When a task truly ended, and can be seen to have, undefined when it does not. */
export function trueEnd(task: TaskLife | undefined): number | undefined {
  const end = task?.statuses.find(({ status }) => status in TERMINAL);
  return task && end && Math.max(end.fromMs, task.visibleAfterMs);
}
