import fc from 'fast-check';

/** What surrounds a wait besides its own script: queue, workers and server. Times in milliseconds since its start. */
export interface Surroundings {
  readonly seed: number;
  /** How long calls are in the task queue: backlog, by spans of time. Last polls and urgent ones overtake. */
  readonly backlog: readonly Span<{ readonly queueMs: number }>[];
  /** Nobody takes calls from the queue. */
  readonly deserted: readonly Span[];
  /** A worker that takes a call in such a span is killed with it. */
  readonly killed: readonly Span[];
  /** No worker runs the workflow. */
  readonly stalled: readonly Span[];
  /** How long a call takes. */
  readonly callMs: number;
  /** The server suggests to continue as new after so many workflow tasks. */
  readonly continueAfter: number;
  /** Where the wait is shared. */
  readonly watch?: VirtualWatch;
}

/** The watch of shared waits. */
export interface VirtualWatch {
  /** How long a join takes. After half a minute nobody has taken it. */
  readonly joinMs: number;
  /** What it tells the wait, whether it knows of it or not. */
  readonly reports: readonly { readonly atMs: number; readonly isUnable: boolean }[];
}

export type Span<More = object> = { readonly fromMs: number; readonly forMs: number } & More;

/** Surroundings of waits of at most so long. */
export function surroundings(longestMs: number): fc.Arbitrary<Surroundings> {
  const span = { fromMs: fc.integer({ min: 0, max: longestMs }), forMs: fc.integer({ min: 1, max: longestMs }) };
  const seldom = <T>(one: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(one, { minLength: 1, maxLength: 2 }));
  return fc.record({
    seed: fc.nat(),
    backlog: seldom(fc.record({ ...span, queueMs: fc.integer({ min: 1, max: 90_000 }) })),
    deserted: seldom(fc.record(span)),
    killed: seldom(fc.record({ ...span, forMs: fc.integer({ min: 1, max: 20_000 }) })),
    stalled: seldom(fc.record({ ...span, forMs: fc.integer({ min: 1, max: 20_000 }) })),
    callMs: fc.constantFrom(1, 30, 200, 900),
    continueAfter: fc.constantFrom(12, 60, 1_000, 1_000),
  });
}

/** Watches of shared waits that take at most so long. */
export function watches(longestMs: number): fc.Arbitrary<VirtualWatch> {
  const report = fc.record({ atMs: fc.integer({ min: 0, max: longestMs }), isUnable: fc.boolean() });
  return fc.record({
    joinMs: fc.constantFrom(1, 50, 3_000, 40_000),
    reports: fc.array(report, { maxLength: 4 }),
  });
}

/** The span that covers a time. */
export function during<T extends Span>(spans: readonly T[], atMs: number): T | undefined {
  return spans.find(({ fromMs, forMs }) => atMs >= fromMs && atMs < fromMs + forMs);
}
