/** A Tencent Cloud key. With `token` it is a temporary one. */
export interface TencentCredential {
  readonly secretId: string;
  readonly secretKey: string;
  readonly token?: string | undefined;
}

/**
 * Where credentials come from. Tencent's own SDK has the same interface, so its providers fit; your own needs only this
 * method. It is called before every request, so cache what is expensive to get.
 */
export interface CredentialProvider {
  /** What metrics call it. @default 'custom' */
  readonly source?: string;
  /** @param options.refresh - the API has just refused the last answer: load again instead of using a cache */
  getCredential(options?: { readonly refresh?: boolean }): Promise<Partial<TencentCredential>>;
}

/** A key to sign with. Our own providers tell its end. */
export type LoadedKey = TencentCredential & Partial<Pick<ExpiringCredential, 'expiresAtMs'>>;

/** What a key consists of. Anything else fits no HTTP header, or makes a signature that the API refuses. */
export const KEY_CHARACTERS = /^[\x21-\x7e]*$/;

/**
 * Asks a provider for a key to sign with.
 *
 * @throws Error also if a field is missing, which Tencent's types allow, or has a character that no key has; it names the
 *   field and shows nothing of its value
 */
export async function loadKey(provider: CredentialProvider, refresh: boolean): Promise<LoadedKey> {
  const answer = (await provider.getCredential({ refresh })) as Partial<LoadedKey> | undefined;
  if (!answer?.secretId || !answer.secretKey) throw new Error('the provider returned an empty key');
  const { secretId, secretKey, token } = answer;
  for (const [field, value] of Object.entries({ secretId, secretKey, token })) {
    if (value === undefined || (typeof value === 'string' && KEY_CHARACTERS.test(value))) continue;
    throw new Error(
      `the ${field} of the key (source: ${provider.source ?? 'custom'}) has white space or another character that no key has: look for a line break at its end`,
    );
  }
  return { ...answer, secretId, secretKey };
}

/** A temporary key with its end. */
export interface ExpiringCredential extends TencentCredential {
  /** Unix time in milliseconds, by our clock. */
  readonly expiresAtMs: number;
}

/** One place to look for credentials. */
export interface CredentialSource<Credential extends TencentCredential = TencentCredential> {
  /** What to look for, for the message when nothing is configured. */
  readonly lookedFor: string;
  /** Undefined if nothing is configured here. Throws if something is configured and cannot be used. */
  readonly find: (options?: { readonly refresh?: boolean }) => Promise<Credential | undefined>;
}

export type ExpiringSource = CredentialSource<ExpiringCredential>;
