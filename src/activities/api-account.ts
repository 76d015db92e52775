import { type CallPace, createCallPace } from '../tencent/call-pace.js';
import { sharedLoads } from '../tencent/credentials/chain.js';
import { defaultCredentials } from '../tencent/credentials/index.js';
import type { CredentialProvider } from '../tencent/credentials/provider.js';
import { readEndpoint } from '../tencent/endpoint.js';
import { createRedisApi, type RedisApi } from '../tencent/redis-api.js';
import { AccessWatch } from './access-watch.js';
import { ApiMetrics } from './api-metrics.js';
import type { RedisActivitiesOptions } from './redis-activities.js';

/** The most calls a second that the API takes from an account. */
export const API_RPS_LIMIT = 20;

/** Calls a second of a whole fleet: three quarters of what the API takes from an account that has other users too. */
export const DEFAULT_API_RPS = 15;

/**
 * What all workers of one owner (the plugin, the worker process) share towards the API: its rate, its key, and whether the
 * key is accepted. It lives as long as its owner; what lives as long as one worker is in `apiWorkerOptions`.
 */
export class ApiAccount {
  readonly requestsPerSecond: number;
  readonly searchAttributes: boolean;
  readonly pace: CallPace;
  readonly access: AccessWatch;
  readonly metrics = new ApiMetrics();
  private readonly credentials: CredentialProvider;
  private readonly endpoint: URL | undefined;
  private workers = 0;

  constructor(options: RedisActivitiesOptions) {
    const { requestsPerSecond = DEFAULT_API_RPS, endpoint, searchAttributes = false, onAccessChange } = options;
    const credentials = options.credentials ?? defaultCredentials();
    const shared = sharedLoads(credentials);
    this.requestsPerSecond = requestsPerSecond;
    this.searchAttributes = searchAttributes;
    this.endpoint = endpoint === undefined ? undefined : readEndpoint(endpoint);
    this.credentials = {
      get source() {
        return credentials.source ?? 'custom';
      },
      getCredential: (asked) => shared.getCredential(asked),
    };
    this.pace = createCallPace(requestsPerSecond);
    // Every reservation of every worker listens.
    this.pace.events.setMaxListeners(0);
    this.access = new AccessWatch((refusal) => {
      this.pace.slowDown(refusal !== undefined);
      onAccessChange?.(refusal);
    });
  }

  /** Of workers, whose rate the server holds a fleet to. @throws RangeError when the API takes no such rate from an account */
  static ofWorkers(options: RedisActivitiesOptions): ApiAccount {
    const { requestsPerSecond = DEFAULT_API_RPS } = options;
    if (requestsPerSecond > 0 && requestsPerSecond <= API_RPS_LIMIT) return new ApiAccount(options);
    throw new RangeError(
      `requestsPerSecond is ${requestsPerSecond}, but it must be more than 0 and at most ${API_RPS_LIMIT}`,
    );
  }

  /** Connections of their own, at the pace of all. */
  openApi(pace: Pick<CallPace, 'send' | 'hold'> = this.pace): RedisApi {
    return createRedisApi({ credentials: this.credentials, endpoint: this.endpoint, pace, observer: this.metrics });
  }

  /** A worker begins to make calls. @returns tells that it has ended: nobody asks for an account that no worker uses */
  workerBegan(): () => void {
    this.workers += 1;
    return () => {
      this.workers -= 1;
      if (this.workers === 0) this.access.stopProbing();
    };
  }
}
