import { ACTIONS } from './actions.js';
import { ApiRefusal, missingParameter, tooManyRequests } from './api-refusal.js';
import type { SimulatorCredential } from './credential.js';
import type { RateWindow } from './rate-window.js';
import type { ReceivedRequest } from './received-request.js';
import { verifySignature } from './verify-signature.js';

const VERSION = '2018-04-12';
const MAX_GET_BYTES = 32 * 1024;
const REGION = /^[a-z]{2,}(-[a-z0-9]+)+$/;

// In the order in which the API complains. It speaks of a missing Authorization header as of a missing `SecretId`.
const requiredHeaders = [
  ['x-tc-action', 'Action'],
  ['x-tc-version', 'Version'],
  ['x-tc-timestamp', 'Timestamp'],
  ['authorization', 'SecretId'],
] as const;

/** What the gateway compares a request with. */
export interface GatewayState {
  readonly credentials: ReadonlyMap<string, SimulatorCredential>;
  readonly serverNowMs: number;
  readonly regions: readonly string[];
  readonly requestsPerSecond: number | false;
  readonly rate: RateWindow;
}

/** Lets a request pass or refuses it, in the API's order of checks: protocol, headers, action, key, region, rate. */
export function passGateway(request: ReceivedRequest, state: GatewayState): { readonly secretId: string } {
  checkProtocol(request);
  const action = checkHeaders(request);
  const secretId = verifySignature(request, state.credentials, state.serverNowMs);
  checkRegion(request, state.regions);
  const count = state.rate.count(`${action} ${request.header('host') ?? ''} ${secretId}`, state.serverNowMs);
  if (state.requestsPerSecond !== false && count > state.requestsPerSecond) {
    throw tooManyRequests(count, state.requestsPerSecond);
  }
  return { secretId };
}

function checkProtocol(request: ReceivedRequest): void {
  if (request.method !== 'GET' && request.method !== 'POST') throw new ApiRefusal('UnsupportedProtocol');
  const tooLongGet = request.method === 'GET' && request.query.length > MAX_GET_BYTES;
  if (request.body === undefined || tooLongGet) throw new ApiRefusal('RequestSizeLimitExceeded');
}

function checkHeaders(request: ReceivedRequest): string {
  for (const [header, name] of requiredHeaders) {
    if (!request.header(header)) throw missingParameter(name);
  }
  const action = request.header('x-tc-action') ?? '';
  if (!ACTIONS.has(action)) throw new ApiRefusal('InvalidAction');
  const version = request.header('x-tc-version') ?? '';
  if (version !== VERSION) {
    throw new ApiRefusal(
      'NoSuchVersion',
      `The specified api version=\`${version}\` does not exist in service=\`redis\`.`,
    );
  }
  return action;
}

function checkRegion(request: ReceivedRequest, served: readonly string[]): void {
  const region = request.header('x-tc-region');
  if (region === undefined) throw missingParameter('Region');
  if (!REGION.test(region)) {
    throw new ApiRefusal(
      'InvalidParameterValue',
      'A value specified in `X-TC-Region` is not valid, is unsupported, or cannot be used.',
    );
  }
  if (!served.includes(region)) throw new ApiRefusal('UnsupportedRegion');
}
