import got, { RequestError } from 'got';
import type { ApiAgents } from './agents.js';
import type { TencentCredential } from './credentials/provider.js';
import { SERVICE } from './endpoint.js';
import { classifyErrorCode, TencentApiError } from './errors.js';
import { redact } from './redact.js';
import { signTc3 } from './sign.js';

const API_VERSION = '2018-04-12';

/** The longest answer that is read. One about a task has some 300 bytes; anything much larger is no such answer. */
const ANSWER_MAX_BYTES = 256 * 1024;

/** How much of an answer that makes no sense is shown. */
const SEEN_MAX = 200;

/** One call of an action. */
export interface ApiRequest {
  readonly endpoint: URL;
  readonly action: string;
  readonly region: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly credential: TencentCredential;
  /** The time to sign with: ours, or ours corrected by the server's. */
  readonly nowMs: number;
  readonly timeoutMs: number;
  readonly agents: ApiAgents;
  readonly signal?: AbortSignal | undefined;
}

/** The fields of `Response`, `RequestId` among them. */
export type ApiResponse = Readonly<Record<string, unknown>>;

/**
 * Makes one signed POST and opens the answer's envelope. Never retries.
 *
 * @throws TencentApiError for a refusal, and for an answer that is late, lost or no answer of the API (transient)
 */
export async function callApi(request: ApiRequest): Promise<ApiResponse> {
  const answer = await post(request);
  const seen = redact(answer.body, request.credential).replace(/\s+/g, ' ').trim().slice(0, SEEN_MAX);
  if (answer.status !== 200) {
    throw transient(`HttpStatus.${answer.status}`, `The API answered HTTP ${answer.status} instead of 200: ${seen}`);
  }
  const response = field(parseJson(answer.body), 'Response');
  if (!isObject(response)) {
    throw transient('InvalidResponse', `The API answered without the JSON envelope it always sends: ${seen}`);
  }
  const error = response['Error'];
  if (error === undefined) return response;

  const code = field(error, 'Code');
  if (typeof code !== 'string' || code === '') {
    throw transient('InvalidResponse', `The API answered an error without a code: ${seen}`, requestIdOf(response));
  }
  const message = redact(textOf(field(error, 'Message')) ?? '', request.credential);
  throw new TencentApiError(code, message, classifyErrorCode(code), requestIdOf(response), answer.clockSkewMs);
}

/** The `RequestId` of a response, which Tencent's support asks for first. */
export function requestIdOf(response: ApiResponse): string | null {
  return textOf(response['RequestId']) ?? null;
}

async function post(request: ApiRequest): Promise<{ status: number; body: string; clockSkewMs: number | null }> {
  const { endpoint, action, region, credential, nowMs, timeoutMs, agents, signal } = request;
  const body = JSON.stringify(request.params);
  const timestampS = Math.floor(nowMs / 1000);
  const signed = { host: endpoint.host, 'content-type': 'application/json' };
  const { authorization } = signTc3(
    { method: 'POST', service: SERVICE, headers: signed, payload: body },
    credential,
    timestampS,
  );
  const tooLarge = new AbortController();
  const call = got.post(endpoint, {
    body,
    headers: {
      ...signed,
      authorization,
      'x-tc-action': action,
      'x-tc-version': API_VERSION,
      'x-tc-region': region,
      'x-tc-timestamp': String(timestampS),
      ...(credential.token !== undefined && { 'x-tc-token': credential.token }),
    },
    agent: { http: agents.http, https: agents.https },
    signal: signal ? AbortSignal.any([signal, tooLarge.signal]) : tooLarge.signal,
    timeout: { request: timeoutMs },
    retry: { limit: 0 },
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
      body: response.body,
      clockSkewMs: Number.isNaN(date) ? null : date - Date.now(),
    };
  } catch (error) {
    // The caller's abort is its own business; got's errors carry the Authorization header, so none goes further.
    signal?.throwIfAborted();
    if (tooLarge.signal.aborted) {
      throw transient('InvalidResponse', `The API answered more than ${ANSWER_MAX_BYTES} bytes`);
    }
    throw unreachable(error, endpoint, timeoutMs);
  }
}

function unreachable(error: unknown, endpoint: URL, timeoutMs: number): TencentApiError {
  const code = error instanceof RequestError ? error.code : 'UNKNOWN';
  if (code === 'ETIMEDOUT') {
    return transient('Timeout', `${endpoint.origin} did not answer within ${timeoutMs / 1000} s`);
  }
  return transient(`NetworkError.${code}`, `${endpoint.origin} could not be reached, or broke off: ${code}`);
}

function transient(code: string, message: string, requestId: string | null = null): TencentApiError {
  return new TencentApiError(code, message, 'transient', requestId);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isObject(value: unknown): value is ApiResponse {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
