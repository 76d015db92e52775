import { type Agent, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import got, { type Request, RequestError } from 'got';
import { createAgent } from './agents.js';
import { TencentApiError, transientError } from './errors.js';
import { type ConnectOptions, ProxyAgent, ProxyRefusedError } from './proxy-agent.js';

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
export async function exchange({ url, timeoutMs, agent: kept, signal, ...request }: HttpRequest) {
  signal?.throwIfAborted();
  const agent = kept ?? createAgent(url);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const proxy = agent instanceof ProxyAgent ? agent : undefined;
  // A connection that a proxy has not made yet is nothing that Node or got would end with the request.
  const connecting = proxy && new AbortController();
  const late = connecting && setTimeout(() => connecting.abort(), timeoutMs);
  // As a stream, and with few options for Node: got's promise and its forty options cost half as much CPU again.
  const stream = client.stream(url, {
    ...request,
    timeout: { request: timeoutMs },
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch it off. NODE_EXTRA_CA_CERTS adds authorities.
    request: (target, { method, headers }, answered) =>
      send(
        target,
        {
          method,
          headers,
          agent,
          rejectUnauthorized: true,
          ...(connecting && { connectSignal: connecting.signal }),
        } satisfies ConnectOptions & { readonly rejectUnauthorized: boolean },
        answered,
      ),
  });
  try {
    const body = await readAll(stream, signal);
    const { statusCode: status = 0, headers = {} } = stream.response ?? {};
    const date = Date.parse(headers.date ?? '');
    /** How far the server's clock is ahead of ours. */
    const clockSkewMs = date >= 0 && date <= LATEST_DATE_MS ? date - Date.now() : null;
    return { status, body, clockSkewMs };
  } catch (error) {
    connecting?.abort();
    // Never pass a got error on: it holds the Authorization header.
    signal?.throwIfAborted();
    if (error instanceof TencentApiError) throw error;
    throw lostRequest(error, proxy ? `${url.origin} (through the proxy ${proxy.origin})` : url.origin, timeoutMs);
  } finally {
    clearTimeout(late);
    stream.destroy();
    if (!kept) agent.destroy();
  }
}

function lostRequest(error: unknown, to: string, timeoutMs: number): TencentApiError {
  const { code, cause } = error instanceof RequestError ? error : { code: 'UNKNOWN' };
  if (cause instanceof ProxyRefusedError) return transientError(`ProxyRefused.${cause.status}`, cause.message);
  // The end of a request for a connection may be heard first.
  return code === 'ETIMEDOUT' || code === 'ABORT_ERR'
    ? transientError('Timeout', `${to} did not answer within ${timeoutMs / 1000} s`)
    : transientError(`NetworkError.${code}`, `${to} could not be reached, or broke off: ${code}`);
}

/** The text of an answer. @throws TencentApiError if it is too long, the signal's reason, or what got throws */
function readAll(stream: Request, signal: AbortSignal | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    stream.on('data', (part: Buffer) => {
      parts.push(part);
      bytes += part.length;
      if (bytes <= ANSWER_MAX_BYTES) return;
      reject(transientError('InvalidResponse', `The API answered more than ${ANSWER_MAX_BYTES} bytes`));
    });
    stream.on('end', () => resolve(Buffer.concat(parts).toString('utf8'))).on('error', reject);
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
  });
}
