/** Dice that fall the same way for the same seed. */
export interface Dice {
  /** From 0 to below 1. */
  readonly throw: () => number;
  readonly between: (min: number, max: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly shuffled: <T>(items: readonly T[]) => T[];
}

/** The generator is mulberry32: 32 bits of state are plenty for a few thousand throws. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    throw: next,
    between: (min, max) => min + (max - min) * next(),
    chance: (probability) => next() < probability,
    shuffled(items) {
      const keyed = items.map((item) => ({ item, key: next() }));
      return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
    },
  };
}
