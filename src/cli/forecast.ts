import { nextInterval, type PollSchedule } from '../contract/wait/schedule.js';

/**
 * A poll is an activity, a timer and the workflow tasks between them; the timer of the deadline is started and cancelled.
 */
export function historyEvents(polls: number): number {
  return polls * 11 + 2;
}

/** When a wait polls, in milliseconds since its start. Calls take no time; it never ends. */
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
 * Plays a waiter, which yields when it polls, against tasks whose length varies evenly by 10 %. Gives means, in the unit of
 * that length.
 */
export function forecast(waiter: () => Iterable<number>, length: number, tasks: number) {
  let polls = 0;
  let late = 0;
  let lateAtMost = 0;
  for (let task = 0; task < tasks; task++) {
    const end = length * (0.9 + 0.2 * Math.random());
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
