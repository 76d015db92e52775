import { cachedWaits } from '../../src/worker/cached-waits.js';

const MIB = 2 ** 20;

describe('cachedWaits', () => {
  test.each([
    [256, 28],
    [512, 156],
    [1_024, 250],
  ])('leaves room for them in a container of %d MiB: %d', (memory, waits) => {
    expect(cachedWaits(memory * MIB)).toBe(waits);
  });

  test('is a few where there is hardly any memory, since a worker without a cache replays all the time', () => {
    expect(cachedWaits(100 * MIB)).toBe(10);
  });

  test('is no more on a large machine: more waits than the API can be asked about need no cache', () => {
    expect(cachedWaits(64 * 1_024 * MIB)).toBe(250);
  });

  test('knows the memory of this machine', () => {
    expect(cachedWaits()).toBeGreaterThanOrEqual(10);
  });
});
