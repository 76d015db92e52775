import type { TencentCredential } from './credentials/provider.js';

/**
 * A text from outside without our secrets. A gateway's error page may echo the request's headers, and what it says
 * ends up in a history.
 */
export function redact(text: string, { secretId, secretKey, token }: Partial<TencentCredential>): string {
  const withoutSecrets = [secretKey, token, secretId]
    .filter((secret) => secret !== undefined && secret !== '')
    .reduce<string>((each, secret) => each.replace(inAnyEncoding(secret ?? ''), '***'), text);
  return withoutSecrets.replace(/TC3-HMAC-SHA256[^\r\n<"]*/g, '***').replace(/Signature=[0-9a-f]+/g, 'Signature=***');
}

/** Nothing that is read of an answer lies as deep; without an end, one nested far enough would exhaust the stack. */
const DEPTH_MAX = 10;

/** The same in every string of a JSON value, and in the names of its fields. */
export function redactAll(value: unknown, credential: Partial<TencentCredential>, depth = 0): unknown {
  if (typeof value === 'string') return redact(value, credential);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.map((each) => redactAll(each, credential, depth + 1));
  const fields = Object.entries(value).map(([name, each]) => [
    redact(name, credential),
    redactAll(each, credential, depth + 1),
  ]);
  return Object.fromEntries(fields) as unknown;
}

/** A secret as it stands in plain text, JSON, a page or an address: a token has characters that these write anew. */
function inAnyEncoding(secret: string): RegExp {
  const pattern = secret.replace(/\W/g, (character) => {
    const code = character.charCodeAt(0);
    const hex = code.toString(16).padStart(2, '0');
    const hex4 = hex.padStart(4, '0');
    const inJson = [String.raw`\\*\u${hex4}`, String.raw`\\+u${hex4}`];
    const inPages = [`&#0*${code};`, `&#x0*${hex};`, ...(ENTITIES[character] ?? [])];
    return `(?:${[...inJson, ...inPages, `%${hex}`].join('|')})`;
  });
  return new RegExp(pattern, 'gi');
}

const ENTITIES: Readonly<Record<string, readonly string[]>> = {
  '+': ['&plus;'],
  '/': ['&sol;'],
  '=': ['&equals;'],
  '&': ['&amp;'],
};
