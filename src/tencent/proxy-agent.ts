import { type ClientRequest, type IncomingMessage, request as requestHttp, type RequestOptions } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';

/** A proxy that answers, but makes no connection. */
export class ProxyRefusedError extends Error {
  override readonly name = 'ProxyRefusedError';

  constructor(
    readonly status: number,
    reason: string | undefined,
    proxy: string,
    target: string,
  ) {
    const advice =
      status === 407 ? 'check the user and the password in HTTPS_PROXY' : 'ask who runs it to let it through';
    super(
      `The proxy ${proxy} answered ${`${status} ${reason ?? ''}`.trim()} when asked to connect to ${target}: ${advice}`,
    );
  }
}

/** What ends a request for a connection, which Node hands from a request to its agent. */
export interface ConnectOptions extends RequestOptions {
  readonly connectSignal?: AbortSignal;
}

type Connected = (error: Error | null, socket: Duplex) => void;

/**
 * Connections through a proxy, kept between requests.
 *
 * The agents on npm (hpagent, https-proxy-agent) wait for a proxy's answer for as long as the proxy likes: their request
 * for a connection, with its socket, outlives the call that it was made for.
 */
export class ProxyAgent extends Agent {
  /** Of the proxy, without its password. */
  readonly origin: string;

  constructor(private readonly proxy: URL) {
    super({ keepAlive: true });
    this.origin = proxy.origin;
  }

  override createConnection(options: ConnectOptions, connected?: Connected): undefined {
    const { connectSignal, ...forTls } = options;
    const target = `${String(options.host)}:${String(options.port)}`;
    const fail = (error: Error) => connected?.(error, undefined as never);
    const request = this.requestConnection(target, connectSignal);
    request.once('connect', ({ statusCode = 0, statusMessage }: IncomingMessage, socket: Duplex) => {
      if (statusCode === 200) {
        connected?.(null, super.createConnection({ ...forTls, socket } as RequestOptions) as Duplex);
      } else {
        socket.destroy();
        fail(new ProxyRefusedError(statusCode, statusMessage, this.origin, target));
      }
    });
    request.once('error', fail);
    request.end();
  }

  private requestConnection(target: string, signal: AbortSignal | undefined): ClientRequest {
    const { protocol, hostname, port, username, password } = this.proxy;
    const user = [username, password].map(decodeURIComponent).join(':');
    const send = protocol === 'https:' ? requestHttps : requestHttp;
    return send({
      method: 'CONNECT',
      host: hostname.replace(/^\[|\]$/g, ''),
      port,
      path: target,
      headers: {
        host: target,
        ...(user !== ':' && { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }),
      },
      agent: false,
      signal,
      // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch it off for the proxy.
      rejectUnauthorized: true,
    } as RequestOptions);
  }
}
