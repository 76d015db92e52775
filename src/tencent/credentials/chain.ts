import {
  type CredentialProvider,
  type CredentialSource,
  NoCredentialsError,
  type TencentCredential,
} from './provider.js';

/**
 * A provider that asks its sources in their order and stays with the first that has credentials: a running worker
 * must not become somebody else because a file is missing for a moment, or a service does not answer.
 */
export function credentialChain(sources: readonly CredentialSource[]): CredentialProvider {
  let chosen: CredentialSource | undefined;
  return {
    async getCredential(options) {
      if (chosen) {
        const credential = await chosen.find(options);
        if (credential) return credential;
        throw new Error(`Credentials were there before, and are not any more: ${chosen.lookedFor}`);
      }
      for (const source of sources) {
        const credential = await source.find(options);
        if (!credential) continue;
        chosen = source;
        return credential;
      }
      throw new NoCredentialsError(sources);
    },
  };
}

/**
 * A provider that lets concurrent callers share one load. A load that failed is not remembered, and neither is one
 * that succeeded: how long credentials are good is for the provider behind it to know.
 */
export function sharedLoads(provider: CredentialProvider): CredentialProvider {
  const underWay = new Map<boolean, Promise<Partial<TencentCredential>>>();
  return {
    getCredential({ refresh = false } = {}) {
      const load = underWay.get(refresh) ?? provider.getCredential({ refresh }).finally(() => underWay.delete(refresh));
      underWay.set(refresh, load);
      return load;
    },
  };
}
