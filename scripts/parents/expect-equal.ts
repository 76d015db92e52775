import { isDeepStrictEqual } from 'node:util';

/** @throws Error that says what should have been, and what was */
export function expectEqual(what: string, seen: unknown, expected: unknown): void {
  if (isDeepStrictEqual(seen, expected)) return;
  throw new Error(`${what} should be ${JSON.stringify(expected)}, not ${JSON.stringify(seen)}`);
}
