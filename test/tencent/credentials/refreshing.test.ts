import type { ExpiringCredential, ExpiringSource } from '../../../src/tencent/credentials/provider.js';
import { refreshing } from '../../../src/tencent/credentials/temporary-keys.js';
import { HOUR, MINUTE, testClock } from './clock.js';

/** A source that gives a new key at every load, and fails or finds nothing when told to. */
class ScriptedSource implements ExpiringSource {
  readonly lookedFor = 'a scripted source';
  readonly loads: { readonly refresh?: boolean }[] = [];
  lifeMs = 2 * HOUR;
  failure: Error | undefined;
  isThere = true;

  constructor(private readonly now: () => number) {}

  async find(options: { readonly refresh?: boolean } = {}): Promise<ExpiringCredential | undefined> {
    this.loads.push(options);
    const number = this.loads.length;
    await Promise.resolve();
    if (this.failure) throw this.failure;
    if (!this.isThere) return undefined;
    return { secretId: `id${number}`, secretKey: `key${number}`, expiresAtMs: this.now() + this.lifeMs };
  }
}

function setUp() {
  const clock = testClock();
  const source = new ScriptedSource(clock.now);
  const kept = refreshing(source, clock.now);
  const id = async (options?: { refresh: boolean }) => (await kept.find(options))?.secretId;
  return { clock, source, kept, id };
}

/** Lets a background load end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('refreshing', () => {
  test('loads once and then answers from what it keeps', async () => {
    const { clock, source, id } = setUp();

    expect(await id()).toBe('id1');
    clock.advance(HOUR);
    expect(await id()).toBe('id1');
    expect(source.loads).toHaveLength(1);
  });

  test.each([
    ['five minutes before the end of a long life', 12 * HOUR, 5 * MINUTE],
    ['in the last tenth of a life of twenty minutes', 20 * MINUTE, 2 * MINUTE],
    ['a minute before the end of a short life', 5 * MINUTE, MINUTE],
  ])('loads new credentials %s', async (_when, lifeMs, marginMs) => {
    const { clock, source, id } = setUp();
    source.lifeMs = lifeMs;
    await id();

    clock.advance(lifeMs - marginMs - 1);
    await id();
    expect(source.loads).toHaveLength(1);

    clock.advance(1);
    await id();
    await settled();
    expect(source.loads).toHaveLength(2);
    expect(await id()).toBe('id2');
  });

  test('keeps no caller waiting for a load while the old credentials are good', async () => {
    const { clock, source, id } = setUp();
    await id();
    clock.advance(2 * HOUR - MINUTE);
    let finish: (found: undefined) => void = () => undefined;
    source.find = () => new Promise((resolve) => (finish = resolve));

    expect(await id()).toBe('id1');
    finish(undefined);
  });

  test('shares one load between a hundred callers', async () => {
    const { source, id } = setUp();

    const ids = await Promise.all(Array.from({ length: 100 }, () => id()));

    expect(new Set(ids)).toEqual(new Set(['id1']));
    expect(source.loads).toHaveLength(1);
  });

  test('shares one load between a hundred callers who were all refused', async () => {
    const { source, id } = setUp();
    await id();

    const ids = await Promise.all(Array.from({ length: 100 }, () => id({ refresh: true })));

    expect(new Set(ids)).toEqual(new Set(['id2']));
    expect(source.loads).toHaveLength(2);
  });

  test('gives a caller who was refused no load that began before', async () => {
    const { clock, source, id } = setUp();
    await id();
    clock.advance(2 * HOUR - MINUTE);
    const find = source.find.bind(source);
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    source.find = async (options) => {
      const found = await find(options);
      if (!options?.refresh) await slow;
      return found;
    };

    await id();
    const refreshed = id({ refresh: true });
    await settled();
    finish();
    expect(await refreshed).toBe('id3');
    expect(await id()).toBe('id3');
    expect(source.loads.slice(1)).toEqual([{ refresh: false }, { refresh: true }]);
  });

  test('gives it not that of a caller who was refused earlier either, and the next load to all who came meanwhile', async () => {
    const { source, id } = setUp();
    await id();
    const find = source.find.bind(source);
    let finish: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (finish = resolve));
    source.find = async (options) => {
      const found = await find(options);
      if (source.loads.length === 2) await slow;
      return found;
    };

    const first = id({ refresh: true });
    await settled();
    const later = Array.from({ length: 100 }, () => id({ refresh: true }));
    finish();
    expect(await first).toBe('id2');
    expect(new Set(await Promise.all(later))).toEqual(new Set(['id3']));
    expect(source.loads).toHaveLength(3);
  });

  test('lets a hundred callers have the same failure, and the next one a new load', async () => {
    const { source, id } = setUp();
    source.failure = new Error('out of order');

    const ends = await Promise.allSettled(Array.from({ length: 100 }, () => id()));
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(100);
    expect(source.loads).toHaveLength(1);

    source.failure = undefined;
    expect(await id()).toBe('id2');
  });

  test('goes on with the old credentials while new ones cannot be loaded, and asks no more often than every ten seconds', async () => {
    const { clock, source, id } = setUp();
    await id();
    source.failure = new Error('out of order');
    clock.advance(2 * HOUR - 4 * MINUTE);

    for (let second = 0; second < 30; second += 1) {
      expect(await id()).toBe('id1');
      await settled();
      clock.advance(1000);
    }
    expect(source.loads).toHaveLength(1 + 3);

    source.failure = undefined;
    await id();
    await settled();
    expect(await id()).toBe('id5');
  });

  test('fails with the reason once the old credentials have expired, and recovers by itself', async () => {
    const { clock, source, id } = setUp();
    await id();
    source.failure = new Error('out of order');
    clock.advance(2 * HOUR);

    await expect(id()).rejects.toThrow('out of order');
    await expect(id()).rejects.toThrow('out of order');
    source.failure = undefined;
    expect(await id()).toBe('id4');
  });

  test('never answers with refused credentials: new ones, or the failure', async () => {
    const { source, id } = setUp();
    await id();
    source.failure = new Error('out of order');

    await expect(id({ refresh: true })).rejects.toThrow('out of order');
    source.failure = undefined;
    expect(await id({ refresh: true })).toBe('id3');
    expect(source.loads.at(-1)).toEqual({ refresh: true });
    expect(await id()).toBe('id3');
  });

  test('does not lose good credentials when their source is not there for a while', async () => {
    const { clock, source, id } = setUp();
    await id();
    source.isThere = false;
    clock.advance(2 * HOUR - MINUTE);

    await id();
    await settled();
    expect(await id()).toBe('id1');
  });

  test('finds nothing where its source finds nothing, and looks again the next time', async () => {
    const { source, kept, id } = setUp();
    source.isThere = false;

    expect(await kept.find()).toBeUndefined();
    source.isThere = true;
    expect(await id()).toBe('id2');
  });
});
