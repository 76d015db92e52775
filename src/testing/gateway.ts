import { isRegion } from '../contract/region.js';
import { signTc3 } from '../tencent/sign.js';
import type { Account } from './account.js';
import { isChange } from './changes.js';
import type { ReceivedRequest } from './http-server.js';
import { ACTIONS } from './parameters.js';
import { ApiRefusal, invalidType, missingParameter, tooManyRequests } from './refusals.js';

const SERVICE = 'redis';
const VERSION = '2018-04-12';
const MAX_GET_BYTES = 32 * 1024;
const MAX_SKEW_S = 300;
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
const AUTHORIZATION =
  /^TC3-HMAC-SHA256 +Credential=([^/\s,]+)\/([^/\s,]+)\/([^/\s,]+)\/tc3_request, *SignedHeaders=([^\s,]+), *Signature=([^\s,]+)$/;

/** In the order in which the API checks them. It calls a missing Authorization header a missing `SecretId`. */
const REQUIRED_HEADERS = [
  ['x-tc-action', 'Action'],
  ['x-tc-version', 'Version'],
  ['x-tc-timestamp', 'Timestamp'],
  ['authorization', 'SecretId'],
] as const;

/** Checks a request in the API's order: protocol, headers, action, key, region, rate. @throws ApiRefusal */
export function passGateway(request: ReceivedRequest, account: Account): void {
  const { method, query, body, header } = request;
  if (method !== 'GET' && method !== 'POST') throw new ApiRefusal('UnsupportedProtocol');
  const tooLong = method === 'GET' && query.length > MAX_GET_BYTES;
  if (body === undefined || tooLong) throw new ApiRefusal('RequestSizeLimitExceeded');

  const [action = '', version, timestamp = '', authorization = ''] = REQUIRED_HEADERS.map(([name, parameter]) => {
    const value = header(name);
    if (!value) throw missingParameter(parameter);
    return value;
  });
  const isScripted = account.actions.has(action) || account.scripts.has(action);
  if (!ACTIONS.has(action) && !isChange(action) && !isScripted) throw new ApiRefusal('InvalidAction');
  if (version !== VERSION) {
    const message = `The specified api version=\`${version}\` does not exist in service=\`${SERVICE}\`.`;
    throw new ApiRefusal('NoSuchVersion', message);
  }

  const secretId = verifySignature(request, timestamp, authorization, account);

  const region = header('x-tc-region');
  if (region === undefined) throw missingParameter('Region');
  if (!isRegion(region)) throw new ApiRefusal('InvalidParameterValue');
  if (!account.regions.includes(region)) throw new ApiRefusal('UnsupportedRegion');

  const count = account.rate.count(`${action} ${header('host') ?? ''} ${secretId}`, account.serverNowMs());
  const limit = action === 'DescribeTaskList' ? account.listRequestsPerSecond : account.requestsPerSecond;
  if (limit !== false && count > limit) throw tooManyRequests(count, limit);
}

/** Checks key, clock, signature and token, over the raw body and headers. Returns the id of the key that signed. */
function verifySignature(
  { method, query, body, header }: ReceivedRequest,
  timestamp: string,
  authorization: string,
  { credentials, serverNowMs }: Account,
): string {
  if (!/^\d{1,15}$/.test(timestamp)) throw invalidType('Timestamp');
  const timestampS = Number(timestamp);

  const [, secretId = '', date, service, signedHeaders = '', signature = ''] = AUTHORIZATION.exec(authorization) ?? [];
  const names = signedHeaders.split(';');
  if (!names.includes('content-type') || !names.includes('host')) {
    throw new ApiRefusal('AuthFailure.InvalidAuthorization');
  }
  const credential = credentials.get(secretId);
  if (!credential) throw new ApiRefusal('AuthFailure.SecretIdNotFound');
  if (Math.abs(timestampS - serverNowMs() / 1000) > MAX_SKEW_S) throw new ApiRefusal('AuthFailure.SignatureExpire');

  const payload = header('x-tc-content-sha256') === UNSIGNED_PAYLOAD ? UNSIGNED_PAYLOAD : (body ?? '');
  const headers = Object.fromEntries(names.map((name) => [name, header(name) ?? '']));
  const signed = method === 'GET' ? ({ method, query } as const) : ({ method: 'POST' } as const);
  const expected = signTc3({ ...signed, service: SERVICE, headers, payload }, credential, timestampS).signature;
  const isInScope = service === SERVICE && date === new Date(timestampS * 1000).toISOString().slice(0, 10);
  const isComplete = names.every((name) => header(name) !== undefined);
  if (!isInScope || !isComplete || signature !== expected) throw new ApiRefusal('AuthFailure.SignatureFailure');
  if ((header('x-tc-token') ?? '') !== (credential.token ?? '')) throw new ApiRefusal('AuthFailure.TokenFailure');
  return secretId;
}
