import pMap from 'p-map';
import type { AwaitRedisTaskInput } from '../contract/input.js';
import type { RedisTaskResult } from '../contract/outcome.js';

const STARTS_AT_ONCE = { concurrency: 50 };

/** Each request stays open until its wait has ended. */
const RESULTS_AT_ONCE = { concurrency: 100 };

type Settled<T> =
  | { readonly input: AwaitRedisTaskInput; readonly result: T; readonly error?: undefined }
  | { readonly input: AwaitRedisTaskInput; readonly result?: undefined; readonly error: unknown };

/** How one of many waits ended. */
export type RedisTaskOutcome = Settled<RedisTaskResult>;

/** Starts all waits, then asks for their results in turn: the caller gets them together anyway. */
export async function awaitAll(
  inputs: Iterable<AwaitRedisTaskInput>,
  begin: (input: AwaitRedisTaskInput) => Promise<() => Promise<RedisTaskResult>>,
): Promise<RedisTaskOutcome[]> {
  const begun = await pMap(inputs, (input) => settle(input, begin(input)), STARTS_AT_ONCE);
  const end = async (each: (typeof begun)[number]) => (each.result ? settle(each.input, each.result()) : each);
  return pMap(begun, end, RESULTS_AT_ONCE);
}

async function settle<T>(input: AwaitRedisTaskInput, work: Promise<T>): Promise<Settled<T>> {
  try {
    return { input, result: await work };
  } catch (error) {
    return { input, error };
  }
}
