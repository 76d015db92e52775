import fc from 'fast-check';
import { cut, plain, quote } from '../../src/contract/text.js';

/** Texts that hold anything, halves of surrogate pairs too. */
const anyText = fc.string({ unit: fc.oneof(fc.constantFrom('\ud83d', '\ude00', '\n', '😀', '"', '…'), fc.string()) });

describe('cut', () => {
  test('leaves a text that fits as it is', () => {
    expect(cut('redis缓存清空流程 😀', 14)).toBe('redis缓存清空流程 😀');
  });

  test('puts an ellipsis where it cuts', () => {
    expect(cut('0123456789', 5)).toBe('0123…');
  });

  test('counts characters, not halves of them', () => {
    expect(cut('😀😀😀', 3)).toBe('😀😀😀');
    expect(cut('😀😀😀😀', 3)).toBe('😀😀…');
  });

  test('replaces a lone surrogate, also in a short text', () => {
    expect(cut('a\ud83db', 10)).toBe('a\ufffdb');
    expect(cut('\ude00', 10)).toBe('\ufffd');
  });

  test('never lets a lone surrogate through, and never exceeds its length', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 50 }), (text, max) => {
        const short = cut(text, max);

        expect(short.isWellFormed()).toBe(true);
        expect(Array.from(short).length).toBeLessThanOrEqual(max);
      }),
    );
  });
});

describe('plain and quote', () => {
  test('put a text on one line', () => {
    expect(plain('  one\r\n\ttwo\u2028three  ', 100)).toBe('one two three');
    expect(quote('one\ntwo', 100)).toBe('"one two"');
  });

  test('give well-formed text on one line whatever comes in', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(plain(text, 30).isWellFormed()).toBe(true);
        expect(quote(text, 30)).not.toMatch(/[\r\n\u2028\u2029]/);
      }),
    );
  });
});
