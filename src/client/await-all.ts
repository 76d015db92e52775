import pMap from 'p-map';
import type { AwaitRedisTaskInput } from '../contract/task/input.js';
import type { RedisTaskResult } from '../contract/task/outcome.js';

const STARTS_AT_ONCE = { concurrency: 50 };

/** Each request stays open until its wait has ended. */
const RESULTS_AT_ONCE = { concurrency: 100 };

/** How one of many waits ended. */
export type RedisTaskOutcome =
  | { readonly input: AwaitRedisTaskInput; readonly result: RedisTaskResult; readonly error?: undefined }
  | { readonly input: AwaitRedisTaskInput; readonly result?: undefined; readonly error: unknown };

/** Starts all waits, then asks for their results in turn: the caller gets them together anyway. */
export async function awaitAll(
  inputs: Iterable<AwaitRedisTaskInput>,
  begin: (input: AwaitRedisTaskInput) => Promise<() => Promise<RedisTaskResult>>,
): Promise<RedisTaskOutcome[]> {
  const failLater = (error: Error) => () => Promise.reject(error);
  const start = async (input: AwaitRedisTaskInput) => ({ input, end: await begin(input).catch(failLater) });
  // Read in full first: when reading them fails, nothing has been started.
  const begun = await pMap([...inputs], start, STARTS_AT_ONCE);
  const settle = ({ input, end }: (typeof begun)[number]) =>
    end().then<RedisTaskOutcome, RedisTaskOutcome>(
      (result) => ({ input, result }),
      (error: unknown) => ({ input, error }),
    );
  return pMap(begun, settle, RESULTS_AT_ONCE);
}
