import { type ApiAgents, closeAgents, createAgents } from './agents.js';
import { type ApiResponse, callApi, sendWithRepairs } from './api.js';
import { type CallPace, createCallPace } from './call-pace.js';
import { sharedLoads } from './credentials/chain.js';
import { type CredentialProvider, loadKey, type TencentCredential } from './credentials/provider.js';
import { endpointFor, requireRegion, SERVICE } from './endpoint.js';
import { TencentApiError } from './errors.js';
import { transientError } from './http.js';
import { untilAborted } from './time-limit.js';

const API_VERSION = '2018-04-12';
const HTTP_TIMEOUT_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 15_000;

/** What a {@link RedisApi} needs. */
export interface RedisApiOptions {
  readonly credentials: CredentialProvider;
  /** The API's base URL for every region. @default the public endpoint of each region */
  readonly endpoint?: URL | undefined;
  /** The most calls a second from this process, evenly spaced. @default no limit */
  readonly requestsPerSecond?: number | undefined;
}

/** One call of an action of the redis API. */
export interface RedisApiCall {
  readonly action: string;
  readonly region: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Milliseconds for all of it: loading credentials, waiting for a turn, and HTTP (at most 10 s). @default 15000 */
  readonly timeoutMs?: number | undefined;
  /** Aborts the call. */
  readonly signal?: AbortSignal | undefined;
}

/** The redis API of Tencent Cloud, over connections that are kept between calls. */
export interface RedisApi {
  /** @throws TencentApiError; `rejected`, before anything is sent, if the region is not one */
  call(call: RedisApiCall): Promise<ApiResponse>;
  /** Closes the kept connections. */
  close(): void;
}

/**
 * Opens the redis API.
 *
 * A call is sent again in only two cases: once with freshly loaded credentials if they were refused, and once with the
 * server's time if ours was. All other retries are the caller's.
 */
export function createRedisApi({
  credentials,
  endpoint,
  requestsPerSecond = Infinity,
  pace = createCallPace(requestsPerSecond),
}: RedisApiOptions & { readonly pace?: CallPace }): RedisApi {
  const provider = sharedLoads(credentials);
  const agentsByOrigin = new Map<string, ApiAgents>();
  const clock = { skewMs: 0 };

  const agentsOf = (url: URL): ApiAgents => {
    const agents = agentsByOrigin.get(url.origin) ?? createAgents(url);
    agentsByOrigin.set(url.origin, agents);
    return agents;
  };

  return {
    async call({ timeoutMs = DEFAULT_TIMEOUT_MS, ...call }) {
      requireRegion(call.region);
      const target = endpoint ?? endpointFor(call.region);
      const endsAt = performance.now() + timeoutMs;
      const timeout = AbortSignal.timeout(timeoutMs);
      const signal = call.signal ? AbortSignal.any([call.signal, timeout]) : timeout;

      const send = async (refresh: boolean): Promise<ApiResponse> => {
        let [lateCode, late] = ['CredentialsUnavailable', 'No credentials: their source did not answer in time'];
        try {
          const credential = await untilAborted(signal, () => load(provider, refresh));
          lateCode = 'NoCallSlot';
          late = 'The API was not asked: this worker was throttled, or at its own request rate, for the whole time';
          const post = () =>
            callApi({
              ...call,
              endpoint: target,
              service: SERVICE,
              version: API_VERSION,
              agents: agentsOf(target),
              credential,
              nowMs: Date.now() + clock.skewMs,
              timeoutMs: Math.min(HTTP_TIMEOUT_MS, Math.max(1, endsAt - performance.now())),
            });
          return await pace.send(post, signal);
        } catch (error) {
          if (error instanceof TencentApiError && error.errorClass === 'throttled') pace.hold();
          throw error === signal.reason && !call.signal?.aborted ? transientError(lateCode, late) : error;
        }
      };
      return sendWithRepairs(send, clock);
    },
    close() {
      for (const agents of agentsByOrigin.values()) closeAgents(agents);
    },
  };
}

async function load(provider: CredentialProvider, refresh: boolean): Promise<TencentCredential> {
  try {
    return await loadKey(provider, refresh);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw transientError('CredentialsUnavailable', `No credentials at the moment: ${reason}`);
  }
}
