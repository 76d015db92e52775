import { type ApiAgents, createAgents } from './agents.js';
import { type ApiResponse, callApi } from './api.js';
import { type CallPace, createCallPace } from './call-pace.js';
import { sharedLoads } from './credentials/chain.js';
import { type CredentialProvider, loadKey, type TencentCredential } from './credentials/provider.js';
import { endpointFor, requireRegion, SERVICE } from './endpoint.js';
import { TencentApiError } from './errors.js';
import { transientError } from './http.js';
import { sendWithRepairs } from './repair.js';
import { startTimeLimit, type TimeLimit } from './time-limit.js';

const API_VERSION = '2018-04-12';

/** How long one HTTP call may take. */
const HTTP_TIMEOUT_MS = 10_000;

const DEFAULT_TIMEOUT_MS = 15_000;

/** What a {@link RedisApi} needs. */
export interface RedisApiOptions {
  readonly credentials: CredentialProvider;
  /** The API's base URL for every region; left out, each region has its public endpoint. */
  readonly endpoint?: URL | undefined;
  /** The most calls a second from this process, evenly spaced. @default no limit */
  readonly requestsPerSecond?: number | undefined;
}

/** One call of an action of the redis API. */
export interface RedisApiCall {
  readonly action: string;
  readonly region: string;
  readonly params: Readonly<Record<string, unknown>>;
  /**
   * How long all of it may take, in milliseconds: loading credentials, waiting for a turn, and HTTP, of which one
   * exchange takes 10 s at most.
   * @default 15000
   */
  readonly timeoutMs?: number | undefined;
  /** Aborts the HTTP call under way. */
  readonly signal?: AbortSignal | undefined;
}

/** The redis API of Tencent Cloud, over connections that are kept between calls. */
export interface RedisApi {
  /** @throws TencentApiError; `rejected` for what is no region, before anything is sent */
  call(call: RedisApiCall): Promise<ApiResponse>;
  /** Closes the kept connections. */
  close(): void;
}

/**
 * Opens the redis API.
 *
 * A call is sent again in two cases, which only this process can repair: once with freshly loaded credentials when they
 * were refused, and once with the server's time when ours was. All other retries are the caller's.
 */
export function createRedisApi({ requestsPerSecond = Infinity, ...options }: RedisApiOptions): RedisApi {
  return openRedisApi({ ...options, pace: createCallPace(requestsPerSecond) });
}

/** The same, at a pace that the caller watches. */
export function openRedisApi({
  credentials,
  endpoint,
  pace,
}: Omit<RedisApiOptions, 'requestsPerSecond'> & { readonly pace: CallPace }): RedisApi {
  const provider = sharedLoads(credentials);
  const agentsByOrigin = new Map<string, ApiAgents>();
  let clockSkewMs = 0;

  const agentsOf = (url: URL): ApiAgents => {
    const agents = agentsByOrigin.get(url.origin) ?? createAgents(url);
    agentsByOrigin.set(url.origin, agents);
    return agents;
  };

  const send = async (call: RedisApiCall, target: URL, limit: TimeLimit, refresh: boolean): Promise<ApiResponse> => {
    let late = noCredentialsInTime;
    try {
      const credential = await limit.race(load(provider, refresh));
      late = noTurnInTime;
      const exchange = () =>
        callApi({
          ...call,
          endpoint: target,
          service: SERVICE,
          version: API_VERSION,
          agents: agentsOf(target),
          credential,
          nowMs: Date.now() + clockSkewMs,
          timeoutMs: Math.min(HTTP_TIMEOUT_MS, limit.leftMs()),
        });
      return await pace.send(exchange, limit.signal);
    } catch (error) {
      if (error instanceof TencentApiError && error.errorClass === 'throttled') pace.hold();
      throw error === limit.signal.reason && !call.signal?.aborted ? late() : error;
    }
  };

  return {
    async call(call) {
      requireRegion(call.region);
      const target = endpoint ?? endpointFor(call.region);
      const limit = startTimeLimit(call.timeoutMs ?? DEFAULT_TIMEOUT_MS, call.signal);
      const setClock = (skewMs: number) => void (clockSkewMs = skewMs);
      return sendWithRepairs((refresh) => send(call, target, limit, refresh), { setClock });
    },
    close() {
      for (const { http, https } of agentsByOrigin.values()) {
        http.destroy();
        https.destroy();
      }
    },
  };
}

async function load(provider: CredentialProvider, refresh: boolean): Promise<TencentCredential> {
  try {
    return await loadKey(provider, { refresh });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw transientError('CredentialsUnavailable', `No credentials at the moment: ${reason}`);
  }
}

function noCredentialsInTime(): TencentApiError {
  const message = 'No credentials at the moment: their source did not answer in the time that the call had';
  return transientError('CredentialsUnavailable', message);
}

function noTurnInTime(): TencentApiError {
  const message =
    'The API was not asked: throttled by it, or at its own request rate, this worker had no turn for the call in time';
  return transientError('NoCallSlot', message);
}
