import fc, { type Arbitrary } from 'fast-check';
import { anyCharacter } from '../support/characters.js';

/** Texts that travel badly: halves of surrogate pairs, controls, quotes, what terminals and Markdown read, long ones. */
export const oddText: Arbitrary<string> = fc.oneof(
  fc.string({ unit: anyCharacter }),
  // Any UTF-16 code units, so that most surrogates stand alone.
  fc.array(fc.nat(0xffff), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.nat(0x1f), { maxLength: 10 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', ' ', '\ud83d', '\ude00', '\u0000', '\ufeff', '\u2028', '\u202e', '```', '**', '\u001b[31m', '"'),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'succeed', 'SUCCEED', 'failed', 'Error', 'running', 'null'),
);

/** The same, sometimes up to 100 kB. */
export const anyText: Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: oddText },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('x', '\ud83d', '漏', '\u0007', '`', ' '), fc.nat(100_000))
      .map(([unit, length]) => unit.repeat(length)),
  },
);

/** Any value that JSON has. */
export const anyJson: Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' }),
  anyText,
  fc.constantFrom(null, true, false, 0, -0, -1, 1e308, 2 ** 53, [], {}, [[]], { a: { b: [] } }),
);

/** A JSON text of an object, written field by field: with fields twice, and with `__proto__` as a field. */
export function objectText(entries: readonly (readonly [name: string, value: unknown])[]): string {
  return `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}
