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
 * @throws a plain sentence when `HTTPS_PROXY` is no URL
 */
export function createAgents(endpoint: URL): ApiAgents {
  const proxy = endpoint.protocol === 'https:' ? getProxyForUrl(endpoint.href) : '';
  if (proxy !== '' && !URL.canParse(proxy)) throw new TypeError('HTTPS_PROXY must be a URL such as http://proxy:3128');
  const keepAlive = true;
  return {
    http: new HttpAgent({ keepAlive }),
    https: proxy === '' ? new HttpsAgent({ keepAlive }) : new HttpsProxyAgent({ keepAlive, proxy }),
  };
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
