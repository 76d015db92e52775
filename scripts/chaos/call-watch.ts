import type { RedisApiSimulator, SimulatorCall } from 'temporal-tencent-redis/testing';

/** Two calls for one task at once: what two pollers of one wait would look like. */
export interface Overlap {
  readonly taskId: string;
  /** When the later of the two arrived. */
  readonly at: number;
  /** How long the earlier one had been under way. */
  readonly afterMs: number;
}

/** What the API was asked, and what it said, per task. */
export interface CallWatch {
  readonly overlaps: readonly Overlap[];
  /** The RequestIds of the answers that a task was given with. */
  answersFor(taskId: number): ReadonlySet<string>;
}

/** Watches every call from now on. */
export function watchCalls(simulator: RedisApiSimulator): CallWatch {
  const overlaps: Overlap[] = [];
  const underWay = new Map<string, Set<SimulatorCall>>();
  const answers = new Map<string, Set<string>>();
  simulator.watchCalls((call) => {
    const { taskId, at } = call;
    if (taskId === undefined) return;
    const others = setOf(underWay, taskId);
    if (call.outcome === 'pending') {
      const [earlier] = others;
      if (earlier) overlaps.push({ taskId, at, afterMs: at - earlier.at });
      others.add(call);
      return;
    }
    others.delete(call);
    if (call.outcome === 'ok' && call.requestId !== undefined) setOf(answers, taskId).add(call.requestId);
  });
  return { overlaps, answersFor: (taskId) => setOf(answers, String(taskId)) };
}

function setOf<T>(sets: Map<string, Set<T>>, key: string): Set<T> {
  const set = sets.get(key) ?? new Set<T>();
  sets.set(key, set);
  return set;
}
