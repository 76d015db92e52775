import type { PollErrorClass } from '../../src/contract/poll-error.js';
import { FAMILY_RULES } from './family-rules.js';
import { CANCEL_MS, type Precision, type Rule } from './judging.js';
import type { CallRecord, PollRecord, WaitRecord } from './wait-record.js';
import { TERMINAL, trueEnd, trueStatus, UNTRUE_STATUS } from './wait-script.js';

/**
 * Judges a wait by the contract: what ended it, when, with which details, and what it did meanwhile. Written from the
 * contract's text, not from the code. Each answer is a sentence; none means that all is as it should be.
 */
export function judge(record: WaitRecord, precision: Precision): string[] {
  return RULES.flatMap((rule) => [...rule(record, precision)]);
}

/** Two calls of a wait are never closer, but for the repairs within an attempt. */
const CLOSEST_MS = 1_000;
/** What a sweep, a second one to confirm it, and a report add to the pace. */
const SHARED_MS = 10_000;
const LIST_GRACE_MS = 35_000;
/** What a wait takes to join its watch, at most, where nothing is in the way. */
const JOINED_MS = 15_000;
/** A killed sweep is noticed after this and begins again. */
const SWEEP_LOST_MS = 10_000;
/** The time of an attempt that fails and the longest pause after it, or that of a task in the list after an untrue answer. */
const CALL_LOST_MS = 35_000;
/** The least after which a watched wait polls by itself. */
const OWN_POLL_MS = 300_000;
/** From the first poll on, a task that no poll has seen may still become visible. */
const GRACE_MS = 15_000;
/** For how long the API must say that a task that was seen does not exist, or refuse to describe it. */
const UNKNOWN_MS = 600_000;
const REFUSED_MS = 60_000;
/** The last poll where nobody serves the queue; the limit of one attempt; four attempts with their pauses. */
const LAST_POLL_MS = 30_000;
const ATTEMPT_MS = 15_000;
/** The longest that a queue slows the pace. */
const SLOWED_MS = 30_000;
const POLL_MS = 4 * ATTEMPT_MS + 12_000;

