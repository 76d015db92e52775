import { timingSafeEqual } from 'node:crypto';
import { signTc3 } from '../tencent/sign.js';
import type { ReceivedRequest } from './http-server.js';
import type { SimulatorCredential } from './options.js';
import { ApiRefusal, invalidType } from './refusals.js';

const SERVICE = 'redis';
const MAX_SKEW_S = 300;
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
const AUTHORIZATION =
  /^TC3-HMAC-SHA256 +Credential=([^/\s,]+)\/([^/\s,]+)\/([^/\s,]+)\/tc3_request, *SignedHeaders=([^\s,]+), *Signature=([^\s,]+)$/;

type SignedRequest = Pick<ReceivedRequest, 'query' | 'body' | 'header'> & { readonly method: 'GET' | 'POST' };

/**
 * Checks key, clock, signature and token in the API's order, over the raw body and the headers as received.
 *
 * @param serverNowMs - the server's clock, Unix time in milliseconds
 * @returns the id of the key that signed
 * @throws ApiRefusal `AuthFailure.*`
 */
export function verifySignature(
  request: SignedRequest,
  credentials: ReadonlyMap<string, SimulatorCredential>,
  serverNowMs: number,
): string {
  const { header } = request;
  const timestamp = header('x-tc-timestamp') ?? '';
  if (!/^\d{1,15}$/.test(timestamp)) throw invalidType('Timestamp');
  const timestampS = Number(timestamp);

  const parts = AUTHORIZATION.exec(header('authorization') ?? '');
  const [, secretId = '', date, service, signedHeaders = '', signature = ''] = parts ?? [];
  const names = signedHeaders.split(';');
  if (!names.includes('content-type') || !names.includes('host')) {
    throw new ApiRefusal('AuthFailure.InvalidAuthorization');
  }
  const credential = credentials.get(secretId);
  if (!credential) throw new ApiRefusal('AuthFailure.SecretIdNotFound');
  if (Math.abs(timestampS - serverNowMs / 1000) > MAX_SKEW_S) throw new ApiRefusal('AuthFailure.SignatureExpire');

  const isInScope = service === SERVICE && date === new Date(timestampS * 1000).toISOString().slice(0, 10);
  const isComplete = names.every((name) => header(name) !== undefined);
  if (!isInScope || !isComplete || !sameText(signature, expectedSignature(request, names, credential, timestampS))) {
    throw new ApiRefusal('AuthFailure.SignatureFailure');
  }
  if (!sameText(header('x-tc-token') ?? '', credential.token ?? '')) throw new ApiRefusal('AuthFailure.TokenFailure');
  return secretId;
}

function expectedSignature(
  { method, query, body, header }: SignedRequest,
  names: readonly string[],
  credential: SimulatorCredential,
  timestampS: number,
): string {
  const headers = Object.fromEntries(names.map((name) => [name, header(name) ?? '']));
  const payload = header('x-tc-content-sha256') === UNSIGNED_PAYLOAD ? UNSIGNED_PAYLOAD : (body ?? '');
  const signed = { method, service: SERVICE, query: method === 'GET' ? query : '', headers, payload };
  return signTc3(signed, credential, timestampS).signature;
}

function sameText(received: string, expected: string): boolean {
  const [a, b] = [Buffer.from(received), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
