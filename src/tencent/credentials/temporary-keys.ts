import * as v from 'valibot';
import { transientError } from '../errors.js';
import type { ExpiringCredential, ExpiringSource } from './provider.js';
import { sharedLoad } from './shared-load.js';

const text = v.pipe(v.string(), v.nonEmpty());
const TemporaryKey = v.object({
  TmpSecretId: text,
  TmpSecretKey: text,
  Token: text,
  /** Unix time in seconds. */
  ExpiredTime: v.pipe(v.number(), v.finite()),
});

/** Reads a temporary key of STS or the metadata service. Errors name fields, never their values. */
export function readTemporaryKey(answer: unknown, from: string): ExpiringCredential {
  const { success, output, issues } = v.safeParse(TemporaryKey, answer, { abortEarly: true });
  if (!success) {
    throw transientError('InvalidResponse', `${from} answered without ${v.getDotPath(issues[0]) ?? 'a key'}`);
  }
  const { TmpSecretId: secretId, TmpSecretKey: secretKey, Token: token, ExpiredTime } = output;
  return { secretId, secretKey, token, expiresAtMs: ExpiredTime * 1000 };
}

/** New credentials are loaded in the last tenth of the old ones' life, but at least one and at most five minutes. */
const MARGIN_PART = 0.1;
const MARGIN_MIN_MS = 60_000;
const MARGIN_MAX_MS = 300_000;

/** The least time between two loads while there are valid credentials. */
const PAUSE_MS = 10_000;

/**
 * Keeps a source's credentials until they expire. Shortly before, it loads new ones in the background; if that fails, it
 * tries again later. Only without valid credentials do callers wait for a load, which they share, and get its failure.
 * With `refresh` the API has refused the kept credentials: the answer is new ones, or a failure.
 *
 * @param now - Unix time in milliseconds
 */
export function refreshing(source: ExpiringSource, now: () => number): ExpiringSource {
  let kept: ExpiringCredential | undefined;
  let nextLoadMs = 0;

  const load = sharedLoad(async (refresh) => {
    nextLoadMs = now() + PAUSE_MS;
    const loaded = await source.find({ refresh });
    if (loaded) {
      kept = loaded;
      const marginMs = Math.max((loaded.expiresAtMs - now()) * MARGIN_PART, MARGIN_MIN_MS);
      nextLoadMs = Math.max(nextLoadMs, loaded.expiresAtMs - Math.min(marginMs, MARGIN_MAX_MS));
    }
    return loaded;
  });

  return {
    lookedFor: source.lookedFor,
    async find({ refresh = false } = {}) {
      if (refresh || !kept || now() >= kept.expiresAtMs) return load(refresh);
      // Ignore a failure here; the next callers get it if it lasts.
      if (now() >= nextLoadMs) load(false).catch(() => undefined);
      return kept;
    },
  };
}