const RULES: readonly Rule[] = [
  ...FAMILY_RULES,

  function* everyWaitEnds({ endedAt, ending, failedTasks }) {
    if (endedAt === undefined || !ending) yield 'The wait has not ended';
    else if (ending.as === 'other') yield `The wait ended in a way that the contract does not know: ${ending.what}`;
    for (const reason of failedTasks) yield `A workflow task failed: ${reason}`;
  },

  function* theEndingIsTrue({ script, ending, endedAt = Infinity, calls }, { clockMs }) {
    const last = calls.filter(({ at, answer }) => at <= endedAt + clockMs && answer && 'status' in answer).at(-1);
    const status = last?.answer && 'status' in last.answer ? last.answer.status : undefined;
    switch (ending?.as) {
      case 'succeeded':
      case 'RedisTaskFailed':
      case 'RedisTaskErrored': {
        if (status === undefined || TERMINAL[status] !== ending.as) {
          yield `The wait ended as ${ending.as}, but the last status that a call saw was ${JSON.stringify(status)}`;
        }
        const told = ending.as === 'succeeded' ? ending.result.status : ending.details.status;
        if (told !== status)
          yield `The ending tells the status ${JSON.stringify(told)} instead of ${JSON.stringify(status)}`;
        // An answer may be slow: it tells the truth of any moment up to its arrival.
        const truth = [last?.at ?? 0, endedAt].map((at) => trueStatus(script.task, at + clockMs));
        if (!truth.includes(status)) yield `The task was in ${truth.map(String).join(', then in ')}`;
        break;
      }
      default:
    }
  },

  function* theEndIsSeen({ script, calls, polls, ending, endedAt = Infinity }, { busyMs }) {
    const seen = calls.find(
      (call) =>
        call.answer && 'status' in call.answer && call.answer.status in TERMINAL && !mayBeLost(call, polls, busyMs),
    );
    if (!seen || ending?.as === 'cancelled' || ending?.as === 'terminated' || !script.task) return;
    const late = endedAt - seen.at;
    if (late > POLL_MS + busyMs) yield `A call saw the end at ${seen.at}, and the wait went on until ${endedAt}`;
  },

  function* theEndIsSeenSoon(record, { busyMs }) {
    const { script, ending, endedAt = Infinity, deadlines } = record;
    const end = trueEnd(script.task);
    if (end === undefined || !ending || !(ending.as in ENDINGS_OF_TASKS)) return;
    const isShared = script.polling.pacing === 'shared';
    if (!isShared && isTroubled(record, end, endedAt)) return;
    const { maximumInterval, jitter, expectedDuration = 0 } = script.polling;
    // After a call that was long in the queue, for whatever reason, the pace is no faster than that.
    const isSlow = record.troubles.length > 0 || record.longestQueueMs > 0;
    const slowed = isSlow ? Math.min(SLOWED_MS, isShared ? record.longestQueueMs : Infinity) : 0;
    // Polls may be sparse for the larger part of what the task is expected to take.
    const sparse = expectedDuration * 0.8 * (1 + jitter) - end;
    const pause = Math.max(1_000, maximumInterval * (1 + jitter), sparse, slowed);
    const from = isShared ? heldUpUntil(record, Math.max(end, 0), pause) + SHARED_MS : Math.max(end, 0);
    const due = from + pause + record.longestQueueMs * 2 + CLOSEST_MS;
    const deadline = deadlineAt(deadlines, endedAt);
    // A call that is under way at the deadline is given up, and the last poll keeps its distance.
    const bound =
      (deadline <= due + busyMs ? Math.max(due, deadline + 3 * CLOSEST_MS + record.longestQueueMs) : due) + busyMs;
    if (endedAt > Math.max(bound, end + busyMs + CLOSEST_MS)) {
      yield `The task ended at ${end}${isShared ? '' : ' and nothing was in the way'}, but the wait ended only at ${endedAt} (by ${Math.round(bound)} at the latest)`;
    }
  },

  function* aSweepThatShowsTheEndIsHeardOf(record, { busyMs }) {
    const { script, sweeps = [], reports = [], polls, troubles, endedAt = Infinity } = record;
    const end = trueEnd(script.task);
    if (end === undefined) return;
    // By then the watch knows of the wait.
    const from = Math.max(end, JOINED_MS);
    // Two in a row may not fit together, and the next one shows what they did not.
    const [first = Infinity] = sweeps.filter((at) => at > from + CLOSEST_MS);
    const [second = Infinity] = sweeps.filter((at) => at > first + CLOSEST_MS);
    const [third = Infinity] = sweeps.filter((at) => at > second + CLOSEST_MS);
    const by = third + SHARED_MS / 2 + busyMs;
    // One that the list did not show before has some time until it must, or paces itself.
    const wasTold = reports.some(({ at }) => at <= by);
    const hasPolled = polls.some(({ at, answeredAt = Infinity }) => answeredAt > end && at <= by);
    const isTroubled = troubles.some((trouble) => trouble.from <= by && trouble.to + JOINED_MS >= from);
    if (endedAt > by && !wasTold && !hasPolled && !isTroubled)
      yield `The task ended at ${end}, three sweeps did not show it until ${third}, and nobody told the wait`;
  },

  function* aTimeOutIsOne(record, { clockMs, busyMs }) {
    const { ending, endedAt = Infinity, deadlines, calls, script } = record;
    if (ending?.as !== 'RedisTaskTimedOut') return;
    const deadline = deadlineAt(deadlines, endedAt);
    if (endedAt < deadline - clockMs) yield `The wait timed out at ${endedAt}, before its deadline at ${deadline}`;
    if (ending.details.resumeInput === undefined) yield 'A time-out has no resumeInput';
    const lastPoll = calls.filter(({ at }) => at >= deadline - clockMs && at <= endedAt + clockMs);
    const excused = ending.details.lastError?.code === 'NoActivityWorker' || isTroubled(record, deadline, endedAt);
    if (lastPoll.length === 0 && !excused) yield `The wait timed out without a last poll at its deadline (${deadline})`;
    const end = trueEnd(script.task);
    const missed = end !== undefined && end < deadline - clockMs - busyMs;
    const failed = lastPoll.some(({ answer }) => !answer || 'errorClass' in answer);
    if (missed && !failed && !excused) {
      yield `The task ended at ${end}, before the deadline at ${deadline}, but the wait timed out`;
    }
  },

  function* theWaitEndsInTime(record, { busyMs }) {
    const { endedAt = Infinity, deadlines, longestQueueMs } = record;
    const deadline = deadlineAt(deadlines, endedAt);
    const bound = deadline + CLOSEST_MS + LAST_POLL_MS + ATTEMPT_MS + longestQueueMs + busyMs;
    if (endedAt > bound && !isTroubled(record, deadline, endedAt)) {
      yield `The deadline was at ${deadline}, but the wait ended at ${endedAt}`;
    }
  },

  function* cancellingIsQuick(record, { busyMs }) {
    const { endedAt = Infinity, steering } = record;
    const cancel = steering.find(
      ({ did, heardAt, isDoubtful }) => did === 'cancel' && heardAt !== undefined && !isDoubtful,
    );
    const late = endedAt - (cancel?.heardAt ?? Infinity);
    if (late > CANCEL_MS + busyMs && !isTroubled(record, cancel?.heardAt ?? 0, endedAt)) {
      yield `Cancelling took ${late} ms`;
    }
  },

  function* aRefusalIsFinalAsPromised({ ending, endedAt = Infinity, calls, polls }, { clockMs }) {
    if (ending?.as !== 'RedisTaskUnauthorized' && ending?.as !== 'RedisTaskRejected') return;
    if (ending.details.resumeInput === undefined) yield `A ${ending.as} has no resumeInput`;
    // A server that was killed may have a call made again whose answer the wait has.
    const toldAt = Math.max(0, ...polls.map(({ answeredAt = 0 }) => answeredAt));
    const heard = calls.filter(({ at, answer }) => at <= Math.min(endedAt, toldAt) + clockMs && answer);
    const last = heard.at(-1);
    const lastClass = classOf(last);
    const wanted: readonly (PollErrorClass | undefined)[] =
      ending.as === 'RedisTaskUnauthorized' ? ['unauthorized'] : ['rejected', 'unknownTask'];
    if (!wanted.includes(lastClass)) yield `${ending.as} after an answer that was ${String(lastClass)}`;
    const wasSeen = polls.some(({ gaveTask }) => gaveTask);
    if (!wasSeen) {
      const firstAt = polls.find(({ answeredAt }) => answeredAt !== undefined)?.answeredAt ?? Infinity;
      if (lastClass === 'unknownTask' && endedAt < firstAt + GRACE_MS - clockMs) {
        yield `An unknown task was rejected ${endedAt - firstAt} ms after its first poll`;
      }
      return;
    }
    // "No such task" counts by itself, the other refusals together. A poll may have several calls: the last one tells.
    const isUnknown = lastClass === 'unknownTask';
    const counts = ({ answeredAt = Infinity }: PollRecord): boolean => {
      const told = classOf(heard.findLast(({ at }) => at <= answeredAt + clockMs));
      return isUnknown ? told === 'unknownTask' : told === 'unauthorized' || told === 'rejected';
    };
    const answered = polls.filter(({ answeredAt }) => answeredAt !== undefined);
    const row = answered.slice(answered.findLastIndex((poll) => poll.gaveTask || !counts(poll)) + 1);
    // A wait hears the last answer when a worker runs it, and that ends it.
    const span = endedAt - (row[0]?.answeredAt ?? 0);
    if (row.length < 3 || span < (isUnknown ? UNKNOWN_MS : REFUSED_MS) - clockMs) {
      yield `${ending.as} after ${row.length} polls in a row over ${span} ms (${String(lastClass)}), although the task was seen`;
    }
  },

  function* aSeenTaskIsGivenUpInTime(record, { busyMs }) {
    const { polls, calls, ending, endedAt = Infinity, script } = record;
    const firstSeen = polls.find(({ gaveTask }) => gaveTask);
    if (!firstSeen || ending?.as === 'cancelled') return;
    for (const [kinds, spanMs] of [
      [['unknownTask'], UNKNOWN_MS],
      [['unauthorized', 'rejected'], REFUSED_MS],
    ] as const) {
      // Every call of the wait says so from here on: the third, and the first that comes late enough, is the last.
      const lastOther = calls.findLastIndex((call) => !kinds.some((kind) => kind === classOf(call)));
      const row = calls.slice(lastOther + 1).filter(({ isRepair, mayBeProbe }) => !isRepair && !mayBeProbe);
      const first = row[0];
      if (!first || row.length < 3) continue;
      const { maximumInterval, jitter, expectedDuration = 0, pacing } = script.polling;
      const ownPoll = pacing === 'shared' ? Math.max(OWN_POLL_MS, endedAt / 2) : 0;
      const pause = Math.max(maximumInterval * (1 + jitter) + expectedDuration, ownPoll);
      const by = first.at + Math.max(spanMs, 3 * pause) + pause + POLL_MS + record.longestQueueMs * 2 + busyMs;
      if (endedAt > by && record.troubles.every(({ from, to }) => from > endedAt || to < first.at)) {
        yield `All calls since ${first.at} were ${kinds.join(' or ')}, but the wait went on until ${endedAt} (by ${Math.round(by)} at the latest)`;
      }
    }
  },

  function* aRefusalOfAnUnseenTaskIsFinal(record, { busyMs }) {
    const { polls, calls, ending, endedAt = Infinity } = record;
    if (polls.some(({ gaveTask }) => gaveTask) || ending?.as === 'cancelled') return;
    const refusal = calls.find((call) => classOf(call) === 'unauthorized' || classOf(call) === 'rejected');
    // An unauthorized answer may be repaired by the second call of its attempt.
    const after = calls.filter(({ at }) => at > (refusal?.at ?? Infinity) + ATTEMPT_MS + busyMs);
    if (after.length > 0 && classOf(refusal) === 'rejected' && !isTroubled(record, refusal?.at ?? 0, endedAt)) {
      yield `The task was never seen, but the wait polled on after a refusal at ${refusal?.at ?? 0}`;
    }
  },

  function* callsKeepTheirDistance({ calls, troubles, longestQueueMs }, { clockMs }) {
    for (const [index, call] of calls.entries()) {
      const before = calls[index - 1];
      if (!before || call.isRepair || call.mayBeProbe) continue;
      const distance = call.at - before.at;
      // A server that forgets that it gave a call away gives it away again, as late as others are in its queue.
      const isForgetful = troubles.some(
        ({ from, to, why }) => /server|PostgreSQL|reset/.test(why) && from <= call.at && to + longestQueueMs >= call.at,
      );
      if (distance < CLOSEST_MS - clockMs && !isForgetful)
        yield `Two calls at ${before.at} and ${call.at}, ${distance} ms apart`;
    }
  },

  function* noCallAfterTheEnd({ calls, endedAt = Infinity }, { busyMs }) {
    const late = calls.filter(({ at, mayBeProbe }) => at > endedAt + CANCEL_MS + busyMs && !mayBeProbe);
    if (late.length > 0) yield `The wait ended at ${endedAt}, and called at ${late.map(({ at }) => at).join(', ')}`;
  },

  function* aCallKeepsItsPlace(record, { clockMs, busyMs }) {
    const { polls, steering, reports = [], continuedAt = [], endedAt = Infinity } = record;
    for (const { at, givenUpAt } of polls) {
      if (givenUpAt === undefined || givenUpAt >= endedAt - clockMs) continue;
      const cancelled = steering.some(
        ({ did, heardAt = Infinity }) => did.startsWith('cancel') && heardAt <= givenUpAt + busyMs,
      );
      // A history that messages have filled ends with the call that is under way.
      const continued = continuedAt.some((each) => each >= givenUpAt - clockMs && each <= givenUpAt + busyMs);
      // A report of the watch is checked by a poll that goes before the usual ones.
      const overtaken = reports.some((report) => report.at >= at - clockMs && report.at <= givenUpAt + clockMs);
      if (!isAtDeadline(record, at, givenUpAt + clockMs) && !cancelled && !continued && !overtaken)
        yield `The call of the poll at ${at} was given up at ${givenUpAt}, with no deadline there`;
    }
  },

  function* whoeverAsksForAPollGetsOne(record, { clockMs, busyMs }) {
    const { steering, polls, reports = [], endedAt = Infinity } = record;
    const asked = [
      ...steering.filter(({ did, refused, isDoubtful }) => did === 'pollNow' && refused === undefined && !isDoubtful),
      ...reports.flatMap(({ at, unable }) => (unable ? [] : [{ did: 'a report of the watch', heardAt: at }])),
    ];
    for (const { did, heardAt } of asked) {
      if (heardAt === undefined) continue;
      const underWay = polls.find(
        ({ at, answeredAt, givenUpAt }) => at <= heardAt && (answeredAt ?? givenUpAt ?? endedAt) > heardAt,
      );
      const free = underWay ? (underWay.answeredAt ?? underWay.givenUpAt ?? Infinity) : heardAt;
      // A call that was given up may still be sent: the next one waits until its worker knows.
      const givenUp = polls.some(({ givenUpAt = -Infinity }) => givenUpAt <= free && givenUpAt > free - 2 * CLOSEST_MS);
      const by = free + (givenUp ? 2 : 1) * CLOSEST_MS + clockMs + busyMs;
      if (by >= endedAt || isTroubled(record, heardAt, by)) continue;
      if (!polls.some(({ at }) => at >= heardAt - clockMs && at <= by))
        yield `${did} at ${heardAt} was not followed by a poll`;
    }
  },

  function* extendingAnswersTheNewState({ steering, startedAt }, { clockMs }) {
    for (const { did, at, heardAt = Infinity, totalMs, state, refused, isDoubtful } of steering) {
      if (did !== 'extendWait' || totalMs === undefined || isDoubtful) continue;
      if (refused !== undefined && totalMs > heardAt + clockMs)
        yield `extendWait to ${totalMs} at ${at} was refused: ${refused}`;
      const told = state ? Date.parse(state.deadline) - startedAt : totalMs;
      if (Math.abs(told - totalMs) > clockMs)
        yield `extendWait to ${totalMs} at ${at} answered with the deadline ${told}`;
    }
  },

  function* theFactsAgree({ ending, polls, endedAt = Infinity, script, calls, reports = [] }, { clockMs, busyMs }) {
    if (!ending || !('result' in ending || 'details' in ending)) return;
    const facts = ending.as === 'succeeded' ? ending.result : ending.details;
    const good = polls.filter(({ gaveTask }) => gaveTask).length;
    if (facts.polls !== good) yield `The ending tells of ${facts.polls} polls, but ${good} returned a task`;
    if (Math.abs(facts.waitedMs - endedAt) > clockMs)
      yield `waitedMs is ${facts.waitedMs}, but the wait took ${endedAt}`;
    if (ending.as !== 'succeeded') return;
    const { detectionDelayMaxMs } = ending.result;
    const untrue = calls.filter(({ answer }) => answer && 'status' in answer && answer.status === UNTRUE_STATUS);
    const listed = reports.flatMap(({ seenAt }) => seenAt ?? []);
    const end = Math.max(trueEnd(script.task) ?? 0, ...untrue.map(({ at }) => at), ...listed);
    const unfinished = calls.filter(({ answer }) => answer && 'status' in answer && !(answer.status in TERMINAL));
    const surelySeen = unfinished.some((call) => !mayBeLost(call, polls, busyMs) && !isCalledAgain(call, polls, calls));
    if (detectionDelayMaxMs === null ? surelySeen || listed.length > 0 : unfinished.length + listed.length === 0) {
      yield `detectionDelayMaxMs is ${String(detectionDelayMaxMs)}, but the task was ${surelySeen ? '' : 'never '}seen unfinished`;
    } else if (
      detectionDelayMaxMs !== null &&
      detectionDelayMaxMs < endedAt - Math.max(end, 0) - clockMs - 2 * CLOSEST_MS
    ) {
      yield `detectionDelayMaxMs is ${detectionDelayMaxMs}, but the end was seen ${endedAt - end} ms late`;
    }
  },
];

