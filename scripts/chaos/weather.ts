import type { Fault, FaultHandle, FaultScope, RedisApiSimulator } from 'temporal-tencent-redis/testing';
import type { Dice } from './dice.js';

/**
 * Every way in which the simulator can fail a call, in the order in which it looks at them: before the API, instead of
 * its work, and on its answer. Slow means slower than the worker waits. No code is among them that ends a wait.
 */
export const FAULTS: readonly Fault[] = [
  { kind: 'slow', delayMs: 11_000 },
  { kind: 'html', httpStatus: 502 },
  { kind: 'html', httpStatus: 200 },
  { kind: 'http', status: 503, body: '{"error":"overloaded"}' },
  { kind: 'empty' },
  { kind: 'missingResponse' },
  { kind: 'reset' },
  { kind: 'resetIdle' },
  { kind: 'hang' },
  // Not the code of the simulator's own limit, so that the two can be told apart.
  { kind: 'throttled', code: 'RequestLimitExceeded.UinLimitExceeded' },
  { kind: 'error', code: 'InternalError.InternalError' },
  { kind: 'error', code: 'FailedOperation.SystemError' },
  { kind: 'error', code: 'NeverHeardOf.ThisCode' },
  { kind: 'status', status: 'verifying' },
  { kind: 'missingStatus' },
  { kind: 'truncated' },
  { kind: 'cutOff' },
  { kind: 'lostAnswer' },
];

/** Faults that would end a wait if they struck twice in a row: a worker's second call repairs them. */
const REPAIRABLE: readonly Fault[] = [
  { kind: 'error', code: 'AuthFailure.TokenFailure' },
  { kind: 'error', code: 'AuthFailure.SignatureExpire' },
];

/** "No such task", said of one that has been seen. */
const FORGOTTEN: Fault = { kind: 'error', code: 'InvalidParameter.InvalidParameter' };

/** How many calls each kind of fault has struck. */
export type FaultCounts = Readonly<Record<string, number>>;

/** Bad weather over the API. */
export interface Weather {
  /** Clear sky from now on; calls that are held stay held. */
  end(): void;
  /** Lets the API say once that there is no such task. Only for one that its wait has seen: else it would be believed. */
  forget(taskId: number): void;
  counts(): FaultCounts;
}

/** Lets this share of all calls go wrong, each kind as often as the others. */
export function startWeather(simulator: RedisApiSimulator, share: number, dice: Dice): Weather {
  const handles: { readonly name: string; readonly handle: FaultHandle }[] = [];
  const add = (fault: Fault, scope: FaultScope) =>
    void handles.push({ name: nameOf(fault), handle: simulator.fault(fault, scope) });
  // A call that one fault has spared comes to the next one: each later one must strike a larger share of what is left.
  const each = share / FAULTS.length;
  for (const [index, fault] of FAULTS.entries()) add(fault, { probability: each / (1 - each * index) });

  const met = new Set<string>();
  const unwatch = simulator.watchCalls(({ taskId }) => {
    if (taskId === undefined || met.has(taskId)) return;
    met.add(taskId);
    if (dice.chance(share / 4))
      for (const fault of dice.shuffled(REPAIRABLE).slice(1)) add(fault, { taskId, times: 1 });
  });
  let over = false;
  return {
    end() {
      over = true;
      unwatch();
      simulator.clearFaults();
    },
    forget(taskId) {
      if (!over) add(FORGOTTEN, { taskId, times: 1 });
    },
    counts() {
      const counts: Record<string, number> = {};
      for (const { name, handle } of handles) counts[name] = (counts[name] ?? 0) + handle.hits;
      return counts;
    },
  };
}

function nameOf(fault: Fault): string {
  switch (fault.kind) {
    case 'error':
      return fault.code;
    case 'html':
      return `html ${fault.httpStatus}`;
    case 'http':
      return `http ${fault.status}`;
    default:
      return fault.kind;
  }
}
