import { type Cost, costOf, type Law } from './law.js';

/** Points in time that a schedule may poll at. */
const GRID = 500;
/** Two polls are never closer, as in a wait. */
const CLOSEST_S = 1;

/**
 * The schedules that nobody can beat who knows no more than the law: each has the fewest calls of all that are as early,
 * from few calls to many. By dynamic programming, one schedule for each price of a second of lateness in calls.
 */
export function optima(law: Law): Cost[] {
  const prices = Array.from({ length: 40 }, (_, index) => 0.005 * 1.2 ** index);
  return prices.map((callsPerSecond) => costOf(optimum(law, callsPerSecond), law));
}

/** Of schedules in the order of their calls: the lateness of one with so many calls, on the line between its neighbours. */
export function latenessAt(calls: number, schedules: readonly Cost[]): number {
  const index = schedules.findIndex((each) => each.calls >= calls);
  const [fewer, more] = [schedules[index - 1], schedules[index]];
  if (!fewer || !more) return NaN;
  const share = Math.log(calls / fewer.calls) / Math.log(more.calls / fewer.calls);
  return fewer.lateS * (more.lateS / fewer.lateS) ** share;
}

/** When to poll, so that calls and seconds of lateness, at this price, cost the least on average. */
function optimum(law: Law, callsPerSecond: number): number[] {
  // Finer near the start, where the tasks are.
  const times = Array.from({ length: GRID + 1 }, (_, index) => law.endS * (index / GRID) ** 1.5);
  const ended = times.map(law.ended);
  const lengths = times.map(law.lengthOfEnded);
  const at = (values: readonly number[], index: number) => values[index] ?? NaN;

  // From the last point back: what is still to pay after a poll at a point, and which poll is best to follow.
  const toPay = times.map(() => 0);
  const next = times.map(() => GRID);
  for (let poll = GRID - 1; poll >= 0; poll -= 1) {
    let least = Infinity;
    for (let following = poll + 1; following <= GRID; following += 1) {
      if (at(times, following) - at(times, poll) < CLOSEST_S && following < GRID) continue;
      const late =
        at(times, following) * (at(ended, following) - at(ended, poll)) - (at(lengths, following) - at(lengths, poll));
      const cost = 1 - at(ended, poll) + callsPerSecond * late + at(toPay, following);
      if (cost >= least) continue;
      least = cost;
      next[poll] = following;
    }
    toPay[poll] = least;
  }

  const polls = [0];
  for (let poll = 0; poll < GRID;) {
    poll = at(next, poll);
    polls.push(at(times, poll));
  }
  return polls;
}
