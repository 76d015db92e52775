import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { getProxyForUrl } from 'proxy-from-env';
import { ProxyAgent } from './proxy-agent.js';

/**
 * Connections to an endpoint that are kept between requests. `HTTPS_PROXY` is used unless `NO_PROXY` excludes the host.
 *
 * @throws TypeError that names the variable when its proxy is not a URL
 */
export function createAgent(endpoint: URL): HttpAgent {
  const keepAlive = true;
  if (endpoint.protocol !== 'https:') return new HttpAgent({ keepAlive });
  const proxy = proxyFor(endpoint);
  return proxy ? new ProxyAgent(proxy) : new HttpsAgent({ keepAlive });
}

/** Reads a proxy's URL, by default `http://`. @throws TypeError that does not show the URL: it may hold a password */
export function readProxy(text: string): URL {
  const url = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(url) || !/^https?:/i.test(url) || !/^([^%]|%[\da-f]{2})*$/i.test(url)) {
    throw new TypeError('must be a URL such as http://proxy:3128');
  }
  return new URL(url);
}

/** In order of precedence. */
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

function proxyFor(endpoint: URL): URL | undefined {
  // Asked only whether there is a proxy: to an address without a scheme it would add https://.
  if (getProxyForUrl(endpoint.href) === '') return undefined;
  const name = PROXY_VARIABLES.find((each) => process.env[each]) ?? '';
  try {
    return readProxy(process.env[name] ?? '');
  } catch (error) {
    throw new TypeError(`${name} ${(error as Error).message}`, { cause: error });
  }
}
