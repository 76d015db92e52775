import fc from 'fast-check';

/** Any character of Unicode. fast-check's own `binary` builds a table of all of them first, which takes a second per file. */
export const anyCharacter: fc.Arbitrary<string> = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((codePoint) => String.fromCodePoint(codePoint));
