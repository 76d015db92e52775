import { seeded } from '../schedules/measure.js';
import { mean, median, quantile } from '../support/statistics.js';

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
}

/** Gaps are between two polls of one wait. */
export interface ModelledPolls {
  readonly gapMeanS: number;
  readonly gapMedianS: number;
  readonly gapP95S: number;
  readonly gapWorstS: number;
  readonly budgetUsed: number;
  /** Time in the task queue. */
  readonly queuedMedianS: number;
  readonly queuedP95S: number;
}

/** As in `pauseAfterPoll`: the next interval is at least as long as the last call was queued, up to this. */
const LONGEST_QUEUE_S = 30;
/** Polls of each wait that count, after as many that do not: the start is over by then. */
const POLLS_PER_WAIT = 20;

/**
 * Plays a fleet in virtual time. Each partition lets one call pass every `partitions / rps` seconds, first come first
 * served: a token bucket that holds a single token, because worker processes space their calls.
 */
export function modelFleet({ waits, rps, intervalS, jitter, overheadS, partitions }: ModelledFleet): ModelledPolls {
  const random = seeded(1);
  const due = new DueCalls();
  for (let wait = 0; wait < waits; wait += 1) due.add({ wait, dueAt: random() * intervalS });
  const freeAt = Array.from({ length: partitions }, () => 0);
  const calledAt = new Map<number, number>();
  const [gaps, queued, times]: [number[], number[], number[]] = [[], [], []];
  for (let calls = 0; calls < 2 * POLLS_PER_WAIT * waits; calls += 1) {
    const { wait, dueAt } = due.takeFirst();
    const partition = Math.floor(random() * partitions);
    const at = Math.max(dueAt, freeAt[partition] ?? 0);
    freeAt[partition] = at + partitions / rps;
    if (calls >= POLLS_PER_WAIT * waits) {
      gaps.push(at - (calledAt.get(wait) ?? at));
      queued.push(at - dueAt);
      times.push(at);
    }
    calledAt.set(wait, at);
    const pauseS = Math.max(intervalS * (1 + jitter * (2 * random() - 1)), Math.min(at - dueAt, LONGEST_QUEUE_S));
    due.add({ wait, dueAt: at + pauseS + overheadS });
  }
  return {
    gapMeanS: mean(gaps),
    gapMedianS: median(gaps),
    gapP95S: quantile(gaps, 0.95),
    gapWorstS: quantile(gaps, 1),
    // Without the ends, where a partition may lag behind.
    budgetUsed: (0.8 * times.length) / (rps * (quantile(times, 0.9) - quantile(times, 0.1))),
    queuedMedianS: median(queued),
    queuedP95S: quantile(queued, 0.95),
  };
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
