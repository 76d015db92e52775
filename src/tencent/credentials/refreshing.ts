import type { CredentialSource, ExpiringCredential, ExpiringSource } from './provider.js';

/** New credentials are loaded in the last tenth of the old ones' life, but at least one and at most five minutes. */
const MARGIN_PART = 0.1;
const MARGIN_MIN_MS = 60_000;
const MARGIN_MAX_MS = 300_000;

/** How long after a load the next one begins at the earliest, while there are credentials that are still good. */
const PAUSE_MS = 10_000;

/**
 * A source that keeps credentials until they expire, and loads new ones shortly before: nobody waits for that load, and
 * nobody notices when it fails. Only without good credentials do callers wait for a load, and have its failure; it is
 * not remembered. Concurrent callers share one load.
 *
 * With `refresh` the kept credentials are those that the API has just refused, so the answer is new ones or a failure.
 *
 * @param now - Unix time in milliseconds
 */
export function refreshing(source: ExpiringSource, now: () => number = Date.now): CredentialSource {
  let kept: ExpiringCredential | undefined;
  let nextLoadMs = 0;
  let underWay: Promise<ExpiringCredential | undefined> | undefined;

  const load = async (refresh: boolean): Promise<ExpiringCredential | undefined> => {
    nextLoadMs = now() + PAUSE_MS;
    const loaded = await source.find({ refresh });
    if (loaded) {
      kept = loaded;
      nextLoadMs = Math.max(nextLoadMs, loaded.expiresAtMs - marginMs(loaded.expiresAtMs - now()));
    }
    return loaded;
  };
  const sharedLoad = (refresh: boolean): Promise<ExpiringCredential | undefined> =>
    (underWay ??= load(refresh).finally(() => (underWay = undefined)));

  return {
    lookedFor: source.lookedFor,
    async find({ refresh = false } = {}) {
      if (refresh || !kept || now() >= kept.expiresAtMs) return sharedLoad(refresh);
      // The old ones are still good: a failure is the business of whoever comes when they are not.
      if (now() >= nextLoadMs) sharedLoad(false).catch(() => undefined);
      return kept;
    },
  };
}

function marginMs(lifeMs: number): number {
  return Math.min(Math.max(lifeMs * MARGIN_PART, MARGIN_MIN_MS), MARGIN_MAX_MS);
}
