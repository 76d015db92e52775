import got, { RequestError } from 'got';
import type { ApiAgents } from './agents.js';
import { TencentApiError } from './errors.js';

/** The longest answer that is read. One about a task has some 300 bytes; anything much larger is no such answer. */
const ANSWER_MAX_BYTES = 256 * 1024;

/** A `Date` beyond it is none that a clock shows, and the times after it may be none that can be signed. */
const LATEST_DATE_MS = Date.parse('9999-12-31T23:59:59Z');

/** One request, exactly as it goes out. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly agents: ApiAgents;
  readonly signal?: AbortSignal | undefined;
}

/** What came back, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** How far the server's clock is ahead of ours, by the `Date` header. */
  readonly clockSkewMs: number | null;
}

/**
 * Makes one HTTP exchange. Never retries.
 *
 * @throws TencentApiError (transient) when no whole answer came in time; it holds nothing of the request but the origin
 */
export async function exchange(request: HttpRequest): Promise<HttpAnswer> {
  const { method, url, headers, body, timeoutMs, agents, signal } = request;
  const tooLarge = new AbortController();
  const call = got(url, {
    method,
    ...(headers && { headers }),
    ...(body !== undefined && { body }),
    agent: { http: agents.http, https: agents.https },
    signal: signal ? AbortSignal.any([signal, tooLarge.signal]) : tooLarge.signal,
    timeout: { request: timeoutMs },
    retry: { limit: 0 },
    // Said, not left to the default: NODE_TLS_REJECT_UNAUTHORIZED=0 must not switch it off. A private certificate
    // authority is added with NODE_EXTRA_CA_CERTS.
    https: { rejectUnauthorized: true },
    // A redirect would carry the signed headers somewhere else, and a compressed answer could hide its size.
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
      // Not response.body: of an answer that is packed although nobody asked for that, it is no text.
      body: Buffer.from(response.rawBody).toString('utf8'),
      clockSkewMs: date >= 0 && date <= LATEST_DATE_MS ? date - Date.now() : null,
    };
  } catch (error) {
    // The caller's abort is its own business; got's errors carry the Authorization header, so none goes further.
    signal?.throwIfAborted();
    if (tooLarge.signal.aborted) {
      throw transientError('InvalidResponse', `The API answered more than ${ANSWER_MAX_BYTES} bytes`);
    }
    throw unreachable(error, url, timeoutMs);
  }
}

function unreachable(error: unknown, url: URL, timeoutMs: number): TencentApiError {
  const code = error instanceof RequestError ? error.code : 'UNKNOWN';
  if (code === 'ETIMEDOUT') {
    return transientError('Timeout', `${url.origin} did not answer within ${timeoutMs / 1000} s`);
  }
  return transientError(`NetworkError.${code}`, `${url.origin} could not be reached, or broke off: ${code}`);
}

/** An error that passes: a later call may succeed. */
export function transientError(code: string, message: string, requestId: string | null = null): TencentApiError {
  return new TencentApiError(code, message, 'transient', requestId);
}
