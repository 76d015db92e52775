/** A clock that stands still until a test moves it. */
export interface TestClock {
  readonly now: () => number;
  advance(ms: number): void;
}

/** It starts at the real time, which requests are signed with and services compare. */
export function testClock(): TestClock {
  let nowMs = Date.now();
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
  };
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
