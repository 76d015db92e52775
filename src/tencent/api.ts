import type { ApiAgents } from './agents.js';
import type { TencentCredential } from './credentials/provider.js';
import { classifyErrorCode, TencentApiError } from './errors.js';
import { exchange, type HttpAnswer, transientError as transient } from './http.js';
import { field, isObject, type JsonObject, parseJson, textOf } from './json.js';
import { redact, redactAll } from './redact.js';
import { signTc3 } from './sign.js';

/** The `Authorization` of the few actions that are called before there is a key. */
const UNSIGNED = 'SKIP';

/** How much of an answer that makes no sense is shown. */
const SEEN_MAX = 200;

/** One call of an action. */
export interface ApiRequest {
  readonly endpoint: URL;
  /** The service that the signature names, such as `redis`, whatever address is dialled. */
  readonly service: string;
  /** The version of the service's API, such as `2018-04-12`. */
  readonly version: string;
  readonly action: string;
  readonly region: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Undefined: the call is not signed. */
  readonly credential: TencentCredential | undefined;
  /** The answer may hold a key: no error shows any of it but the API's own code and message. */
  readonly answerIsSecret?: boolean;
  /** The time to sign with: ours, or ours corrected by the server's. */
  readonly nowMs: number;
  readonly timeoutMs: number;
  readonly agents: ApiAgents;
  readonly signal?: AbortSignal | undefined;
}

/** The fields of `Response`, `RequestId` among them. */
export type ApiResponse = JsonObject;

/**
 * Makes one POST, signed unless there is no credential, and opens the answer's envelope. Never retries.
 *
 * @throws TencentApiError for a refusal, and for an answer that is late, lost or no answer of the API (transient)
 */
export async function callApi(request: ApiRequest): Promise<ApiResponse> {
  const answer = await post(request);
  const hide = (text: string): string => redact(text, request.credential ?? {});
  const seen = (): string => {
    const shown = request.answerIsSecret ? '(not shown: it may hold a key)' : hide(answer.body);
    return shown.replace(/\s+/g, ' ').trim().slice(0, SEEN_MAX);
  };
  if (answer.status !== 200) {
    throw transient(`HttpStatus.${answer.status}`, `The API answered HTTP ${answer.status} instead of 200: ${seen()}`);
  }
  const envelope = field(parseJson(answer.body), 'Response');
  if (!isObject(envelope)) {
    throw transient('InvalidResponse', `The API answered without the JSON envelope it always sends: ${seen()}`);
  }
  const error = envelope['Error'];
  // What goes on from here may stand in a history, and a gateway can echo a header in any field of it.
  if (error === undefined) {
    return request.answerIsSecret ? envelope : (redactAll(envelope, request.credential ?? {}) as ApiResponse);
  }
  const requestId = hidden(requestIdOf(envelope), hide);
  // As the API wrote it: what is hidden in it must not make another code of it.
  const code = field(error, 'Code');
  if (typeof code !== 'string' || code.trim() === '') {
    throw transient('InvalidResponse', `The API answered an error without a code: ${seen()}`, requestId);
  }
  const message = hide(textOf(field(error, 'Message')) ?? '');
  throw new TencentApiError(hide(code), message, classifyErrorCode(code), requestId, answer.clockSkewMs);
}

function hidden(text: string | null, hide: (text: string) => string): string | null {
  return text === null ? null : hide(text);
}

/** The `RequestId` of a response, which Tencent's support asks for first. */
export function requestIdOf(response: ApiResponse): string | null {
  return textOf(response['RequestId']) ?? null;
}

async function post(request: ApiRequest): Promise<HttpAnswer> {
  const { endpoint, service, version, action, region, credential, nowMs, timeoutMs, agents, signal } = request;
  const body = JSON.stringify(request.params);
  const timestampS = Math.floor(nowMs / 1000);
  const signed = { host: endpoint.host, 'content-type': 'application/json' };
  const toSign = { method: 'POST', service, headers: signed, payload: body } as const;
  const headers = {
    ...signed,
    authorization: credential ? signTc3(toSign, credential, timestampS).authorization : UNSIGNED,
    'x-tc-action': action,
    'x-tc-version': version,
    'x-tc-region': region,
    'x-tc-timestamp': String(timestampS),
    ...(credential?.token !== undefined && { 'x-tc-token': credential.token }),
  };
  return exchange({ method: 'POST', url: endpoint, headers, body, timeoutMs, agents, signal });
}
