import type { CallRecord, PollRecord, WaitRecord } from '../wait-record.js';

/** An activity of a wait that polls, once or by its attempts. Times in any one unit. */
export interface PollingActivity {
  readonly at: number;
  readonly givenUpAt?: number;
}

/** A call, and when it was over for the API. */
export interface TimedCall extends CallRecord {
  readonly endedAt: number;
}

/** What decides which polls a watch made. */
export interface WatchedSpans {
  /** The activities that are one poll each. */
  readonly polls: readonly PollingActivity[];
  readonly watches: readonly PollingActivity[];
  /** All calls of the wait, in their order. */
  readonly calls: readonly TimedCall[];
  readonly troubles: WaitRecord['troubles'];
}

const ATTEMPTS_PER_POLL = 4;
/** How long an answer may be under way to the server. Who asks the server meanwhile does not hear of it. */
const UNDER_WAY_MS = 500;

/**
 * The polls that watches made. No history holds them, so they are derived from what the API saw: a poll ends with the
 * first answer that another attempt would not change, and after four attempts at the latest.
 */
export function watchedPolls({ polls, watches, calls, troubles }: WatchedSpans): PollRecord[] {
  const activities = [...polls, ...watches].sort((a, b) => a.at - b.at);
  return watches.flatMap((watch) => {
    // A wait has one activity at a time: the call is of the one that was begun last.
    const own = calls.filter(({ at }) => activities.findLast((each) => each.at <= at) === watch);
    return pollsOf(own, watch, troubles);
  });
}

function pollsOf(
  calls: readonly TimedCall[],
  { givenUpAt = Infinity }: PollingActivity,
  troubles: WatchedSpans['troubles'],
): PollRecord[] {
  const made: PollRecord[] = [];
  let beganAt: number | undefined;
  let tries = 0;
  for (const [index, { at, endedAt, answer, mayBeProbe }] of calls.entries()) {
    // An attempt that was taken before its worker heard of the end.
    if (at >= givenUpAt) break;
    beganAt ??= at;
    // The second call of the same attempt tells.
    if (calls[index + 1]?.isRepair) continue;
    tries += 1;
    if (endedAt > givenUpAt) {
      made.push({ at: beganAt, givenUpAt });
      break;
    }
    if (isWorthRetrying(answer) && tries < ATTEMPTS_PER_POLL) continue;
    const isDoubtful = mayBeProbe || endedAt > givenUpAt - UNDER_WAY_MS || mayBeLost(endedAt, troubles);
    const gaveTask = answer !== undefined && 'status' in answer;
    made.push({ at: beganAt, answeredAt: endedAt, gaveTask, ...(isDoubtful && { isDoubtful }) });
    [beganAt, tries] = [undefined, 0];
  }
  return made;
}

/** Whether an answer may not have reached the server: a worker that is killed loses only what it is about to send. */
function mayBeLost(at: number, troubles: WatchedSpans['troubles']): boolean {
  return troubles.some(({ from, to, why }) => {
    const until = why.includes('server') ? to : Math.min(to, from + UNDER_WAY_MS);
    return at >= from - UNDER_WAY_MS && at <= until;
  });
}

function isWorthRetrying(answer: CallRecord['answer']): boolean {
  if (!answer) return true;
  return 'errorClass' in answer && (answer.errorClass === 'transient' || answer.errorClass === 'throttled');
}
