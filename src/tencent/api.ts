import type { TencentCredential } from './credentials/provider.js';
import { classifyErrorCode, TencentApiError, type TencentErrorClass, transientError } from './errors.js';
import { exchange, type HttpRequest } from './http.js';
import { field, isObject, parseJson, textField } from './json.js';
import { redact } from './redact.js';
import { signTc3 } from './sign.js';

/** A service of the API, at one of its addresses. */
export interface ApiService extends Pick<HttpRequest, 'agent'> {
  readonly endpoint: URL;
  /** Its name in the signature, such as `redis`, whatever the endpoint's host. */
  readonly name: string;
  /** The version of its API, such as `2018-04-12`. */
  readonly version: string;
}

/** One call of an action. */
export interface ApiRequest extends Pick<HttpRequest, 'signal' | 'timeoutMs' | 'maxBytes'> {
  readonly action: string;
  readonly region: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Undefined: the call is not signed. */
  readonly credential?: TencentCredential | undefined;
  /** What no error may show, such as a password in the parameters; the answer is as it came. */
  readonly secrets?: readonly string[] | undefined;
  /** The answer may hold a key: errors show nothing of it but the API's own code and message. */
  readonly answerIsSecret?: boolean;
  /** The time to sign with. */
  readonly nowMs: number;
}

/** The fields of `Response`, including `RequestId`, which Tencent's support asks for. */
export type ApiResponse = Readonly<Record<string, unknown>>;

/**
 * Makes one POST and reads the answer's envelope. Never retries.
 *
 * @param onClockSkew - told how far the server's clock is ahead of ours, when an answer says so
 * @throws TencentApiError for a refusal, or without an answer of the API (transient)
 */
export async function callApi(
  service: ApiService,
  request: ApiRequest,
  onClockSkew?: (skewMs: number) => void,
): Promise<ApiResponse> {
  const { credential = {}, secrets, answerIsSecret = false } = request;
  const hide = <T>(told: T): T => redact(told, credential, secrets);
  const answer = await post(service, request);
  if (answer.clockSkewMs !== null) onClockSkew?.(answer.clockSkewMs);
  const shown = (): string => {
    const text = answerIsSecret ? '(not shown: it may hold a key)' : hide(answer.body);
    return text.replace(/\s+/g, ' ').trim().slice(0, 200);
  };
  const envelope = field(parseJson(answer.body), 'Response');
  const error = field(envelope, 'Error');
  const code = textField(error, 'Code') ?? '';
  // A gateway may give the API's own error a status of its own, such as 429: the error says more.
  if (answer.status !== 200 && code.trim() === '') {
    const message = `The API answered HTTP ${answer.status} instead of 200: ${shown()}`;
    throw transientError(`HttpStatus.${answer.status}`, message);
  }
  if (!isObject(envelope)) {
    throw transientError('InvalidResponse', `The API answered without the JSON envelope it always sends: ${shown()}`);
  }
  // A gateway can echo a header in any field, and what we return may be kept in a workflow history.
  if (error === undefined) return answerIsSecret ? envelope : redact(envelope, credential);

  const requestId = hide(textField(envelope, 'RequestId'));
  if (code.trim() === '') {
    throw transientError('InvalidResponse', `The API answered an error without a code: ${shown()}`, requestId);
  }
  const message = hide(textField(error, 'Message') ?? '');
  // Classify the original code: redacting may change it.
  const errorClass = classifyErrorCode(code);
  throw new TencentApiError(hide(code), message, errorClass, requestId, answer.clockSkewMs);
}

function post({ endpoint: url, name, version, agent }: ApiService, request: ApiRequest): ReturnType<typeof exchange> {
  const { credential, signal, timeoutMs, maxBytes } = request;
  const body = JSON.stringify(request.params);
  const timestampS = Math.floor(request.nowMs / 1000);
  const headers: Record<string, string> = { host: url.host, 'content-type': 'application/json' };
  const toSign = { method: 'POST', service: name, headers, payload: body } as const;
  // Actions that need no key expect this word.
  headers['authorization'] = credential ? signTc3(toSign, credential, timestampS).authorization : 'SKIP';
  headers['x-tc-action'] = request.action;
  headers['x-tc-version'] = version;
  headers['x-tc-region'] = request.region;
  headers['x-tc-timestamp'] = String(timestampS);
  if (credential?.token !== undefined) headers['x-tc-token'] = credential.token;
  return exchange({ method: 'POST', url, headers, body, timeoutMs, maxBytes, agent, signal });
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
