import { isRegion } from '../contract/region.js';
import { quote } from '../contract/text.js';
import { TencentApiError } from './errors.js';

/** The service's name in signatures, and the first label of the API's host. */
export const SERVICE = 'redis';

const DOMAIN = '.tencentcloudapi.com';

/**
 * The base URL of the redis API for a region. The isolated finance regions (`*-fsi`) each have a host of their own; the
 * common host routes by the `X-TC-Region` header (source: the API document's note on finance availability zones).
 *
 * @param override - taken for every valid region
 * @throws TencentApiError (rejected) if the region, which becomes part of a host name or a header, is not valid
 */
export function endpointFor(region: string, override?: URL): URL {
  if (!isRegion(region)) {
    const shown = typeof region === 'string' ? ` ${quote(region, 100)}` : '';
    const message = `The region${shown} is not valid: it must be like ap-guangzhou, in lower case, at most 64 characters.`;
    throw new TencentApiError('InvalidRegion', message, 'rejected');
  }
  if (override) return override;
  const url = new URL(`https://${region.endsWith('-fsi') ? `${SERVICE}.${region}` : SERVICE}${DOMAIN}/`);
  // The rule for regions rules this out. Checked again because keys are sent there.
  if (!url.hostname.endsWith(DOMAIN)) throw new Error(`The host of a region must end in ${DOMAIN}`);
  return url;
}

/** Reads an endpoint override: scheme, host and port. @throws TypeError with the rule, to follow the setting's name */
export function readEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new TypeError('must be a URL such as https://redis.intl.tencentcloudapi.com');
  }
  if (url.href !== `${url.origin}/`) {
    throw new TypeError('must be a base URL: scheme, host and port, without path, query or user');
  }
  return url;
}

export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
