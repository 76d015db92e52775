import { ACTIONS } from './actions.js';
import type { ReceivedRequest } from './http-server.js';
import type { SimulatorCredential } from './options.js';
import type { RateWindow } from './rate-window.js';
import { ApiRefusal, missingParameter, tooManyRequests } from './refusals.js';
import { verifySignature } from './verify-signature.js';

const VERSION = '2018-04-12';
const MAX_GET_BYTES = 32 * 1024;
const REGION = /^[a-z]{2,}(-[a-z0-9]+)+$/;

/** In the order in which the API checks them. It calls a missing Authorization header a missing `SecretId`. */
const REQUIRED_HEADERS = [
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

/** Checks a request in the API's order: protocol, headers, action, key, region, rate. @throws ApiRefusal */
export function passGateway({ method, query, body, header }: ReceivedRequest, state: GatewayState): void {
  if (method !== 'GET' && method !== 'POST') throw new ApiRefusal('UnsupportedProtocol');
  const tooLong = method === 'GET' && query.length > MAX_GET_BYTES;
  if (body === undefined || tooLong) throw new ApiRefusal('RequestSizeLimitExceeded');

  const [action = '', version = ''] = REQUIRED_HEADERS.map(([name, parameter]) => {
    const value = header(name);
    if (!value) throw missingParameter(parameter);
    return value;
  });
  if (!ACTIONS.has(action)) throw new ApiRefusal('InvalidAction');
  if (version !== VERSION) {
    const message = `The specified api version=\`${version}\` does not exist in service=\`redis\`.`;
    throw new ApiRefusal('NoSuchVersion', message);
  }

  const secretId = verifySignature({ method, query, body, header }, state.credentials, state.serverNowMs);

  const region = header('x-tc-region');
  if (region === undefined) throw missingParameter('Region');
  if (!REGION.test(region)) throw new ApiRefusal('InvalidParameterValue');
  if (!state.regions.includes(region)) throw new ApiRefusal('UnsupportedRegion');

  const count = state.rate.count(`${action} ${header('host') ?? ''} ${secretId}`, state.serverNowMs);
  const limit = state.requestsPerSecond;
  if (limit !== false && count > limit) throw tooManyRequests(count, limit);
}
