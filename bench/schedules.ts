/**
 * What a schedule costs, and how late it sees the end, next to those of other waiters.
 *
 *   node --import tsx bench/schedules.ts
 *
 * Each figure is the mean of 20,000 tasks whose length is spread evenly by 10 % around the one given; calls take no
 * time. The other waiters' algorithms are written out from their sources, named beside each.
 */
import { forecast, pollTimes } from '../src/cli/forecast.js';
import { readInput, type RedisTaskPolling } from '../src/contract/input.js';

const TASKS = 20_000;
const SECONDS = [9, 30, 60, 180, 600, 1800];

/** Yields how long after its start a waiter polls, in seconds, for one task. */
type Waiter = (expectedS: number) => Generator<number>;

const waiters: Readonly<Record<string, Waiter>> = {
  'this package, defaults': () => ours({}),
  'this package, `expectedDuration` right': (expectedS) => ours({ expectedDuration: `${expectedS}s` }),
  'this package, `expectedDuration` half': (expectedS) => ours({ expectedDuration: `${expectedS / 2}s` }),
  // terraform-plugin-sdk helper/retry: 0.5 s doubling up to 10 s.
  'Terraform provider': () => growing(0.5, 2, 10),
  // tccli redis_client.py: every 5 s (it gives up after 180 s unless told otherwise).
  'tccli --waiter': () => growing(5, 1, 5),
  // @azure/core-lro poller.js: every 2 s.
  'Azure core-lro': () => growing(2, 1, 2),
  // @smithy/util-waiter poller.js: min 2 s, max 120 s, drawn between the minimum and the doubled delay.
  'AWS SDK waiter': smithy,
};

function* ours(polling: RedisTaskPolling): Generator<number> {
  const { schedule } = readInput({ taskId: 1, region: 'ap-guangzhou', polling });
  for (const atMs of pollTimes(schedule)) yield atMs / 1000;
}

function* growing(firstS: number, factor: number, maxS: number): Generator<number> {
  for (let at = 0, delay = firstS; ; delay = Math.min(maxS, delay * factor)) {
    yield at;
    at += delay;
  }
}

function* smithy(): Generator<number> {
  const [min, max] = [2, 120];
  const ceiling = Math.log2(max / min) + 1;
  yield 0;
  for (let at = 0, attempt = 1; ; attempt++) {
    const capped = Math.min(max, min * 2 ** (attempt - 1));
    at += attempt > ceiling ? max : min + Math.random() * (capped - min);
    yield at;
  }
}

function measure(waiter: Waiter, seconds: number): string {
  const { polls, late } = forecast(() => waiter(seconds), seconds, TASKS);
  return `${polls.toFixed(1)} / ${late.toFixed(1)}`;
}

const rows = Object.entries(waiters).map(([name, waiter]) => [name, ...SECONDS.map((each) => measure(waiter, each))]);
const header = ['polls / seconds late', ...SECONDS.map((each) => `${each} s`)];
for (const row of [header, header.map(() => '---'), ...rows]) process.stdout.write(`| ${row.join(' | ')} |\n`);
