// What a watch makes of the list of unfinished tasks. The list may only say "still unfinished": whatever else it says, or
// does not say, makes a wait ask DescribeTaskInfo, which alone ends waits.
import { MINUTE, SECOND } from '../duration.js';
import { isWorthRetrying, type PollErrorClass } from '../poll-error.js';
import { nextInterval } from '../wait/schedule.js';
import type { WatchedWait } from './watch.js';
import { REJOIN_AFTER_MS } from './watched-wait.js';

/** Two sweeps are never closer than this, unless the second one is to confirm the first. */
const SWEEP_INTERVAL_MIN_MS = 2 * SECOND;
const CONFIRM_AFTER_MS = SECOND;
/** How long a task that the list did not show before has to appear in it. */
const MISSED_GRACE_MS = 30 * SECOND;
/** A list of open workflows may lack those that have joined a moment ago. */
const LISTED_LATE_MS = 15 * SECOND;
/** After that time of failures, waits pace themselves. */
const FAILING_MAX_MS = MINUTE;
/** A wait is told again when nothing is heard of it. */
const TELL_AGAIN_MS = 5 * MINUTE;

/** The step of the schedule after news: tasks end in bunches. */
const NEWS_STEP = 0;
/** The step after a join: a wait makes a poll when it joins, so the first interval of its schedule brings nothing new. */
const JOIN_STEP = 1;

/** Results of the list that mean "unfinished": waiting, and running. */
export const UNFINISHED_RESULTS: readonly number[] = [0, 1];

/** A wait in the register of a watch. */
export interface RegisteredWait extends WatchedWait {
  /** When the sweeps heard of it, by their own clock, which may be far from that of waits. */
  readonly knownAt: number;
  /** When a sweep last saw its task unfinished. */
  readonly seenAt: number | null;
  /** A sweep whose pages did not fit together did not show its task. */
  readonly isMissed: boolean;
  /** When it was told to ask the API: it is no longer watched unless it joins again. */
  readonly toldAt: number | null;
}

/** The waits of a watch, by workflow id. */
export type Register = ReadonlyMap<string, RegisteredWait>;

/** One page of the list. */
export interface TaskPage {
  readonly totalCount: number;
  readonly tasks: readonly { readonly taskId: number; readonly result: number | null }[];
  /** Rows without an id. */
  readonly unreadable: number;
}

/** What one sweep of the list says. */
export interface SweptList {
  readonly unfinished: ReadonlySet<number>;
  /** Tasks that it shows as anything else. */
  readonly others: ReadonlySet<number>;
  /** All of it was read, and no row can have slipped from one page to another meanwhile. */
  readonly isConsistent: boolean;
}

/** Reads the pages of a sweep. @param isWhole - all pages were read */
export function readPages(pages: readonly TaskPage[], isWhole: boolean): SweptList {
  const tasks = pages.flatMap((page) => page.tasks);
  const isUnfinished = ({ result }: TaskPage['tasks'][number]) =>
    result !== null && UNFINISHED_RESULTS.includes(result);
  const ids = new Set(tasks.map(({ taskId }) => taskId));
  const isWholeTotal = pages.every(({ totalCount, unreadable }) => totalCount === ids.size && unreadable === 0);
  return {
    unfinished: new Set(tasks.filter(isUnfinished).map(({ taskId }) => taskId)),
    others: new Set(tasks.filter((task) => !isUnfinished(task)).map(({ taskId }) => taskId)),
    isConsistent: isWhole && isWholeTotal,
  };
}

/**
 * Whether a wait must ask the API: the list does not show its task as unfinished, in a sweep whose pages fit together or in
 * two in a row. A task that several rows show differently counts as "anything else".
 */
export function mustAsk(wait: RegisteredWait, list: SweptList, beganAt: number): boolean {
  if (list.others.has(wait.taskId)) return true;
  if (list.unfinished.has(wait.taskId)) return false;
  const isNew = wait.wasMissed && wait.seenAt === null && beganAt - wait.knownAt < MISSED_GRACE_MS;
  return !isNew && (list.isConsistent || wait.isMissed);
}

/** A wait as it joins, or as the list of open workflows tells of it. */
export function register(waits: Register, joining: readonly WatchedWait[], now: number): Register {
  const register = new Map(waits);
  for (const wait of joining) {
    const known = register.get(wait.workflowId);
    if (known && known.joinedAt >= wait.joinedAt) continue;
    register.set(wait.workflowId, { ...wait, knownAt: now, seenAt: null, isMissed: false, toldAt: null });
  }
  return register;
}