/** Whether a call was made for a poll that was given up before, or just after: its answer may not have reached the wait. */
function mayBeLost({ at }: CallRecord, polls: WaitRecord['polls'], busyMs: number): boolean {
  const { givenUpAt = Infinity } = pollOf(at, polls) ?? {};
  return givenUpAt - at < busyMs;
}

const ENDINGS_OF_TASKS: Readonly<Record<string, true>> = {
  succeeded: true,
  RedisTaskFailed: true,
  RedisTaskErrored: true,
};

/** The deadline in force at a time. */
export function deadlineAt(deadlines: WaitRecord['deadlines'], at: number): number {
  return deadlines.filter(({ from }) => from <= at).at(-1)?.deadline ?? Infinity;
}

/** Whether a deadline came in a span of time. One that passed while no worker was there counts, even if it was moved later. */
function isAtDeadline({ deadlines }: WaitRecord, from: number, to: number): boolean {
  const passed = deadlines.some(
    ({ deadline }) => deadline >= from && deadline <= to && deadlineAt(deadlines, deadline) === deadline,
  );
  return passed || to >= deadlineAt(deadlines, to);
}

function classOf(call: CallRecord | undefined): PollErrorClass | undefined {
  return call?.answer && 'errorClass' in call.answer ? call.answer.errorClass : undefined;
}

