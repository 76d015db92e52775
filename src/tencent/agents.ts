import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpsProxyAgent } from 'hpagent';
import { getProxyForUrl } from 'proxy-from-env';

/** Connections that are kept between calls, and closed together. */
export interface ApiAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * Keep-alive agents for an endpoint. `HTTPS_PROXY` is honoured unless `NO_PROXY` excludes the host.
 *
 * @throws a plain sentence when `HTTPS_PROXY` is none
 */
export function createAgents(endpoint: URL): ApiAgents {
  const proxy = endpoint.protocol === 'https:' ? proxyFor(endpoint) : undefined;
  const keepAlive = true;
  // Said for the proxy as it is for the API: NODE_TLS_REJECT_UNAUTHORIZED=0 must not switch it off.
  const proxyRequestOptions = { rejectUnauthorized: true };
  return {
    http: new HttpAgent({ keepAlive }),
    https: proxy ? new HttpsProxyAgent({ keepAlive, proxy, proxyRequestOptions }) : new HttpsAgent({ keepAlive }),
  };
}

/** Reads the URL of a proxy; without a scheme it is `http://`. Throws a plain sentence, which does not show it. */
export function readProxy(text: string): URL {
  const url = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(url) || !/^https?:/i.test(url) || !/^([^%]|%[\da-f]{2})*$/i.test(url)) {
    throw new TypeError('must be a URL such as http://proxy:3128');
  }
  return new URL(url);
}

/** The variables in the order in which they count. */
const PROXY_NAMES = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

function proxyFor(endpoint: URL): URL | undefined {
  // Asked whether there is one: to an address without a scheme it would add https://.
  if (getProxyForUrl(endpoint.href) === '') return undefined;
  const name = PROXY_NAMES.find((each) => process.env[each]) ?? '';
  try {
    return readProxy(process.env[name] ?? '');
  } catch (error) {
    throw new TypeError(`${name} ${(error as Error).message}`, { cause: error });
  }
}

/** Agents for what `use` does, and nothing after it. */
export async function withAgents<T>(endpoint: URL, use: (agents: ApiAgents) => Promise<T>): Promise<T> {
  const agents = createAgents(endpoint);
  try {
    return await use(agents);
  } finally {
    agents.http.destroy();
    agents.https.destroy();
  }
}
