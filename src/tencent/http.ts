import got, { RequestError } from 'got';
import { type ApiAgents, closeAgents, createAgents } from './agents.js';
import { TencentApiError } from './errors.js';

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
  readonly agents?: ApiAgents | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** How far the server's clock is ahead of ours, by the `Date` header. */
  readonly clockSkewMs: number | null;
}

/**
 * Makes one HTTP request and never retries. Every status is an answer.
 *
 * @throws TencentApiError (transient) without a complete answer in time; of the request it shows only the origin
 */
export async function exchange({ url, timeoutMs, agents, signal, ...request }: HttpRequest): Promise<HttpAnswer> {
  const tooLarge = new AbortController();
  const { http, https } = agents ?? createAgents(url);
  const call = got(url, {
    ...request,
    agent: { http, https },
    signal: signal ? AbortSignal.any([signal, tooLarge.signal]) : tooLarge.signal,
    timeout: { request: timeoutMs },
    retry: { limit: 0 },
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not switch it off. NODE_EXTRA_CA_CERTS adds authorities.
    https: { rejectUnauthorized: true },
    // A redirect would carry the signed headers to another host, and compression could hide the answer's size.
    followRedirect: false,
    decompress: false,
    throwHttpErrors: false,
  });
  void call.on('downloadProgress', ({ transferred }) => {
    if (transferred > ANSWER_MAX_BYTES) tooLarge.abort();
  });
  try {
    const response = await call;
    const date = Date.parse(response.headers.date ?? '');
    return {
      status: response.statusCode,
      // Use rawBody: an unsolicited compressed body makes `body` garbage.
      body: Buffer.from(response.rawBody).toString('utf8'),
      clockSkewMs: date >= 0 && date <= LATEST_DATE_MS ? date - Date.now() : null,
    };
  } catch (error) {
    // Never pass a got error on: it holds the Authorization header.
    signal?.throwIfAborted();
    if (tooLarge.signal.aborted) {
      throw transientError('InvalidResponse', `The API answered more than ${ANSWER_MAX_BYTES} bytes`);
    }
    const code = error instanceof RequestError ? error.code : 'UNKNOWN';
    throw code === 'ETIMEDOUT'
      ? transientError('Timeout', `${url.origin} did not answer within ${timeoutMs / 1000} s`)
      : transientError(`NetworkError.${code}`, `${url.origin} could not be reached, or broke off: ${code}`);
  } finally {
    if (!agents) closeAgents({ http, https });
  }
}

/** An error after which a later call may succeed. */
export function transientError(code: string, message: string, requestId: string | null = null): TencentApiError {
  return new TencentApiError(code, message, 'transient', requestId);
}
