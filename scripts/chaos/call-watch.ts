import type { RedisApiSimulator, SimulatorCall } from 'temporal-tencent-redis/testing';

/** Two calls for one task at once: what two pollers of one wait would look like. */
export interface Overlap {
  readonly taskId: string;
  /** When the later of the two arrived. */
  readonly at: number;
  /** How long the earlier one had been under way. */
  readonly afterMs: number;
  /** How long after that the worker broke the earlier one off; undefined when it did not. */
  readonly brokenOffMs: number | undefined;
}

/** What the API was asked, and what it said, per task. */
export interface CallWatch {
  overlaps(): readonly Overlap[];
  /** The RequestIds of the answers that a task was given with. */
  answersFor(taskId: number): ReadonlySet<string>;
}

/** Watches every call from now on. */
export function watchCalls(simulator: RedisApiSimulator): CallWatch {
  const overlaps: { readonly earlier: SimulatorCall; overlap: Overlap }[] = [];
  const underWay = new Map<string, Set<SimulatorCall>>();
  const answers = new Map<string, Set<string>>();
  simulator.watchCalls((call) => {
    const { taskId, at } = call;
    if (taskId === undefined) return;
    const others = setOf(underWay, taskId);
    if (call.outcome === 'pending') {
      const [earlier] = others;
      if (earlier) {
        overlaps.push({ earlier, overlap: { taskId, at, afterMs: at - earlier.at, brokenOffMs: undefined } });
      }
      others.add(call);
      return;
    }
    others.delete(call);
    for (const each of overlaps) {
      if (each.earlier !== call || !call.aborted) continue;
      each.overlap = { ...each.overlap, brokenOffMs: Date.now() - each.overlap.at };
    }
    if (call.outcome === 'ok' && call.requestId !== undefined) setOf(answers, taskId).add(call.requestId);
  });
  return {
    overlaps: () => overlaps.map(({ overlap }) => overlap),
    answersFor: (taskId) => setOf(answers, String(taskId)),
  };
}

function setOf<T>(sets: Map<string, Set<T>>, key: string): Set<T> {
  const set = sets.get(key) ?? new Set<T>();
  sets.set(key, set);
  return set;
}
