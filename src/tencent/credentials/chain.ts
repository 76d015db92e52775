import type { CredentialProvider, CredentialSource, TencentCredential } from './provider.js';
import { sharedLoad } from './shared-load.js';

/**
 * A provider that asks its sources in order and keeps to the first that has credentials: a running worker must not change
 * its identity because a file is missing for a moment, or a service does not answer.
 *
 * @param onChoice - called with that source, once
 */
export function credentialChain<Source extends CredentialSource>(
  sources: readonly Source[],
  onChoice?: (source: Source) => void,
): CredentialProvider {
  let chosen: Source | undefined;
  return {
    async getCredential(options) {
      for (const source of chosen ? [chosen] : sources) {
        const credential = await source.find(options);
        if (!credential) continue;
        if (!chosen) onChoice?.(source);
        chosen = source;
        return credential;
      }
      if (chosen) throw new Error(`Credentials are no longer where they were: ${chosen.lookedFor}`);
      const places = sources.map(({ lookedFor }) => lookedFor).join('; ');
      throw new Error(`No Tencent Cloud credentials found. Looked for: ${places}.`);
    },
  };
}

/** A load that takes longer has failed: callers must not wait forever. */
const LOAD_LIMIT_MS = 10_000;

/** A provider whose concurrent callers share one load. It remembers neither failures nor credentials. */
export function sharedLoads(provider: CredentialProvider, limitMs = LOAD_LIMIT_MS): CredentialProvider {
  const load = sharedLoad((refresh) => {
    let timer: NodeJS.Timeout | undefined;
    const late = (): Error => new Error(`the source of credentials did not answer within ${limitMs / 1000} s`);
    return new Promise<Partial<TencentCredential>>((resolve, reject) => {
      timer = setTimeout(() => reject(late()), limitMs).unref();
      Promise.resolve(provider.getCredential({ refresh })).then(resolve, reject);
    }).finally(() => clearTimeout(timer));
  });
  return {
    // For metrics; a source is known only once it has been taken.
    get source() {
      return provider.source ?? 'custom';
    },
    getCredential: ({ refresh = false } = {}) => load(refresh),
  };
}
