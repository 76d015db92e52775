import { type ApiAgents, createAgents } from './agents.js';
import { type ApiResponse, callApi } from './api.js';
import { createCallPace } from './call-pace.js';
import { sharedLoads } from './credentials/chain.js';
import { type CredentialProvider, loadKey, type TencentCredential } from './credentials/provider.js';
import { endpointFor, requireRegion, SERVICE } from './endpoint.js';
import { TencentApiError } from './errors.js';

const API_VERSION = '2018-04-12';

/** How long one HTTP call may take. */
const CALL_TIMEOUT_MS = 10_000;

/** How long a call and the second one that may follow it take together: less than the activity's 15 s. */
const BOTH_CALLS_TIMEOUT_MS = 14_000;

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
 * A call is sent a second time in two cases, which only this process can repair: once with freshly loaded credentials
 * when they were refused, and once with the server's time when ours was. All other retries are the caller's.
 */
export function createRedisApi({ credentials, endpoint, requestsPerSecond = Infinity }: RedisApiOptions): RedisApi {
  const provider = sharedLoads(credentials);
  const agentsByOrigin = new Map<string, ApiAgents>();
  const pace = createCallPace(requestsPerSecond);
  let clockSkewMs = 0;

  const agentsOf = (url: URL): ApiAgents => {
    const agents = agentsByOrigin.get(url.origin) ?? createAgents(url);
    agentsByOrigin.set(url.origin, agents);
    return agents;
  };

  const send = async (call: RedisApiCall, refresh: boolean, timeoutMs: number): Promise<ApiResponse> => {
    const target = endpoint ?? endpointFor(call.region);
    const credential = await load(provider, refresh);
    await pace.slot(call.signal);
    return callApi({
      ...call,
      endpoint: target,
      service: SERVICE,
      version: API_VERSION,
      agents: agentsOf(target),
      credential,
      nowMs: Date.now() + clockSkewMs,
      timeoutMs,
    }).catch((error: unknown) => {
      if (error instanceof TencentApiError && error.errorClass === 'throttled') pace.hold();
      throw error;
    });
  };

  return {
    async call(call) {
      requireRegion(call.region);
      const startedAt = performance.now();
      try {
        return await send(call, false, CALL_TIMEOUT_MS);
      } catch (error) {
        if (!(error instanceof TencentApiError) || !deservesSecondCall(error)) throw error;
        if (error.errorClass === 'clock') clockSkewMs = error.clockSkewMs ?? 0;
        const leftMs = Math.max(1, BOTH_CALLS_TIMEOUT_MS - (performance.now() - startedAt));
        return await send(call, error.errorClass === 'unauthorized', Math.min(CALL_TIMEOUT_MS, leftMs));
      }
    },
    close() {
      for (const { http, https } of agentsByOrigin.values()) {
        http.destroy();
        https.destroy();
      }
    },
  };
}

function deservesSecondCall(error: TencentApiError): boolean {
  return error.errorClass === 'unauthorized' || error.errorClass === 'clock';
}

async function load(provider: CredentialProvider, refresh: boolean): Promise<TencentCredential> {
  try {
    return await loadKey(provider, { refresh });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TencentApiError('CredentialsUnavailable', `No credentials at the moment: ${reason}`, 'transient');
  }
}
