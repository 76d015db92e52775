/** A Tencent Cloud key. With `token` it is a temporary one. */
export interface TencentCredential {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string | undefined;
}

/**
 * Where credentials come from. The shape is that of Tencent's own SDK, so its providers fit in; one of your own needs
 * only this method. It is asked before every call, so it should cache what is costly to get.
 */
export interface CredentialProvider {
  /**
   * @param options.refresh - the API has just refused what this provider returned: look again instead of answering
   * from a cache
   */
  getCredential(options?: { readonly refresh?: boolean }): Promise<Partial<TencentCredential>>;
}

/**
 * Asks a provider for a key to sign with.
 *
 * @throws what the provider throws, or that its answer is no key: Tencent's own providers declare every field optional
 */
export async function loadKey(
  provider: CredentialProvider,
  options: { readonly refresh: boolean },
): Promise<TencentCredential> {
  const answer: Partial<TencentCredential> | undefined = await provider.getCredential(options);
  if (!isKey(answer)) throw new Error('the provider returned an empty key');
  return answer;
}

function isKey(answer: Partial<TencentCredential> | undefined): answer is TencentCredential {
  return Boolean(answer?.secretId && answer.secretKey);
}

/** A temporary key that says until when it is good. */
export interface ExpiringCredential extends TencentCredential {
  /** Unix time in milliseconds, by our clock. */
  readonly expiresAtMs: number;
}

/**
 * One place to look for credentials. Returns undefined when nothing is configured there, so that the next place is
 * tried; throws when something is configured and cannot be used.
 */
export interface CredentialSource {
  /** What to look for, for the message of a person who has configured nothing. */
  readonly lookedFor: string;
  find(options?: { readonly refresh?: boolean }): Promise<TencentCredential | undefined>;
}

/** A source whose credentials expire, and that loads new ones each time it is asked. */
export interface ExpiringSource extends CredentialSource {
  find(options?: { readonly refresh?: boolean }): Promise<ExpiringCredential | undefined>;
}

/** No source has credentials. The message lists what was looked for. */
export class NoCredentialsError extends Error {
  override readonly name = 'NoCredentialsError';

  constructor(sources: readonly CredentialSource[]) {
    super(`No Tencent Cloud credentials found. Looked for: ${sources.map((each) => each.lookedFor).join('; ')}.`);
  }
}
