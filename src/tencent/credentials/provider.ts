import { checkKeyText } from './key-text.js';

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

/**
 * Asks a provider for a key to sign with.
 *
 * @throws Error also for a key that cannot be used: one without a field, which Tencent's types allow, or with a line break
 */
export async function loadKey(provider: CredentialProvider, refresh: boolean): Promise<LoadedKey> {
  const answer = (await provider.getCredential({ refresh })) as Partial<LoadedKey> | undefined;
  if (!answer?.secretId || !answer.secretKey) throw new Error('the provider returned an empty key');
  for (const part of ['secretId', 'secretKey', 'token'] as const) {
    const text: unknown = answer[part] ?? '';
    if (typeof text !== 'string') throw new Error(`the provider returned a ${part} that is no text`);
    checkKeyText(`the provider's ${part}`, text);
  }
  return answer as LoadedKey;
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
