import { createHash, createHmac } from 'node:crypto';
import type { TencentCredential } from './credentials/provider.js';
import { rememberLast } from './remember-last.js';

const ALGORITHM = 'TC3-HMAC-SHA256';

/** What a TC3 signature covers. */
export interface Tc3Request {
  readonly method: 'GET' | 'POST';
  /** First label of the API's host, such as `redis`, even if the request goes to another address. */
  readonly service: string;
  /** The query string exactly as sent, without `?`. Empty for a POST. */
  readonly query?: string;
  /** The headers to sign, exactly as sent. `content-type` and `host` are required. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body exactly as sent. */
  readonly payload: string | Uint8Array;
}

/**
 * Signs a request with TC3-HMAC-SHA256. `authorization` is the value of that header, and a secret: never log it or put it
 * in an error. The other texts are for tracing a mismatch.
 *
 * @param timestampS - Unix time in seconds, the same as in the `X-TC-Timestamp` header
 * @see https://www.tencentcloud.com/document/product/1278/109054 (Signature v3)
 */
export function signTc3(request: Tc3Request, key: TencentCredential, timestampS: number) {
  const headers = Object.entries(request.headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim()] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const signedHeaders = headers.map(([name]) => name).join(';');
  const canonicalRequest = [
    request.method,
    '/',
    request.query ?? '',
    ...headers.map(([name, value]) => `${name}:${name === 'content-type' ? value : value.toLowerCase()}`),
    '',
    signedHeaders,
    sha256(request.payload),
  ].join('\n');

  const date = new Date(timestampS * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${request.service}/tc3_request`;
  const stringToSign = [ALGORITHM, String(timestampS), scope, sha256(canonicalRequest)].join('\n');
  const signature = hmac(signingKey(key.secretKey, date, request.service), stringToSign).toString('hex');
  const authorization = `${ALGORITHM} Credential=${key.secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return { canonicalRequest, stringToSign, signature, authorization };
}

/** Valid for a day. */
const signingKey = rememberLast((secretKey: string, date: string, service: string) =>
  hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request'),
);

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
