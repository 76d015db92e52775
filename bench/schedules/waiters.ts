import { pollTimes } from '../../src/cli/forecast.js';
import { readInput } from '../../src/contract/task/input.js';
import type { RedisTaskPolling } from '../../src/contract/wait/polling.js';

/** Yields how long after its start a waiter polls, in seconds. */
export type Waiter = (random: () => number) => Generator<number>;

/** This package, by what it was told to expect of a task. */
export const ours = {
  'this package, defaults': () => thisPackage({}),
  'this package, `expectedDuration` right': (lengthS: number) => thisPackage({ expectedDuration: `${lengthS}s` }),
  'this package, `expectedDuration` half the truth': (lengthS: number) =>
    thisPackage({ expectedDuration: `${lengthS / 2}s` }),
  'this package, `expectedDuration` twice the truth': (lengthS: number) =>
    thisPackage({ expectedDuration: `${lengthS * 2}s` }),
} satisfies Record<string, (lengthS: number) => Waiter>;

/** The others, which expect nothing. Their algorithms are written out from their sources. */
export const peers = {
  // terraform-plugin-sdk helper/retry: 0.5 s doubling up to 10 s.
  'Terraform provider': () => growing(0.5, 2, 10),
  // tccli redis_client.py: every 5 s (it gives up after 180 s unless told otherwise).
  'tccli --waiter': () => growing(5, 1, 5),
  // @azure/core-lro poller.js: every 2 s.
  'Azure core-lro': () => growing(2, 1, 2),
  // @smithy/util-waiter poller.js: min 2 s, max 120 s, drawn between the minimum and the doubled delay.
  'AWS SDK waiter': smithy,
} satisfies Record<string, Waiter>;

function thisPackage(polling: RedisTaskPolling): Waiter {
  const { schedule } = readInput({ taskId: 1, region: 'ap-guangzhou', polling });
  return function* (random) {
    for (const atMs of pollTimes(schedule, random)) yield atMs / 1000;
  };
}

function* growing(firstS: number, factor: number, maxS: number): Generator<number> {
  for (let at = 0, delay = firstS; ; delay = Math.min(maxS, delay * factor)) {
    yield at;
    at += delay;
  }
}

function* smithy(random: () => number): Generator<number> {
  const [min, max] = [2, 120];
  const ceiling = Math.log2(max / min) + 1;
  yield 0;
  for (let at = 0, attempt = 1; ; attempt++) {
    const capped = Math.min(max, min * 2 ** (attempt - 1));
    at += attempt > ceiling ? max : min + random() * (capped - min);
    yield at;
  }
}
