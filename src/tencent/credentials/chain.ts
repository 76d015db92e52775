import {
  type CredentialProvider,
  type CredentialSource,
  NoCredentialsError,
  type TencentCredential,
} from './provider.js';

/** A provider that asks its sources in their order and takes the first that has credentials. */
export function credentialChain(sources: readonly CredentialSource[]): CredentialProvider {
  return {
    async getCredential(options) {
      for (const source of sources) {
        const credential = await source.find(options);
        if (credential) return credential;
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
  const underWay = new Map<boolean, Promise<TencentCredential>>();
  return {
    getCredential({ refresh = false } = {}) {
      const load = underWay.get(refresh) ?? provider.getCredential({ refresh }).finally(() => underWay.delete(refresh));
      underWay.set(refresh, load);
      return load;
    },
  };
}
