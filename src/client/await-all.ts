import pMap from 'p-map';
import type { AwaitRedisTaskInput } from '../contract/input.js';
import type { RedisTaskResult } from '../contract/outcome.js';
import type { WaitChain } from './wait-chain.js';

/** How many requests for a start are under way at once. */
const STARTS_AT_ONCE = 50;

/** How many requests for a result are open at once: each stays so until its wait has ended. */
const RESULTS_AT_ONCE = 100;

/** How one of many waits ended. */
export type RedisTaskOutcome =
  | { readonly input: AwaitRedisTaskInput; readonly result: RedisTaskResult; readonly error?: undefined }
  | { readonly input: AwaitRedisTaskInput; readonly result?: undefined; readonly error: unknown };

type Begun =
  | { readonly input: AwaitRedisTaskInput; readonly wait: WaitChain; readonly begunAt: number }
  | { readonly input: AwaitRedisTaskInput; readonly wait?: undefined; readonly error: unknown };

/**
 * Begins waits for all of these, then asks for their results in turn: nobody gets any before all have ended, so an open
 * request for each would bring nothing sooner.
 */
export async function awaitAll(
  inputs: Iterable<AwaitRedisTaskInput>,
  begin: (input: AwaitRedisTaskInput) => Promise<WaitChain>,
  resultOf: (wait: WaitChain, begunAt: number) => Promise<RedisTaskResult>,
): Promise<RedisTaskOutcome[]> {
  const beginOne = async (input: AwaitRedisTaskInput): Promise<Begun> => {
    try {
      return { input, wait: await begin(input), begunAt: performance.now() };
    } catch (error) {
      return { input, error };
    }
  };
  const endOne = async (begun: Begun): Promise<RedisTaskOutcome> => {
    if (!begun.wait) return begun;
    const { input, wait, begunAt } = begun;
    try {
      return { input, result: await resultOf(wait, begunAt) };
    } catch (error) {
      return { input, error };
    }
  };
  const begun = await pMap(inputs, beginOne, { concurrency: STARTS_AT_ONCE });
  return pMap(begun, endOne, { concurrency: RESULTS_AT_ONCE });
}
