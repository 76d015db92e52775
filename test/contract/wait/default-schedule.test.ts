import { readInput } from '../../../src/contract/task/input.js';
import { nextInterval } from '../../../src/contract/wait/schedule.js';
import { seeded } from '../../support/seeded.js';

const DURATIONS_S = [9, 30, 60, 180, 600, 1_800];
const PATHS = 500;
const { schedule } = readInput({ taskId: 18215, region: 'ap-guangzhou' });

/** When Terraform's provider polls a task, in seconds: after 0.5, 1, 2, 4 and 8 s, then every 10 s. */
function terraformPolls(untilS: number): number[] {
  const polls = [0];
  for (let at = 0, pause = 0.5; at < untilS; pause = Math.min(2 * pause, 10)) {
    at += pause;
    polls.push(at);
  }
  return polls;
}

/** The same of one wait with the default schedule. */
function defaultPolls(untilS: number, random: () => number): number[] {
  const polls = [0];
  for (let at = 0, step = 0; at < untilS;) {
    const next = nextInterval(schedule, at * 1_000, step, random());
    at += next.delayMs / 1_000;
    step = next.step;
    polls.push(at);
  }
  return polls;
}

/** Mean calls, and mean lateness in seconds, over all tasks that take from 0.9 to 1.1 of `durationS`: exact, no draw. */
function costOf(polls: readonly number[], durationS: number): { calls: number; lateS: number } {
  const [from, to] = [0.9 * durationS, 1.1 * durationS];
  let [calls, lateS] = [0, 0];
  polls.forEach((at, index) => {
    const [low, high] = [Math.max(polls[index - 1] ?? 0, from), Math.min(at, to)];
    const share = Math.max(0, high - low) / (to - from);
    calls += share * (index + 1);
    lateS += share * (at - (low + high) / 2);
  });
  return { calls, lateS };
}

function meanCostOfDefault(durationS: number): { calls: number; lateS: number } {
  const random = seeded(durationS);
  const costs = Array.from({ length: PATHS }, () => costOf(defaultPolls(1.1 * durationS, random), durationS));
  return {
    calls: costs.reduce((sum, { calls }) => sum + calls, 0) / PATHS,
    lateS: costs.reduce((sum, { lateS }) => sum + lateS, 0) / PATHS,
  };
}

describe("the default schedule beside Terraform's waiter", () => {
  test('is measured against the waiter as published: 6 calls and 6.5 s for a task of 9 s', () => {
    const { calls, lateS } = costOf(terraformPolls(9.9), 9);

    expect(calls).toBeCloseTo(6, 6);
    expect(lateS).toBeCloseTo(6.5, 6);
  });

  const ofDefault = new Map(DURATIONS_S.map((durationS) => [durationS, meanCostOfDefault(durationS)]));

  /** What is promised in docs/maintainers/schedule.md: at or below Terraform's numbers, within so much. */
  const WITHIN = 1.03;

  test.each(DURATIONS_S)('makes no more calls for a task of %d s', (durationS) => {
    const terraform = costOf(terraformPolls(1.1 * durationS), durationS);

    expect(ofDefault.get(durationS)?.calls).toBeLessThanOrEqual(WITHIN * terraform.calls);
  });

  test.each(DURATIONS_S)('sees the end of a task of %d s no later', (durationS) => {
    const terraform = costOf(terraformPolls(1.1 * durationS), durationS);

    expect(ofDefault.get(durationS)?.lateS).toBeLessThanOrEqual(WITHIN * terraform.lateS);
  });
});
