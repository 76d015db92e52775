import type { TencentCredential } from './credentials/provider.js';

/**
 * A text from outside without our secrets. A gateway's error page may echo the request's headers, and what it says
 * ends up in a history.
 */
export function redact(text: string, { secretId, secretKey, token }: Partial<TencentCredential>): string {
  const withoutSecrets = [secretKey, token, secretId]
    .filter((secret) => secret !== undefined && secret !== '')
    .reduce<string>((each, secret) => each.replaceAll(secret ?? '', '***'), text);
  return withoutSecrets.replace(/TC3-HMAC-SHA256[^\r\n<"]*/g, '***').replace(/Signature=[0-9a-f]+/g, 'Signature=***');
}
