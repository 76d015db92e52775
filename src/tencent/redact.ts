import type { TencentCredential } from './credentials/provider.js';

/** A shorter one is no key of the cloud, and would be found in words that hold no secret. */
const SECRET_MIN = 8;

/**
 * A text from outside without our secrets. A gateway's error page may echo the request's headers, and what it says
 * ends up in a history.
 */
export function redact(text: string, credential: Partial<TencentCredential>): string {
  return without(patternOf(credential), text);
}

/** Nothing that is read of an answer lies as deep; without an end, one nested far enough would exhaust the stack. */
const DEPTH_MAX = 10;

/** The same in every string of a JSON value, and in the names of its fields. */
export function redactAll(value: unknown, credential: Partial<TencentCredential>): unknown {
  return withoutAny(patternOf(credential), value, 0);
}

function withoutAny(pattern: RegExp, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return without(pattern, value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) return null;
  if (Array.isArray(value)) return value.map((each) => withoutAny(pattern, each, depth + 1));
  const fields = Object.entries(value).map(([name, each]) => [
    without(pattern, name),
    withoutAny(pattern, each, depth + 1),
  ]);
  return Object.fromEntries(fields) as unknown;
}

function without(pattern: RegExp, text: string): string {
  if (text.length < SECRET_MIN) return text;
  return text.replace(pattern, (found) => (/^Signature=/i.test(found) ? 'Signature=***' : '***'));
}

/** The patterns of the last credentials, since each poll has the same. */
const patterns = new Map<string, RegExp>();
const PATTERNS_MAX = 8;

/** One pattern for all that must not be shown, so that a text is gone through once. */
function patternOf({ secretId = '', secretKey = '', token = '' }: Partial<TencentCredential>): RegExp {
  // The longest first: of two that begin alike, the shorter would leave the rest of the longer.
  const secrets = [secretId, secretKey, token]
    .filter(({ length }) => length >= SECRET_MIN)
    .sort((a, b) => b.length - a.length);
  const key = secrets.join('\0');
  const known = patterns.get(key);
  if (known) return known;

  const hidden = [...secrets.map(inAnyEncoding), String.raw`TC3-HMAC-SHA256[^\r\n<"]*`, 'Signature=[0-9a-f]+'];
  const pattern = new RegExp(hidden.join('|'), 'gi');
  for (const [oldest] of patterns) if (patterns.size >= PATTERNS_MAX) patterns.delete(oldest);
  patterns.set(key, pattern);
  return pattern;
}

/**
 * A secret as it stands in plain text, JSON, a page or an address, also in one within the other: a token has characters
 * that these write anew. Every repetition has an end, or a text could be made that takes minutes to go through.
 */
function inAnyEncoding(secret: string): string {
  return secret.replace(/\W/g, (character) => {
    const code = character.charCodeAt(0);
    const hex = code.toString(16).padStart(2, '0');
    const hex4 = hex.padStart(4, '0');
    const inJson = [String.raw`\\{0,15}\u${hex4}`, String.raw`\\{1,15}u${hex4}`];
    const inPages = [`&#0{0,7}${code};`, `&#x0{0,7}${hex};`, ...(ENTITIES[character] ?? [])];
    return `(?:${[...inJson, ...inPages, `%(?:25){0,3}${hex}`].join('|')})`;
  });
}

const ENTITIES: Readonly<Record<string, readonly string[]>> = {
  '+': ['&plus;'],
  '/': ['&sol;'],
  '=': ['&equals;'],
  '&': ['&amp;'],
};
