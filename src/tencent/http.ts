import { type Agent, type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps, type RequestOptions } from 'node:https';
import got, { type Request, RequestError } from 'got';
import { createAgent } from './agents.js';
import { TencentApiError, transientError } from './errors.js';
import { type Ending, TunnelAgent } from './tunnel-agent.js';

/** An answer about a task has some 300 bytes. */
const ANSWER_MAX_BYTES = 256 * 1024;

/** Ignore absurd `Date` headers; such a skew cannot be signed. */
const LATEST_DATE_MS = Date.parse('9999-12-31T23:59:59Z');

/** One request, exactly as it is sent. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** The most that an answer may have: what is kept of it may stand in a history. @default 256 kB */
  readonly maxBytes?: number | undefined;
  /** @default connections for this request alone */
  readonly agent?: Agent | undefined;
  readonly signal?: AbortSignal | undefined;
}

const client = got.extend({
  retry: { limit: 0 },
  // A redirect would carry the signed headers to another host, and compression could hide the answer's size.
  followRedirect: false,
  decompress: false,
  throwHttpErrors: false,
});

/**
 * Makes one HTTP request and never retries. Every status is an answer.
 *
 * @throws TencentApiError (transient) without a complete answer in time; of the request it shows only the origin
 */
export async function exchange({ url, timeoutMs, maxBytes, agent: kept, signal, ...request }: HttpRequest) {
  signal?.throwIfAborted();
  const agent = kept ?? createAgent(url);
  const from = agent instanceof TunnelAgent ? `${url.origin}, through the proxy ${agent.proxyHost},` : url.origin;
  const send: (...request: Parameters<typeof requestHttps>) => ClientRequest =
    url.protocol === 'https:' ? requestHttps : requestHttp;
  const ending = new AbortController();
  // As a stream, and with few options for Node: got's promise and its forty options cost half as much CPU again.
  const stream = client.stream(url, {
    ...request,
    request: (target, { method, headers }, answered) => {
      // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch it off. NODE_EXTRA_CA_CERTS adds authorities.
      const options: RequestOptions & Ending = {
        method,
        headers,
        agent,
        rejectUnauthorized: true,
        ended: ending.signal,
      };
      return send(target, options, answered);
    },
  });
  // Not got's: it would end nothing that has no connection yet, such as a request that waits for a proxy.
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const timeout = () => transientError('Timeout', `${from} did not answer within ${timeoutMs / 1000} s`);
    timer = setTimeout(() => reject(timeout()), timeoutMs).unref();
  });
  try {
    const body = await Promise.race([readAll(stream, signal, maxBytes), late]);
    const { statusCode: status = 0, headers = {} } = stream.response ?? {};
    const date = Date.parse(headers.date ?? '');
    /** How far the server's clock is ahead of ours. */
    const clockSkewMs = date >= 0 && date <= LATEST_DATE_MS ? date - Date.now() : null;
    return { status, body, clockSkewMs };
  } catch (error) {
    // Never pass a got error on: it holds the Authorization header.
    signal?.throwIfAborted();
    if (error instanceof TencentApiError) throw error;
    if (!(error instanceof RequestError)) throw transientError('NetworkError.UNKNOWN', `${from} could not be reached`);
    if (error.cause instanceof TencentApiError) throw error.cause;
    throw transientError(`NetworkError.${error.code}`, `${from} could not be reached, or broke off: ${error.code}`);
  } finally {
    clearTimeout(timer);
    stream.destroy();
    ending.abort();
    if (!kept) agent.destroy();
  }
}

/** The text of an answer. @throws TencentApiError if it is too long, the signal's reason, or what got throws */
function readAll(stream: Request, signal: AbortSignal | undefined, maxBytes = ANSWER_MAX_BYTES): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    stream.on('data', (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes <= maxBytes) return;
      reject(transientError('InvalidResponse', `The API answered more than ${maxBytes} bytes`));
    });
    stream.on('end', () => resolve(Buffer.concat(parts).toString('utf8'))).on('error', reject);
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
}
