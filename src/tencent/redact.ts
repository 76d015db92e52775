import type { TencentCredential } from './credentials/provider.js';
import { rememberLast } from './remember-last.js';

/** A shorter part of a credential is not a key, and would match harmless words. */
const KEY_MIN = 8;

/** Depth limit against stack overflow; we read nothing deeper. */
const DEPTH_MAX = 10;

/**
 * Removes our secrets from every string and field name of a JSON value from outside: a gateway's error page may echo the
 * request's headers. Do it before a text is cut or its white space changed, which would leave a part of a secret.
 *
 * @param others - secrets of the request's body, however short
 */
export function redact<T>(
  value: T,
  { secretId = '', secretKey = '', token = '' }: Partial<TencentCredential>,
  others: readonly string[] = [],
): T {
  const keys = [secretId, secretKey, token].filter(({ length }) => length >= KEY_MIN);
  const pattern = patternOf(...keys, ...others);
  const redactText = (text: string): string =>
    text.replace(pattern, (found) => (/^Signature=/i.test(found) ? 'Signature=***' : '***'));
  const redactValue = (each: unknown, depth: number): unknown => {
    if (typeof each === 'string') return redactText(each);
    if (typeof each !== 'object' || each === null) return each;
    if (depth === DEPTH_MAX) return null;
    if (Array.isArray(each)) return each.map((item) => redactValue(item, depth + 1));
    const fields = Object.entries(each).map(([name, item]) => [redactText(name), redactValue(item, depth + 1)]);
    return Object.fromEntries(fields) as unknown;
  };
  return redactValue(value, 0) as T;
}

/** One pattern for everything to hide. */
const patternOf = rememberLast((...texts: readonly string[]) => {
  // Longest first: if one secret starts with another, the shorter match would leave the rest visible.
  const secrets = texts.filter((text) => text !== '').sort((a, b) => b.length - a.length);
  const hidden = [...secrets.map(inAnyEncoding), String.raw`TC3-HMAC-SHA256[^\r\n<"]*`, 'Signature=[0-9a-f]+'];
  return new RegExp(hidden.join('|'), 'gi');
});

/**
 * A secret in plain text, JSON, HTML or a URL, also one inside another: each escapes the special characters of a token.
 * All repetitions are bounded, or a crafted text could take minutes to match.
 */
function inAnyEncoding(secret: string): string {
  return secret.replace(/\W/g, (character) => {
    const code = character.charCodeAt(0);
    const hex = code.toString(16).padStart(2, '0');
    const hex4 = hex.padStart(4, '0');
    const inJson = [String.raw`\\{0,15}\u${hex4}`, String.raw`\\{1,15}u${hex4}`];
    const inHtml = [`&#0{0,7}${code};`, `&#x0{0,7}${hex};`, ...(HTML_ENTITIES[character] ?? [])];
    return `(?:${[...inJson, String.raw`\\{0,15}(?:${inHtml.join('|')})`, `%(?:25){0,3}${hex}`].join('|')})`;
  });
}

const HTML_ENTITIES: Readonly<Record<string, readonly string[]>> = {
  '+': ['&plus;'],
  '/': ['&sol;'],
  '=': ['&equals;'],
  '&': ['&amp;'],
  '<': ['&lt;'],
  '>': ['&gt;'],
  '"': ['&quot;'],
  "'": ['&apos;'],
};