/** Without the waits whose workflows are not open any more. @param listedAt - when the listing of the open ones began */
export function forgetClosed(waits: Register, open: ReadonlySet<string>, listedAt: number): Register {
  const isOpen = ([id, { knownAt, toldAt }]: readonly [string, RegisteredWait]) =>
    open.has(id) || (toldAt === null && knownAt > listedAt - LISTED_LATE_MS);
  return new Map([...waits].filter(isOpen));
}

/** The register after a sweep, and who must ask the API. Waits that joined while it went on are for the next one. */
export function afterSweep(waits: Register, list: SweptList, beganAt: number, now: number) {
  const toTell: RegisteredWait[] = [];
  const swept = [...waits].map(([id, wait]): readonly [string, RegisteredWait] => {
    if (waitsSince(wait) > beganAt || !isWaiting(wait, now)) return [id, wait];
    if (mustAsk(wait, list, beganAt)) toTell.push(wait);
    const isSeen = list.unfinished.has(wait.taskId) && !list.others.has(wait.taskId);
    const seenAt = isSeen ? beganAt : wait.seenAt;
    return [id, { ...wait, seenAt, isMissed: !isSeen && !list.isConsistent }];
  });
  return { waits: new Map(swept) as Register, toTell };
}

/** The register once these have been told. One that has joined again meanwhile is watched. */
export function afterTelling(waits: Register, told: readonly RegisteredWait[], now: number): Register {
  const register = new Map(waits);
  for (const { workflowId, joinedAt } of told) {
    const wait = register.get(workflowId);
    if (wait?.joinedAt === joinedAt) register.set(workflowId, { ...wait, toldAt: now });
  }
  return register;
}

/**
 * Until when the tasks are taken for such that cannot be listed, after a call that failed; null while it may pass.
 *
 * @param failingSince - when the first of the calls failed that have all failed since
 */
export function blockedUntil(errorClass: PollErrorClass, failingSince: number, now: number): number | null {
  const mayPass = isWorthRetrying(errorClass) && now - failingSince < FAILING_MAX_MS;
  return mayPass ? null : now + REJOIN_AFTER_MS;
}

/** Since when a wait waits for a sweep, by the clock of the sweeps: a join that lies ahead of it was heard of all the same. */
function waitsSince({ joinedAt, knownAt }: RegisteredWait): number {
  return Math.min(joinedAt, knownAt);
}

/** Whether a wait depends on the watch. */
export function isWaiting({ toldAt }: RegisteredWait, now: number): boolean {
  return toldAt === null || now - toldAt >= TELL_AGAIN_MS;
}

/** The waits that depend on the watch. */
export function waitingIn(waits: Register, now: number): RegisteredWait[] {
  return [...waits.values()].filter((wait) => isWaiting(wait, now));
}

/** The last sweep, and the pace of the next ones. */
export interface SweepPace {
  readonly lastAt: number;
  /** The step in the schedules of the waits: their intervals grow while nothing changes. */
  readonly step: number;
}

/** The pace after a sweep. @param hasNews - it has told anybody */
export function paceAfter(beganAt: number, { step }: SweepPace, hasNews: boolean): SweepPace {
  return { lastAt: beganAt, step: hasNews ? NEWS_STEP : step + 1 };
}

/** The pace by a clock that may have been set back since the last sweep: the next one is not due that much later. */
export function paceAt({ lastAt, step }: SweepPace, now: number): SweepPace {
  return { lastAt: Math.min(lastAt, now), step };
}

/** The pace once somebody has joined. */
export function paceForJoin({ lastAt, step }: SweepPace): SweepPace {
  return { lastAt, step: Math.min(step, JOIN_STEP) };
}

/** When the next sweep is due: at the pace of the most impatient wait. Null while nobody waits. */
export function sweepDueAt(waits: Register, { lastAt, step }: SweepPace, now: number): number | null {
  let dueAt = Infinity;
  let isMissed = false;
  for (const wait of waits.values()) {
    if (!isWaiting(wait, now)) continue;
    const since = Math.max(lastAt, waitsSince(wait));
    const { delayMs } = nextInterval(wait.schedule, Math.max(0, since - wait.startedAt), step, 0.5);
    dueAt = Math.min(dueAt, since + delayMs);
    isMissed ||= wait.isMissed;
  }
  if (dueAt === Infinity) return null;
  return isMissed ? lastAt + CONFIRM_AFTER_MS : Math.max(dueAt, lastAt + SWEEP_INTERVAL_MIN_MS);
}
