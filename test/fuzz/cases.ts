import process from 'node:process';
import fc, { type Arbitrary } from 'fast-check';

/** How many cases the whole of `test/fuzz` makes of each kind: a thousand unless told otherwise. */
export const CASES = Number(process.env['FUZZ_CASES'] || '1000');

/** The same seed makes the same cases. */
export const SEED = Number(process.env['FUZZ_SEED'] || '18215');

/** How many cases are under way at once: most of a case's time is spent waiting for a connection or a server. */
const BATCH = 25;

/** The same of cases that take seconds, in which they do nothing. */
export const WAITS_BATCH = 100;

/**
 * Checks generated cases, some of them at once. Cases are not made smaller when one fails: each takes a server, and
 * the message of the failure shows the case.
 *
 * @param share - of {@link CASES}: cases that need a workflow cost more than those that need a function
 */
export async function forCases<T>(
  each: Arbitrary<T>,
  share: number,
  check: (input: T) => Promise<void>,
  atOnce = BATCH,
): Promise<void> {
  const count = Math.ceil(CASES * share);
  const batch = fc.array(each, { minLength: atOnce, maxLength: atOnce });
  const checkBatch = async (inputs: readonly T[]): Promise<void> => {
    const results = await Promise.allSettled(inputs.map((input) => check(input)));
    for (const [index, result] of results.entries()) {
      if (result.status === 'rejected') throw new Error(describeCase(inputs[index]), { cause: result.reason });
    }
  };
  await fc.assert(fc.asyncProperty(batch, checkBatch), {
    numRuns: Math.ceil(count / atOnce),
    seed: SEED,
    endOnFailure: true,
    // Only the case that failed, not the whole batch around it.
    asyncReporter: ({ failed, errorInstance, numRuns, seed }) => {
      if (!failed || !(errorInstance instanceof Error)) return Promise.resolve();
      const { message, cause } = errorInstance;
      return Promise.reject(new Error(`After ${numRuns} batches with FUZZ_SEED=${seed}: ${message}`, { cause }));
    },
  });
}

function describeCase(input: unknown): string {
  return `The case ${fc.stringify(input).slice(0, 5_000)}`;
}
