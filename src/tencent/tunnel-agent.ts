import { type ClientRequest, request as requestHttp, type RequestOptions, STATUS_CODES } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions, request as requestHttps } from 'node:https';
import { isIPv6, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { urlToHttpOptions } from 'node:url';
import { transientError } from './errors.js';

/** The option of a request that tells its agent when nobody waits for it any more. */
export interface Ending {
  readonly ended?: AbortSignal;
}

/** What to do about a refusal, by its status. */
const ADVICE: Readonly<Record<number, string>> = {
  403: ' Have the proxy allow this host.',
  407: ' Check the user and the password in the address of the proxy.',
};

/**
 * Connections through a proxy, each in a tunnel that CONNECT opens.
 *
 * Why not a library: in hpagent 1.2 and https-proxy-agent 9.1 the connection to a proxy that does not answer outlives its
 * request, since Node does not tell an agent that a request was given up. A refusal comes as an error without a code, or
 * as if the API had answered it.
 */
export class TunnelAgent extends HttpsAgent {
  private readonly opening = new Set<ClientRequest>();

  constructor(
    private readonly proxy: URL,
    options: AgentOptions,
  ) {
    super(options);
  }

  /** The proxy's host and port, without its password. */
  get proxyHost(): string {
    return this.proxy.host;
  }

  override createConnection(
    { ended, ...options }: RequestOptions & Ending,
    callback: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const host = options.host ?? '';
    const target = `${isIPv6(host) ? `[${host}]` : host}:${options.port}`;
    const connect = this.requestTunnel(target, ended);
    this.opening.add(connect);
    connect.once('close', () => this.opening.delete(connect));
    const fail = callback as (error: Error) => void;
    connect.once('error', fail);
    connect.once('connect', ({ statusCode: status = 0 }, socket) => {
      this.opening.delete(connect);
      if (status >= 200 && status < 300) {
        callback(null, super.createConnection({ ...options, socket } as RequestOptions) as Socket);
        return;
      }
      socket.destroy();
      const refused = `The proxy ${this.proxyHost} refused a connection to ${target}: HTTP ${status} ${STATUS_CODES[status] ?? ''}`;
      fail(transientError(`ProxyStatus.${status}`, `${refused.trim()}.${ADVICE[status] ?? ''}`));
    });
    connect.end();
  }

  override destroy(): void {
    for (const connect of this.opening) connect.destroy();
    super.destroy();
  }

  private requestTunnel(target: string, signal: AbortSignal | undefined): ClientRequest {
    const { protocol, hostname, port, auth } = urlToHttpOptions(this.proxy);
    const headers = {
      host: target,
      ...(auth && { 'proxy-authorization': `Basic ${Buffer.from(auth).toString('base64')}` }),
    };
    const request = protocol === 'https:' ? requestHttps : requestHttp;
    return request({
      method: 'CONNECT',
      path: target,
      hostname,
      port,
      headers,
      agent: false,
      // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch it off for the proxy.
      rejectUnauthorized: true,
      ...(signal && { signal }),
    });
  }
}
