/** The first label of the API's host, and the service that a signature names, whatever address is dialled. */
export const SERVICE = 'redis';

/**
 * The base URL of the redis API for a region.
 *
 * The finance regions (`*-fsi`) are isolated and need a host of their own; everywhere else the one host routes by the
 * `X-TC-Region` header (source: the API document's note on finance availability zones).
 */
export function endpointFor(region: string): URL {
  const host = region.endsWith('-fsi') ? `${SERVICE}.${region}` : SERVICE;
  return new URL(`https://${host}.tencentcloudapi.com/`);
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
