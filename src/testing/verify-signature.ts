import { timingSafeEqual } from 'node:crypto';
import { signTc3 } from '../tencent/sign.js';
import { ApiRefusal, invalidType } from './api-refusal.js';
import type { SimulatorCredential } from './credential.js';
import type { ReceivedRequest } from './received-request.js';

const SERVICE = 'redis';
const MAX_SKEW_S = 300;
const AUTHORIZATION =
  /^TC3-HMAC-SHA256 +Credential=([^/\s,]+)\/([^/\s,]+)\/([^/\s,]+)\/tc3_request, *SignedHeaders=([^\s,]+), *Signature=([^\s,]+)$/;

/**
 * Checks key, clock, signature and token in the API's order, over the raw body and the headers as received.
 *
 * @param serverNowMs - the server's clock, Unix time in milliseconds
 * @returns the id of the key that signed
 * @throws ApiRefusal `AuthFailure.*`
 */
export function verifySignature(
  request: ReceivedRequest,
  credentials: ReadonlyMap<string, SimulatorCredential>,
  serverNowMs: number,
): string {
  const timestampText = request.header('x-tc-timestamp') ?? '';
  if (!/^\d{1,15}$/.test(timestampText)) throw invalidType('Timestamp');
  const timestampS = Number(timestampText);

  const parts = AUTHORIZATION.exec(request.header('authorization') ?? '');
  const [, secretId = '', date, service, signedHeaders = '', signature = ''] = parts ?? [];
  const names = signedHeaders.split(';');
  if (!parts || !names.includes('content-type') || !names.includes('host')) {
    throw new ApiRefusal('AuthFailure.InvalidAuthorization');
  }

  const credential = credentials.get(secretId);
  if (!credential) throw new ApiRefusal('AuthFailure.SecretIdNotFound');

  if (Math.abs(timestampS - serverNowMs / 1000) > MAX_SKEW_S) throw new ApiRefusal('AuthFailure.SignatureExpire');

  const scopeFits = service === SERVICE && date === new Date(timestampS * 1000).toISOString().slice(0, 10);
  if (!scopeFits || !sameText(signature, expectedSignature(request, names, credential, timestampS))) {
    throw new ApiRefusal('AuthFailure.SignatureFailure');
  }

  if (!sameText(request.header('x-tc-token') ?? '', credential.token ?? '')) {
    throw new ApiRefusal('AuthFailure.TokenFailure');
  }
  return secretId;
}

function expectedSignature(
  request: ReceivedRequest,
  names: readonly string[],
  credential: SimulatorCredential,
  timestampS: number,
): string | undefined {
  const headers: Record<string, string> = {};
  for (const name of names) {
    const value = request.header(name);
    if (value === undefined) return undefined;
    headers[name] = value;
  }
  const unsigned = request.header('x-tc-content-sha256') === 'UNSIGNED-PAYLOAD';
  const payload = unsigned ? 'UNSIGNED-PAYLOAD' : (request.body ?? '');
  const method = request.method === 'GET' ? 'GET' : 'POST';
  const query = method === 'GET' ? request.query : '';
  return signTc3({ method, service: SERVICE, query, headers, payload }, credential, timestampS).signature;
}

/** Compares in a time that does not tell how much of the text was right. */
function sameText(received: string, expected: string | undefined): boolean {
  if (expected === undefined) return false;
  const [a, b] = [Buffer.from(received), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
