import type { Agent } from 'node:http';
import { quote } from '../contract/text.js';
import { createAgent } from './agents.js';
import { type ApiResponse, type ApiService, callApi, sendWithRepairs } from './api.js';
import { type CallPace, createCallPace } from './call-pace.js';
import { sharedLoads } from './credentials/chain.js';
import { type CredentialProvider, type LoadedKey, loadKey } from './credentials/provider.js';
import { endpointFor, SERVICE } from './endpoint.js';
import { TencentApiError, type TencentErrorClass, transientError } from './errors.js';
import { traceCall } from './trace-call.js';

const API_VERSION = '2018-04-12';
const HTTP_TIMEOUT_MS = 10_000;
export const DEFAULT_TIMEOUT_MS = 15_000;

/** Codes and messages of a call whose time has passed, by what it was waiting for. */
const LATE = {
  CredentialsUnavailable: 'No credentials: their source did not answer in time',
  NoCallSlot: 'The API was not asked: this worker was throttled, or at its own request rate, for the whole time',
  Timeout: 'The API did not answer in the time that was left',
};

/** Answers that may be longer than others. Of 50 instances all tags are told, up to 50 kB of them each; we keep none. */
const MAX_BYTES: ReadonlyMap<string, number> = new Map([['DescribeInstances', 4 * 1024 * 1024]]);

/**
 * What a {@link RedisApi} needs.
 *
 * @example
 * ```ts
 * const options: RedisApiOptions = {
 *   credentials: defaultCredentials(),
 *   endpoint: new URL('https://redis.intl.tencentcloudapi.com'),
 *   requestsPerSecond: 5,
 * };
 * ```
 */
export interface RedisApiOptions {
  /** Where credentials come from: one of Tencent's own providers works too. */
  readonly credentials: CredentialProvider;
  /** The API's base URL for every region. @default TENCENTCLOUD_REDIS_ENDPOINT, or the public endpoint of each region */
  readonly endpoint?: URL | undefined;
  /** The most calls a second from this process, evenly spaced. @default no limit */
  readonly requestsPerSecond?: number | undefined;
}

/**
 * One call of an action of the redis API.
 *
 * @example
 * ```ts
 * const call: RedisApiCall = {
 *   action: 'ClearInstance',
 *   region: 'ap-guangzhou',
 *   params: { InstanceId: 'crs-09u2u96z' },
 *   secrets: [],
 *   timeoutMs: 10_000,
 *   signal: AbortSignal.timeout(30_000),
 * };
 * ```
 */
export interface RedisApiCall {
  /** Its name in the API's documentation. */
  readonly action: string;
  /** The region of the instance. */
  readonly region: string;
  /** Its parameters, spelled as in the API's documentation. */
  readonly params: Readonly<Record<string, unknown>>;
  /** What no error may show, such as a password in `params`; the answer is as it came. */
  readonly secrets?: readonly string[] | undefined;
  /** Milliseconds for all of it: loading credentials, waiting for a turn, and HTTP (at most 10 s). @default 15000 */
  readonly timeoutMs?: number | undefined;
  /** Aborts the call. */
  readonly signal?: AbortSignal | undefined;
}

/** Told of the parts of each call, for metrics. */
export interface CallObserver {
  /** A request got its turn in this process. */
  waitedForTurn(ms: number): void;
  /** A signed request is over. @param outcome - `ok`, or the class of the error */
  requested(outcome: 'ok' | TencentErrorClass, tookMs: number): void;
  /** An answer told the server's time. @param skewMs - how far it is ahead of ours */
  comparedClocks(skewMs: number): void;
  /** A key is in use. @param expiresAtMs - Unix time in milliseconds, undefined if it is not known */
  loadedKey(source: string, expiresAtMs: number | undefined): void;
}

/** The redis API of Tencent Cloud, over connections that are kept between calls. */
export interface RedisApi {
  /** @throws TencentApiError; `rejected`, before anything is sent, if the region or the action is not one */
  call(call: RedisApiCall): Promise<ApiResponse>;
  /** Closes the kept connections. */
  close(): void;
}

