import { nextInterval, type PollSchedule } from '../contract/schedule.js';

/** What a poll leaves in a wait's history: an activity, a timer and the workflow tasks between them. */
const EVENTS_PER_POLL = 11;
/** The timer of the deadline, which starts and is cancelled. */
const EVENTS_PER_WAIT = 2;

/** How many events a wait of so many polls has in its history. */
export function historyEvents(polls: number): number {
  return polls * EVENTS_PER_POLL + EVENTS_PER_WAIT;
}

/** What a schedule means for tasks of one length; times in the unit that was given. */
export interface Forecast {
  readonly polls: number;
  /** By how much the end is seen late. */
  readonly late: number;
  readonly lateAtMost: number;
}

/** When a wait polls, in milliseconds since its start. Calls take no time here; it never ends by itself. */
export function* pollTimes(schedule: PollSchedule, random = Math.random): Generator<number> {
  let step = 0;
  for (let elapsedMs = 0; ;) {
    yield elapsedMs;
    const next = nextInterval(schedule, elapsedMs, step, random());
    step = next.step;
    elapsedMs += next.delayMs;
  }
}

/**
 * Plays a waiter against tasks whose length is spread evenly by 10 % around the one given, and takes the means.
 *
 * @param waiter - yields when it polls, for one task
 */
export function forecast(
  waiter: () => Iterable<number>,
  length: number,
  tasks: number,
  random = Math.random,
): Forecast {
  let polls = 0;
  let late = 0;
  let lateAtMost = 0;
  for (let task = 0; task < tasks; task++) {
    const end = length * (0.9 + 0.2 * random());
    for (const at of waiter()) {
      polls++;
      if (at < end) continue;
      late += at - end;
      lateAtMost = Math.max(lateAtMost, at - end);
      break;
    }
  }
  return { polls: polls / tasks, late: late / tasks, lateAtMost };
}