/** Until when something may have kept a shared wait from seeing the end of its task. From then on the pace holds. */
function heldUpUntil(record: WaitRecord, end: number, pauseMs: number): number {
  const { troubles, listTroubles = [], reports = [], calls } = record;
  const isToldIn = (from: number, to: number) => reports.some(({ at, unable }) => !unable && at >= from && at <= to);
  const failed = calls.filter(({ answer }) => !answer || 'errorClass' in answer || answer.status === UNTRUE_STATUS);
  const spans = [
    ...troubles.map(({ from, to }) => ({ from, to: to + SWEEP_LOST_MS })),
    // A list that did not show the task has some time to do so again.
    ...listTroubles.map(({ from, to }) => ({ from, to: to + (isToldIn(from, to) ? LIST_GRACE_MS : 0) })),
    ...failed.map(({ at }) => ({ from: at, to: at + CALL_LOST_MS })),
  ];
  return spans
    .sort((a, b) => a.from - b.from)
    .reduce((until, { from, to }) => (from <= until + pauseMs + SHARED_MS ? Math.max(until, to) : until), end);
}

/** Whether something was in the way of calls, or of the workflow, in a span of time. */
function isTroubled({ troubles, calls }: WaitRecord, from: number, to: number): boolean {
  const failed = calls.some(
    ({ at, answer }) =>
      at >= from - ATTEMPT_MS && at <= to && (!answer || 'errorClass' in answer || answer.status === UNTRUE_STATUS),
  );
  return failed || troubles.some((trouble) => trouble.from <= to && trouble.to >= from - ATTEMPT_MS);
}

/** Whether the same poll has called again: a status ends it, unless the worker is killed before it has said so. */
function isCalledAgain({ at }: CallRecord, polls: WaitRecord['polls'], calls: WaitRecord['calls']): boolean {
  const { answeredAt = 0 } = pollOf(at, polls) ?? {};
  return calls.some((later) => !later.mayBeProbe && later.at > at && later.at <= answeredAt);
}

/** The poll that has made a call. */
function pollOf(callAt: number, polls: WaitRecord['polls']): PollRecord | undefined {
  return polls.findLast(({ at }) => at <= callAt);
}