/**
 * Opens the redis API. The environment says nothing here: see `activities/create-redis-api.ts`.
 *
 * A call is sent again in only two cases: once with freshly loaded credentials if they were refused, and once with the
 * server's time if ours was. All other retries are the caller's.
 */
export function createRedisApi({
  credentials,
  endpoint,
  requestsPerSecond = Infinity,
  pace = createCallPace(requestsPerSecond),
  observer,
}: RedisApiOptions & { readonly pace?: Pick<CallPace, 'send' | 'hold'>; readonly observer?: CallObserver }): RedisApi {
  const provider = sharedLoads(credentials);
  const services = new Map<string, ApiService & { readonly agent: Agent }>();
  const clock = { skewMs: 0 };

  const serviceAt = (url: URL): ApiService => {
    const service = services.get(url.href) ?? {
      endpoint: url,
      name: SERVICE,
      version: API_VERSION,
      agent: createAgent(url),
    };
    services.set(url.href, service);
    return service;
  };

  return {
    async call({ action, region, params, secrets, timeoutMs = DEFAULT_TIMEOUT_MS, signal: outer }) {
      const service = serviceAt(endpointFor(region, endpoint));
      checkAction(action);
      let late: keyof typeof LATE = 'CredentialsUnavailable';
      // Plain, since AbortSignal.timeout and AbortSignal.any cost a fifth of a call's CPU.
      const end = new AbortController();
      const timer = setTimeout(() => end.abort(transientError(late, LATE[late])), timeoutMs).unref();
      const abort = (): void => end.abort(outer?.reason);
      outer?.addEventListener('abort', abort);
      if (outer?.aborted) abort();
      const { signal } = end;

      const send = async (refresh: boolean): Promise<ApiResponse> => {
        signal.throwIfAborted();
        late = 'CredentialsUnavailable';
        const credential = await load(provider, refresh, signal);
        observer?.loadedKey(credentials.source ?? 'custom', credential.expiresAtMs);
        late = 'NoCallSlot';
        const readyAt = performance.now();
        return pace.send(() => {
          late = 'Timeout';
          observer?.waitedForTurn(performance.now() - readyAt);
          const nowMs = Date.now() + clock.skewMs;
          const limits = { timeoutMs: HTTP_TIMEOUT_MS, maxBytes: MAX_BYTES.get(action), signal };
          const request = { action, region, params, secrets, credential, nowMs, ...limits };
          const call = () => callApi(service, request, observer?.comparedClocks.bind(observer));
          return observed(() => traceCall(service, request, call), observer);
        }, signal);
      };
      try {
        return await sendWithRepairs(send, clock);
      } catch (error) {
        if (error instanceof TencentApiError && error.errorClass === 'throttled') pace.hold();
        throw error;
      } finally {
        clearTimeout(timer);
        outer?.removeEventListener('abort', abort);
      }
    },
    close() {
      for (const { agent } of services.values()) agent.destroy();
    },
  };
}

/** Its name becomes a header. @throws TencentApiError (rejected) */
function checkAction(action: string): void {
  if (/^[A-Za-z]\w*$/.test(action)) return;
  throw new TencentApiError('InvalidAction', `The action ${quote(action, 100)} is not the name of one.`, 'rejected');
}

/** A request that was cancelled is not told: it says nothing of the API. */
async function observed(request: () => Promise<ApiResponse>, observer: CallObserver | undefined): Promise<ApiResponse> {
  const beganAt = performance.now();
  try {
    const response = await request();
    observer?.requested('ok', performance.now() - beganAt);
    return response;
  } catch (error) {
    if (error instanceof TencentApiError) observer?.requested(error.errorClass, performance.now() - beganAt);
    throw error;
  }
}

/** Loads a key, which cannot be aborted: only the waiting for it ends with the signal. */
function load(provider: CredentialProvider, refresh: boolean, signal: AbortSignal): Promise<LoadedKey> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    loadKey(provider, refresh).then(resolve, (error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      reject(transientError('CredentialsUnavailable', `No credentials at the moment: ${reason}`));
    });
  });
}
