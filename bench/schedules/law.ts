/** How long the tasks of a kind take, in seconds. */
export interface Law {
  /** The share of tasks that have ended after so many seconds. */
  readonly ended: (seconds: number) => number;
  /** The integral of a task's length over those tasks: their mean length, times their share. */
  readonly lengthOfEnded: (seconds: number) => number;
  /** When all tasks, or all but one in ten thousand, have ended. */
  readonly endS: number;
}

/** Lengths spread evenly around one, by a share of it. */
export function evenly(lengthS: number, spread: number): Law {
  const [from, to] = [(1 - spread) * lengthS, (1 + spread) * lengthS];
  const ended = (seconds: number) => {
    if (seconds <= from) return 0;
    return seconds < to ? (seconds - from) / (to - from) : 1;
  };
  return {
    ended,
    lengthOfEnded: (seconds) => ended(seconds) * (from + (ended(seconds) * (to - from)) / 2),
    endS: to,
  };
}

/** Log-normal lengths: a sigma of 0.5 puts two thirds of them between 0.6 and 1.65 of the median. */
export function logNormal(medianS: number, sigma: number): Law {
  const mean = medianS * Math.exp(sigma ** 2 / 2);
  const deviation = (seconds: number) => Math.log(seconds / medianS) / sigma;
  return {
    ended: (seconds) => (seconds > 0 ? normal(deviation(seconds)) : 0),
    lengthOfEnded: (seconds) => (seconds > 0 ? mean * normal(deviation(seconds) - sigma) : 0),
    endS: medianS * Math.exp(3.8 * sigma),
  };
}

/** The standard normal distribution (Abramowitz and Stegun 7.1.26, exact to seven digits). */
function normal(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const coefficients = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const upper = coefficients.reduce((sum, each) => (sum + each) * t, 0) * Math.exp(-(z ** 2)) * 0.5;
  return x < 0 ? upper : 1 - upper;
}

/** Means over all tasks. */
export interface Cost {
  readonly calls: number;
  readonly lateS: number;
}

/** What polling at these times costs, the first of them at 0. Exact; calls take no time. */
export function costOf(polls: readonly number[], law: Law): Cost {
  let [calls, lateS] = [0, 0];
  let [endedBefore, lengthBefore] = [0, 0];
  for (const at of polls) {
    const [ended, length] = [law.ended(at), law.lengthOfEnded(at)];
    calls += 1 - endedBefore;
    lateS += at * (ended - endedBefore) - (length - lengthBefore);
    [endedBefore, lengthBefore] = [ended, length];
  }
  return { calls, lateS };
}
