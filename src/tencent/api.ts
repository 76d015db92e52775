import type { TencentCredential } from './credentials/provider.js';
import { classifyErrorCode, TencentApiError, type TencentErrorClass } from './errors.js';
import { exchange, type HttpAnswer, type HttpRequest, transientError } from './http.js';
import { field, isObject, parseJson, textField } from './json.js';
import { redact, redactAll } from './redact.js';
import { signTc3 } from './sign.js';

/** One call of an action. */
export interface ApiRequest extends Pick<HttpRequest, 'agents' | 'signal' | 'timeoutMs'> {
  readonly endpoint: URL;
  /** The service in the signature, such as `redis`, whatever the endpoint's host. */
  readonly service: string;
  /** The version of the service's API, such as `2018-04-12`. */
  readonly version: string;
  readonly action: string;
  readonly region: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Undefined: the call is not signed. */
  readonly credential?: TencentCredential | undefined;
  /** The answer may hold a key: errors show nothing of it but the API's own code and message. */
  readonly answerIsSecret?: boolean;
  /** The time to sign with. */
  readonly nowMs: number;
}

/** The fields of `Response`, including `RequestId`. */
export type ApiResponse = Readonly<Record<string, unknown>>;

/**
 * Makes one POST and reads the answer's envelope. Never retries.
 *
 * @throws TencentApiError for a refusal, or without an answer of the API (transient)
 */
export async function callApi(request: ApiRequest): Promise<ApiResponse> {
  const { credential = {}, answerIsSecret = false } = request;
  const answer = await post(request);
  const shown = (): string => {
    const text = answerIsSecret ? '(not shown: it may hold a key)' : redact(answer.body, credential);
    return text.replace(/\s+/g, ' ').trim().slice(0, 200);
  };
  if (answer.status !== 200) {
    const message = `The API answered HTTP ${answer.status} instead of 200: ${shown()}`;
    throw transientError(`HttpStatus.${answer.status}`, message);
  }
  const envelope = field(parseJson(answer.body), 'Response');
  if (!isObject(envelope)) {
    throw transientError('InvalidResponse', `The API answered without the JSON envelope it always sends: ${shown()}`);
  }
  const error = envelope['Error'];
  // A gateway can echo a header in any field, and what we return may be kept in a workflow history.
  if (error === undefined) return answerIsSecret ? envelope : (redactAll(envelope, credential) as ApiResponse);

  const requestId = redactAll(requestIdOf(envelope), credential) as string | null;
  const code = textField(error, 'Code') ?? '';
  if (code.trim() === '') {
    throw transientError('InvalidResponse', `The API answered an error without a code: ${shown()}`, requestId);
  }
  const message = redact(textField(error, 'Message') ?? '', credential);
  // Classify the original code: redacting may change it.
  const errorClass = classifyErrorCode(code);
  throw new TencentApiError(redact(code, credential), message, errorClass, requestId, answer.clockSkewMs);
}

/** The `RequestId` of a response. Tencent's support asks for it. */
export function requestIdOf(response: ApiResponse): string | null {
  return textField(response, 'RequestId') ?? null;
}

async function post({ endpoint, service, params, credential, nowMs, ...request }: ApiRequest): Promise<HttpAnswer> {
  const body = JSON.stringify(params);
  const timestampS = Math.floor(nowMs / 1000);
  const signed = { host: endpoint.host, 'content-type': 'application/json' };
  const toSign = { method: 'POST', service, headers: signed, payload: body } as const;
  const headers = {
    ...signed,
    // Actions that need no key expect this word.
    authorization: credential ? signTc3(toSign, credential, timestampS).authorization : 'SKIP',
    'x-tc-action': request.action,
    'x-tc-version': request.version,
    'x-tc-region': request.region,
    'x-tc-timestamp': String(timestampS),
    ...(credential?.token !== undefined && { 'x-tc-token': credential.token }),
  };
  const { agents, signal, timeoutMs } = request;
  return exchange({ method: 'POST', url: endpoint, headers, body, timeoutMs, agents, signal });
}

/**
 * Sends a call, and again after what only this process can repair: once with freshly loaded credentials if they were
 * refused, and once with the server's time if ours was. Independently: a resumed machine may need both.
 *
 * @param send - sends the call, with freshly loaded credentials if `refresh`
 * @param clock - by how much the server's clock is ahead of ours; corrected in place
 * @param refreshed - load fresh credentials for the first send already
 */
export async function sendWithRepairs<T>(
  send: (refresh: boolean) => Promise<T>,
  clock: { skewMs: number },
  refreshed = false,
): Promise<T> {
  const repaired = new Set<TencentErrorClass>(refreshed ? ['unauthorized'] : []);
  for (let refresh = refreshed; ;) {
    try {
      return await send(refresh);
    } catch (error) {
      const errorClass = error instanceof TencentApiError ? error.errorClass : 'transient';
      if ((errorClass !== 'unauthorized' && errorClass !== 'clock') || repaired.has(errorClass)) throw error;
      repaired.add(errorClass);
      refresh = errorClass === 'unauthorized';
      if (errorClass === 'clock') clock.skewMs = (error as TencentApiError).clockSkewMs ?? 0;
    }
  }
}
