import { type CallPace, createCallPace } from '../../tencent/call-pace.js';
import { sharedLoads } from '../../tencent/credentials/chain.js';
import { defaultCredentials } from '../../tencent/credentials/index.js';
import type { CredentialProvider } from '../../tencent/credentials/provider.js';
import { createRedisApi, type RedisApi } from '../../tencent/redis-api.js';
import { AccessWatch } from './access-watch.js';
import { ApiMetrics } from './metrics.js';
import type { RedisActivitiesOptions } from './options.js';
import type { ApiSettings } from './settings.js';

/**
 * What all workers of one owner (the plugin, the worker process) share towards the API: its rate, its key, and whether the
 * key is accepted. It lives as long as its owner; what lives as long as one worker is in `apiWorkerOptions`.
 */
export class ApiAccount {
  readonly pace: CallPace;
  readonly access: AccessWatch;
  readonly metrics = new ApiMetrics();
  private readonly credentials: CredentialProvider;
  /** Waits that are open on the task queue, as last counted. */
  openWaits = 0;
  /** The pace of list calls, which the API counts by themselves. */
  private readonly listPace: CallPace;
  private workers = 0;

  /** @param probeForMs - see {@link AccessWatch}, for an owner that does not tell when its workers begin and end */
  constructor(
    readonly settings: ApiSettings,
    { credentials = defaultCredentials(), onAccessChange }: RedisActivitiesOptions,
    probeForMs?: number,
  ) {
    this.credentials = sharedLoads(credentials);
    this.pace = createCallPace(settings.requestsPerSecond);
    this.listPace = createCallPace(settings.listRequestsPerSecond);
    // Every reservation of every worker listens.
    this.pace.events.setMaxListeners(0);
    this.access = new AccessWatch((refusal) => {
      this.pace.slowDown(refusal !== undefined);
      onAccessChange?.(refusal);
    }, probeForMs);
  }

  /** Connections of their own, at the pace of all. */
  openApi(pace: Pick<CallPace, 'send' | 'hold'> = this.pace): RedisApi {
    const { credentials, metrics: observer } = this;
    return createRedisApi({ credentials, endpoint: this.settings.endpoint, pace, observer });
  }

  /** The same for calls of `DescribeTaskList`. */
  openListApi(): RedisApi {
    return this.openApi(this.listPace);
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
