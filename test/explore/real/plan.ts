import fc from 'fast-check';
import type { Fault, FaultScope } from '../../../src/testing/index.js';
import type { FaultKind, WaitScript } from '../wait-script.js';

/** One wait of a run, and when it begins. */
export interface PlannedWait {
  readonly index: number;
  readonly taskId: number;
  readonly beginsAtMs: number;
  readonly script: WaitScript;
}

/** What befalls all waits at once. */
export interface Trouble {
  readonly atMs: number;
  readonly does:
    | { readonly kind: 'killWorker'; readonly signal: 'SIGKILL' | 'SIGTERM' }
    | { readonly kind: 'killServer' }
    | { readonly kind: 'fault'; readonly fault: Fault; readonly scope: FaultScope };
}

/** What a run consists of. The same seed makes the same plan. */
export interface Plan {
  readonly waits: readonly PlannedWait[];
  readonly troubles: readonly Trouble[];
}

export interface PlanOptions {
  readonly seed: number;
  readonly waits: number;
  readonly seconds: number;
  readonly killEverySeconds: number;
  readonly killServer: boolean;
  readonly scripts: fc.Arbitrary<WaitScript>;
}

const FIRST_TASK = 700_001;

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
export function planRun({ seed, waits, seconds, killEverySeconds, killServer, scripts }: PlanOptions): Plan {
  const runMs = 1_000 * seconds;
  const begins = fc.integer({ min: 0, max: Math.round(0.6 * runMs) });
  const dealt = fc.sample(fc.tuple(begins, scripts), { seed, numRuns: waits });
  const weather = fc.record({ atMs: fc.integer({ min: 0, max: runMs }), does: faults });
  return {
    waits: dealt.map(([beginsAtMs, script], index) => ({ index, taskId: FIRST_TASK + index, beginsAtMs, script })),
    troubles: [
      ...kills(runMs, killEverySeconds),
      ...(killServer ? [{ atMs: runMs / 2, does: { kind: 'killServer' as const } }] : []),
      ...fc.sample(weather, { seed: seed + 1, numRuns: Math.ceil(seconds / 15) }),
    ],
  };
}

const faults = fc.oneof(
  fc.constantFrom('AuthFailure.TokenFailure', 'AuthFailure.SignatureExpire').map((code) => ({
    kind: 'fault' as const,
    fault: { kind: 'error' as const, code },
    scope: { times: 1 },
  })),
  fc
    .tuple(
      fc.constantFrom<Fault>(
        { kind: 'html', httpStatus: 504 },
        { kind: 'throttled' },
        { kind: 'slow', delayMs: 1_500 },
        { kind: 'truncated' },
        { kind: 'lostAnswer' },
        { kind: 'resetIdle' },
      ),
      fc.integer({ min: 100, max: 4_000 }),
      fc.constantFrom(0.3, 1),
    )
    .map(([fault, forMs, probability]) => ({ kind: 'fault' as const, fault, scope: { forMs, probability } })),
);

function kills(runMs: number, everySeconds: number): Trouble[] {
  if (everySeconds === 0) return [];
  const times = Math.floor(runMs / 1_000 / everySeconds);
  return Array.from({ length: times }, (_, index) => ({
    atMs: 1_000 * everySeconds * (index + 0.7),
    does: { kind: 'killWorker' as const, signal: index % 2 === 0 ? 'SIGKILL' : 'SIGTERM' },
  }));
}
