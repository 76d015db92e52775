import { seeded } from '../../test/support/seeded.js';
import { median, quantile } from '../support/statistics.js';

/** Waits for tasks that do not end, on the budget of one account. */
export interface ModelledFleet {
  readonly waits: number;
  readonly rps: number;
  readonly intervalS: number;
  readonly jitter: number;
  /** By how much a poll comes later than its schedule says without any queue: the way through Temporal. */
  readonly overheadS: number;
  /** Among how many parts of the task queue the server divides calls at random, and the rate evenly. */
  readonly partitions: number;
  /** When to begin to count, after the start of the waits. */
  readonly fromS: number;
  /** For how long: a gap counts when both of its polls are within. */
  readonly seconds: number;
}

/** Gaps are between two polls of one wait. */
export interface ModelledPolls {
  readonly gapMeanS: number;
  readonly gapMedianS: number;
  readonly gapP95S: number;
  readonly budgetUsed: number;
  /** Time in the task queue. */
  readonly queuedMedianS: number;
  readonly queuedP95S: number;
}

/** As in `pauseAfterPoll`: the next interval is at least as long as the last call was queued, up to this. */
const LONGEST_QUEUE_S = 30;
/** A single run of a short time says little. */
const RUNS = 10;

/**
 * Plays a fleet in virtual time, several times. Each partition lets one call pass every `partitions / rps` seconds, first
 * come first served: a token bucket that holds a single token, because worker processes space their calls.
 */
export function modelFleet(fleet: ModelledFleet): ModelledPolls {
  const runs = Array.from({ length: RUNS }, (_, seed) => [...playFleet(fleet, seeded(seed + 1))]);
  const polls = runs.flat();
  const gaps = runs.flatMap(gapsIn);
  const queued = polls.map(({ queuedS }) => queuedS);
  return {
    gapMeanS: (RUNS * fleet.waits * fleet.seconds) / polls.length,
    gapMedianS: median(gaps),
    gapP95S: quantile(gaps, 0.95),
    budgetUsed: polls.length / (RUNS * fleet.rps * fleet.seconds),
    queuedMedianS: median(queued),
    queuedP95S: quantile(queued, 0.95),
  };
}

interface Poll {
  readonly wait: number;
  readonly at: number;
  readonly queuedS: number;
}

/** The polls that count. */
function* playFleet(fleet: ModelledFleet, random: () => number): Generator<Poll> {
  const { waits, rps, intervalS, jitter, overheadS, partitions, fromS, seconds } = fleet;
  const due = new DueCalls();
  for (let wait = 0; wait < waits; wait += 1) due.add({ wait, dueAt: random() * intervalS });
  const freeAt = Array.from({ length: partitions }, () => 0);
  for (;;) {
    const { wait, dueAt } = due.takeFirst();
    if (dueAt >= fromS + seconds) return;
    const partition = Math.floor(random() * partitions);
    const at = Math.max(dueAt, freeAt[partition] ?? 0);
    freeAt[partition] = at + partitions / rps;
    if (at >= fromS && at < fromS + seconds) yield { wait, at, queuedS: at - dueAt };
    const pauseS = Math.max(intervalS * (1 + jitter * (2 * random() - 1)), Math.min(at - dueAt, LONGEST_QUEUE_S));
    due.add({ wait, dueAt: at + pauseS + overheadS });
  }
}

function gapsIn(polls: readonly Poll[]): number[] {
  const calledAt = new Map<number, number>();
  return polls.flatMap(({ wait, at }) => {
    const before = calledAt.get(wait);
    calledAt.set(wait, at);
    return before === undefined ? [] : [at - before];
  });
}

interface DueCall {
  readonly wait: number;
  readonly dueAt: number;
}

/** Calls in the order in which they are due. */
class DueCalls {
  /** The one due first is the last. */
  private readonly calls: DueCall[] = [];

  add(call: DueCall): void {
    let [from, to] = [0, this.calls.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.calls[middle]?.dueAt ?? 0) > call.dueAt) from = middle + 1;
      else to = middle;
    }
    this.calls.splice(from, 0, call);
  }

  takeFirst(): DueCall {
    const first = this.calls.pop();
    if (!first) throw new Error('No call is due');
    return first;
  }
}
