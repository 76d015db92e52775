import { isRegion } from '../contract/input.js';
import { quote } from '../contract/text.js';
import { TencentApiError } from './errors.js';

/** The first label of the API's host, and the service that a signature names, whatever address is dialled. */
export const SERVICE = 'redis';

/** Where all public hosts of the API are. */
const DOMAIN = '.tencentcloudapi.com';

/**
 * Refuses what is no region, before it becomes part of a host name or a header: it may come from a workflow's input.
 *
 * @throws TencentApiError (rejected)
 */
export function requireRegion(region: unknown): asserts region is string {
  if (isRegion(region)) return;
  const shown = typeof region === 'string' ? ` ${quote(region, 100)}` : '';
  const message = `The region${shown} is none: it must be such as ap-guangzhou, in lower case, at most 64 characters.`;
  throw new TencentApiError('InvalidRegion', message, 'rejected');
}

/**
 * The base URL of the redis API for a region.
 *
 * The finance regions (`*-fsi`) are isolated and need a host of their own; everywhere else the one host routes by the
 * `X-TC-Region` header (source: the API document's note on finance availability zones).
 *
 * @throws TencentApiError (rejected) when it is no region
 */
export function endpointFor(region: string): URL {
  requireRegion(region);
  const url = new URL(`https://${region.endsWith('-fsi') ? `${SERVICE}.${region}` : SERVICE}${DOMAIN}/`);
  // The form of a region rules this out. It is looked at once more because keys are sent there.
  if (!url.hostname.endsWith(DOMAIN)) throw new Error(`The host of a region must end in ${DOMAIN}`);
  return url;
}

/** Reads an endpoint override: `https://…` or `http://…`, a host and a port, nothing more. Throws a plain sentence. */
export function readEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new TypeError('must be a URL such as https://redis.intl.tencentcloudapi.com');
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new TypeError('must be a base URL: scheme, host and port, without path, query or user');
  }
  return url;
}

/** Whether an address stays on this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
