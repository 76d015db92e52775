import {
  type CredentialProvider,
  type CredentialSource,
  NoCredentialsError,
  type TencentCredential,
} from './provider.js';

/**
 * A provider that asks its sources in their order and stays with the first that has credentials: a running worker
 * must not become somebody else because a file is missing for a moment, or a service does not answer.
 *
 * @param onChoice - told which it is, by its place in the list
 */
export function credentialChain(
  sources: readonly CredentialSource[],
  onChoice?: (source: CredentialSource, index: number) => void,
): CredentialProvider {
  let chosen: CredentialSource | undefined;
  return {
    async getCredential(options) {
      if (chosen) {
        const credential = await chosen.find(options);
        if (credential) return credential;
        throw new Error(`Credentials were there before, and are not any more: ${chosen.lookedFor}`);
      }
      for (const [index, source] of sources.entries()) {
        const credential = await source.find(options);
        if (!credential) continue;
        chosen = source;
        onChoice?.(source, index);
        return credential;
      }
      throw new NoCredentialsError(sources);
    },
  };
}

/** A load that takes longer has failed: its callers must not wait for ever, nor all who come after them. */
const LOAD_LIMIT_MS = 10_000;

/**
 * A provider that lets concurrent callers share one load. A load that failed is not remembered, and neither is one
 * that succeeded: how long credentials are good is for the provider behind it to know.
 */
export function sharedLoads(provider: CredentialProvider, limitMs = LOAD_LIMIT_MS): CredentialProvider {
  const underWay = new Map<boolean, Promise<Partial<TencentCredential>>>();
  return {
    getCredential({ refresh = false } = {}) {
      const load =
        underWay.get(refresh) ??
        within(limitMs, provider.getCredential({ refresh })).finally(() => underWay.delete(refresh));
      underWay.set(refresh, load);
      return load;
    },
  };
}

function within<T>(limitMs: number, load: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`the source of credentials did not answer within ${limitMs / 1000} s`);
    timer = setTimeout(() => reject(error), limitMs).unref();
  });
  return Promise.race([load, late]).finally(() => clearTimeout(timer));
}
