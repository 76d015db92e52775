import { transientError } from '../http.js';
import { field } from '../json.js';
import type { ExpiringCredential } from './provider.js';

/**
 * Reads a temporary key as STS and the metadata service write it. Errors name fields, never what stands in them.
 *
 * @param key - the object with `TmpSecretId`, `TmpSecretKey` and `Token`
 * @param expiredTime - Unix time in seconds
 * @param from - who answered, for the message
 */
export function readTemporaryKey(key: unknown, expiredTime: unknown, from: string): ExpiringCredential {
  const text = (name: string): string => {
    const value = field(key, name);
    if (typeof value === 'string' && value !== '') return value;
    throw transientError('InvalidResponse', `${from} answered without ${name}`);
  };
  if (typeof expiredTime !== 'number' || !Number.isFinite(expiredTime)) {
    throw transientError('InvalidResponse', `${from} answered without ExpiredTime`);
  }
  return {
    secretId: text('TmpSecretId'),
    secretKey: text('TmpSecretKey'),
    token: text('Token'),
    expiresAtMs: expiredTime * 1000,
  };
}
