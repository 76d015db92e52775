import { createHash, createHmac } from 'node:crypto';
import type { TencentCredential } from './credentials/provider.js';

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

/** A signature, with its intermediate texts to trace a mismatch. */
export interface Tc3Signature {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
  /** The value of the `Authorization` header. Secret: never log it or put it in an error. */
  readonly authorization: string;
}

/**
 * Signs a request with TC3-HMAC-SHA256.
 *
 * @param timestampS - Unix time in seconds, the same as in the `X-TC-Timestamp` header
 * @see https://www.tencentcloud.com/document/product/1278/109054 (Signature v3)
 */
export function signTc3(request: Tc3Request, key: TencentCredential, timestampS: number): Tc3Signature {
  const headers = Object.entries(request.headers)
    .map(([name, value]) => [name.toLowerCase(), name.toLowerCase() === 'content-type' ? value : value.toLowerCase()])
    .map(([name = '', value = '']) => [name, value.trim()] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const signedHeaders = headers.map(([name]) => name).join(';');
  const canonicalRequest = [
    request.method,
    '/',
    request.query ?? '',
    ...headers.map(([name, value]) => `${name}:${value}`),
    '',
    signedHeaders,
    sha256(request.payload),
  ].join('\n');

  const date = new Date(timestampS * 1000).toISOString().slice(0, 10);
  const scope = `${date}/${request.service}/tc3_request`;
  const stringToSign = [ALGORITHM, String(timestampS), scope, sha256(canonicalRequest)].join('\n');
  const signingKey = hmac(hmac(hmac(`TC3${key.secretKey}`, date), request.service), 'tc3_request');
  const signature = hmac(signingKey, stringToSign).toString('hex');
  const authorization = `${ALGORITHM} Credential=${key.secretId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
  return { canonicalRequest, stringToSign, signature, authorization };
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
