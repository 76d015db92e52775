import * as v from 'valibot';
import type { InvalidField } from '../invalid-input.js';
import { POLL_ERROR, POLL_ERROR_CLASS } from '../poll-error.js';
import type { WaitPace } from './polling.js';

export const COUNT = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** A time that can be shown, because showing it is what a wait does first. */
const INSTANT = v.pipe(COUNT, v.maxValue(Date.parse('9999-12-31T23:59:59Z')));

/** The schema of the state of a wait. @param observation - of what its polls see */
const waitState = <T extends v.GenericSchema>(observation: T) =>
  v.object({
    v: v.literal(1),
    stage: v.picklist(['pausing', 'polling', 'ended']),
    startedAt: INSTANT,
    deadline: INSTANT,
    /** When the first poll completed; the visibility grace starts here. */
    firstPollAt: v.nullable(INSTANT),
    /** No poll begins before this: two calls keep their distance, whatever brings a poll forward. */
    soonestAt: INSTANT,
    /** When the schedule alone would poll next. */
    paceAt: INSTANT,
    paceStep: COUNT,
    /** When `pollNow` came; null once a poll has begun since. */
    requestedAt: v.nullable(INSTANT),
    /** How many polls returned a task. */
    polls: COUNT,
    /** When the API last said that the task is unfinished. */
    unfinishedAt: v.nullable(INSTANT),
    observation: v.nullable(observation),
    lastError: v.nullable(POLL_ERROR),
    /** No poll has seen the task, and the last one was told that it does not exist. */
    missing: v.boolean(),
    /** What the last poll failed with; null when it brought a task. */
    failingAs: v.nullable(POLL_ERROR_CLASS),
    /** When the current run of failed polls began. */
    failingSince: v.nullable(INSTANT),
    /** How many polls in a row the API has refused in the same way, "no such task" included, and since when. */
    refusals: COUNT,
    refusedSince: v.nullable(INSTANT),
    /** Warnings that are in the log already: each comes once per wait. */
    warned: v.array(v.string()),
    /** How a shared wait stands with its watch; null for one that is paced by timers. */
    watch: v.nullable(
      v.object({
        /** Since when the watch has looked after it; null while it paces itself. */
        since: v.nullable(INSTANT),
        /** When to join; null once it has joined, and while it asks the API about a report of the watch. */
        joinAt: v.nullable(INSTANT),
        /** How many reports of the watch were followed by a poll that found the task unfinished. */
        falseAlarms: COUNT,
        /** Why it paces itself until it joins again. */
        reason: v.nullable(v.string()),
        /** Polls of its own come no closer than this: with many open waits they would take too much of the API's rate. */
        seldomMs: COUNT,
      }),
    ),
  });

/**
 * Where a wait stands. Plain JSON: one run of the workflow hands it to the next.
 *
 * Instants are milliseconds since the epoch, in workflow time. `O` is what a poll sees.
 */
export type WaitState<O> = Readonly<
  Omit<v.InferOutput<ReturnType<typeof waitState>>, 'observation'> & { observation: O | null }
>;

/** The schema of a state as it was handed over. Fields of a newer version are kept. @param observation - of its polls */
export function carriedState<O>(observation: v.GenericSchema<unknown, O>): v.GenericSchema<unknown, WaitState<O>> {
  return v.looseObject(waitState(observation).entries);
}

/** What each function here needs to know of a wait, whatever it waits for. */
type AnyWait = WaitState<unknown>;

export function isWatched({ watch }: AnyWait): boolean {
  return watch !== null && watch.since !== null;
}

/** Whether a report of the watch has not been checked by a poll yet. */
export function isChecking({ watch }: AnyWait): boolean {
  return watch !== null && watch.since === null && watch.joinAt === null;
}

// Never negative: the clock of another server may be behind the one that the wait began by.

/** How long the wait has taken. */
export function waitedMs({ startedAt }: AnyWait, now: number): number {
  return Math.max(0, now - startedAt);
}

/** Whether the deadline has come at a time: a poll that begins then is the last. */
export function isPastDeadline({ deadline }: Pick<AnyWait, 'deadline'>, at: number): boolean {
  return at >= deadline;
}

/** The most by which the end can have been seen late; null if no poll saw the task unfinished. */
export function detectionDelayMaxMs({ unfinishedAt }: AnyWait, now: number): number | null {
  return unfinishedAt === null ? null : Math.max(0, now - unfinishedAt);
}

/** A wait that begins now: its first poll is due at once. */
export function beginWait(plan: WaitPace, now: number): WaitState<never> {
  return {
    v: 1,
    stage: 'pausing',
    startedAt: now,
    deadline: now + plan.maxWaitMs,
    firstPollAt: null,
    soonestAt: now,
    paceAt: now,
    paceStep: 0,
    requestedAt: null,
    polls: 0,
    unfinishedAt: null,
    observation: null,
    lastError: null,
    missing: false,
    failingAs: null,
    failingSince: null,
    refusals: 0,
    refusedSince: null,
    warned: [],
    watch:
      plan.schedule.pacing === 'shared'
        ? { since: null, joinAt: now, falseAlarms: 0, reason: null, seldomMs: 0 }
        : null,
  };
}

/**
 * Reads the internal second argument of a workflow: the state that an earlier run carried over. Its fields are never
 * printed. Fields of a newer version are kept.
 *
 * @param refusal - what to throw
 */
export function readStateBy<O>(
  schema: v.GenericSchema<unknown, WaitState<O>>,
  carried: unknown,
  refusal: (invalid: InvalidField) => Error,
): WaitState<O> | undefined {
  const { success, output } = v.safeParse(v.optional(schema), carried);
  if (success) return output;
  const rule = 'is not a state that this version of the workflow carried over: leave the second argument out';
  throw refusal({ field: 'state', rule });
}
