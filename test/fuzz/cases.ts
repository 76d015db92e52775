import process from 'node:process';
import fc, { type Arbitrary } from 'fast-check';

/** How many cases the whole of `test/fuzz` makes of each kind: a thousand in CI, ten thousand by `npm run fuzz`. */
export const CASES = Number(process.env['FUZZ_CASES'] || '1000');

/** The same cases in every run of CI; `npm run fuzz` takes a new seed each time and prints it. */
export const SEED = Number(process.env['FUZZ_SEED'] || '18215');

/** How many cases are under way at once: most of a case's time is spent waiting for a connection or a server. */
const BATCH = 20;

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
): Promise<void> {
  const count = Math.ceil(CASES * share);
  const batch = fc.array(each, { minLength: BATCH, maxLength: BATCH });
  const checkBatch = async (inputs: readonly T[]): Promise<void> => {
    const results = await Promise.allSettled(inputs.map((input) => check(input)));
    for (const [index, result] of results.entries()) {
      if (result.status === 'rejected') throw new Error(describeCase(inputs[index]), { cause: result.reason });
    }
  };
  await fc.assert(fc.asyncProperty(batch, checkBatch), {
    numRuns: Math.ceil(count / BATCH),
    seed: SEED,
    endOnFailure: true,
    includeErrorInReport: true,
    reporter: report,
  });
}

/** Only the case that failed, not the whole batch around it. */
function report(details: fc.RunDetails<unknown>): void {
  const { failed, errorInstance, numRuns, seed } = details;
  if (!failed) return;
  const { message, cause } = errorInstance as Error;
  throw new Error(`After ${numRuns} batches with FUZZ_SEED=${seed}: ${message}\n${String(cause)}`, { cause });
}

function describeCase(input: unknown): string {
  return `The case ${fc.stringify(input).slice(0, 5_000)}`;
}
