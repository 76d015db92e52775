// What a shared wait makes of its watch: see docs/decisions/0008. The watch only ever makes it poll.
import * as v from 'valibot';
import { MINUTE } from '../duration.js';
import { POLL_ERROR, type PollError } from '../poll-error.js';
import { isUnfinished } from '../task/observation.js';
import type { TaskWaitState } from '../task/state.js';
import { requestPoll } from '../wait/polls.js';
import { nextInterval, type PollSchedule } from '../wait/schedule.js';
import { COUNT, isChecking, isWatched, waitedMs } from '../wait/state.js';

/** A watched wait polls by itself when it has waited half as long again as at its last poll, within these bounds. */
const OWN_POLL_AFTER_MIN_MS = 5 * MINUTE;
const OWN_POLL_AFTER_MAX_MS = 30 * MINUTE;
/** The share of the API's rate that such polls of all waits together may take. */
const OWN_POLLS_SHARE = 0.2;

/** How long a wait paces itself before it joins its watch again. */
export const REJOIN_AFTER_MS = 10 * MINUTE;
/** How long it does when nobody has taken it there: perhaps there were too many at once. */
export const JOIN_AGAIN_AFTER_MS = MINUTE;
/** With so many false alarms, the list is known not to show the task. */
const FALSE_ALARMS_MAX = 2;

type WatchState = NonNullable<TaskWaitState['watch']>;

/** What a watch tells a wait: ask the API, or pace yourself for a while. */
const WATCH_REPORT = v.object({
  /** When it was sent: its times are by the clock of the sweeps, which may be far from that of the wait. */
  sentAt: v.optional(COUNT),
  /** When a sweep last saw the task unfinished. */
  seenAt: v.nullable(COUNT),
  /** The tasks cannot be listed. */
  unable: v.optional(v.object({ error: POLL_ERROR, until: COUNT })),
});
export type WatchReport = Readonly<v.InferOutput<typeof WATCH_REPORT>>;

/** Reads what came with a report: anybody can send one, and one that says nothing else says "ask the API". */
export function readWatchReport(argument: unknown): WatchReport {
  return v.parse(v.fallback(WATCH_REPORT, { seenAt: null }), argument);
}

/**
 * Whether it joins at once: for the first time, or after a false alarm. Meanwhile it polls as seldom as a watched wait, so
 * that it needs no other timer when the watch knows of it a moment later.
 */
export function joinsAtOnce({ watch }: TaskWaitState): boolean {
  return watch !== null && watch.joinAt !== null && watch.reason === null;
}

/** Whether it is time to join the watch. */
export function joinIsDue({ watch }: TaskWaitState, now: number): boolean {
  return watch !== null && watch.since === null && watch.joinAt !== null && watch.joinAt <= now;
}

/**
 * The watch knows of the wait. A report that was quicker than this answer counts: the watch has then told what it knew of the
 * wait, and no longer watches it.
 *
 * @param joinAt - as it was when the join began
 */
export function joined(state: TaskWaitState, joinAt: number | null, now: number): TaskWaitState {
  if (state.watch?.joinAt !== joinAt) return state;
  const watched = withWatch(state, { since: now, joinAt: null, reason: null });
  return joinsAtOnce(state) ? watched : { ...watched, paceAt: ownPollAt(watched, now) };
}

/** The wait paces itself, and joins again later. */
export function watchLost(state: TaskWaitState, reason: string, rejoinAt: number): TaskWaitState {
  return state.watch ? withWatch(state, { since: null, joinAt: rejoinAt, reason }) : state;
}

/** The pace of a wait that is no longer watched. */
export function pacedByItself(state: TaskWaitState, schedule: PollSchedule, now: number): TaskWaitState {
  const { delayMs } = nextInterval(schedule, waitedMs(state, now), state.paceStep, 0.5);
  return { ...state, paceAt: Math.min(state.paceAt, now + delayMs) };
}

/** The watch has told something. */
export function watchReported(
  state: TaskWaitState,
  report: WatchReport,
  schedule: PollSchedule,
  now: number,
): TaskWaitState {
  if (!state.watch) return state;
  const { seenAt, sentAt = now } = report;
  const seen = seenAt === null ? state : seenUnfinished(state, Math.min(seenAt, now - Math.max(0, sentAt - seenAt)));
  if (!report.unable) {
    // Its own pace goes on from here.
    const paced = { ...seen, paceAt: Math.min(seen.paceAt, now) };
    return requestPoll(withWatch(paced, { since: null, joinAt: null }), now);
  }
  const { error, until } = report.unable;
  const rejoinAt = now + Math.max(0, until - sentAt);
  return pacedByItself(watchLost(seen, cannotList(error), rejoinAt), schedule, now);
}

function seenUnfinished(state: TaskWaitState, at: number): TaskWaitState {
  return { ...state, unfinishedAt: Math.max(at, state.unfinishedAt ?? 0) };
}

/**
 * The pause after a poll: a wait that is watched, or joins, polls seldom by itself.
 *
 * @param seldomMs - as the worker has told it
 */
export function watchPaused(state: TaskWaitState, now: number, seldomMs = 0): TaskWaitState {
  const paused = withWatch(state, { seldomMs });
  return isWatched(paused) || joinsAtOnce(paused) ? { ...paused, paceAt: ownPollAt(paused, now) } : paused;
}

/**
 * A poll has answered. After a report of the watch, a task that is unfinished means that the list did not show it: the wait
 * joins again at once, and after a second such report later, since the list may be behind.
 */
export function watchChecked(state: TaskWaitState, now: number): TaskWaitState {
  const { observation, failingAs } = state;
  if (!isChecking(state) || !observation || failingAs !== null || !isUnfinished(observation.status)) return state;
  const falseAlarms = (state.watch?.falseAlarms ?? 0) + 1;
  if (falseAlarms < FALSE_ALARMS_MAX) return withWatch(state, { falseAlarms, joinAt: now });
  return watchLost(withWatch(state, { falseAlarms }), 'the list does not show the task', now + REJOIN_AFTER_MS);
}

/** When a watched wait polls by itself, whatever its watch says. */
export function ownPollAt(state: TaskWaitState, now: number): number {
  const half = waitedMs(state, now) / 2;
  const afterMs = Math.min(Math.max(half, OWN_POLL_AFTER_MIN_MS), OWN_POLL_AFTER_MAX_MS);
  return Math.round(now + Math.max(afterMs, state.watch?.seldomMs ?? 0));
}

/** The least time between such polls of a wait, where so many are open. 0 where that makes no difference. */
export function seldomMs(openWaits: number, requestsPerSecond: number): number {
  const ms = Math.ceil((1_000 * openWaits) / (OWN_POLLS_SHARE * requestsPerSecond));
  return ms > OWN_POLL_AFTER_MIN_MS ? ms : 0;
}

function cannotList({ code, message }: PollError): string {
  return `the tasks cannot be listed: ${code}${message ? `, ${message}` : ''}`;
}

function withWatch(state: TaskWaitState, change: Partial<WatchState>): TaskWaitState {
  return state.watch ? { ...state, watch: { ...state.watch, ...change } } : state;
}
