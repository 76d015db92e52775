import { formatDuration } from '../contract/duration.js';
import { createAgents } from '../tencent/agents.js';
import { defaultCredentials } from '../tencent/credentials/index.js';
import { describeTaskInfo } from '../tencent/describe-task-info.js';
import { endpointFor, readEndpoint } from '../tencent/endpoint.js';
import { TencentApiError, type TencentErrorClass } from '../tencent/errors.js';
import { exchange } from '../tencent/http.js';
import { createRedisApi } from '../tencent/redis-api.js';
import { readConfig } from '../worker/config.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { printable } from './terminal.js';

/** What one check of `doctor` found. A check is skipped when what it needs has failed. */
export interface Finding {
  readonly check: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  /** What was found; for a failed check, what to do. */
  readonly message: string;
  readonly exitCode?: ExitCode;
}

/** A task that hardly exists. The API says so only to a good key. */
const NO_TASK = 1;

/** The API refuses a request that is five minutes off. This leaves room for the way there. */
const SKEW_MAX_MS = 60_000;

/** What to do about a refused call; undefined when the refusal shows that the key is good. */
const ADVICE: Readonly<Record<TencentErrorClass, ((region: string) => string) | undefined>> = {
  unknownTask: undefined,
  throttled: undefined,
  unauthorized: () => 'Check the key, and that it may call redis:DescribeTaskInfo.',
  clock: () => 'Set the clock of this machine.',
  rejected: (region) => `Check the region ${region}.`,
  transient: () => 'Check the network, HTTPS_PROXY and TENCENTCLOUD_REDIS_ENDPOINT.',
};

/** Asks the API for a task once, with the credentials of this environment. */
export async function checkCredentials(region: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const check = 'credentials';
  const failed = (message: string, exitCode: ExitCode): Finding => ({
    check,
    result: 'failed',
    message: printable(message),
    exitCode,
  });
  const credentials = defaultCredentials(env);
  try {
    await credentials.getCredential();
  } catch (error) {
    return failed((error as Error).message, EXIT.refused);
  }
  let api: ReturnType<typeof createRedisApi> | undefined;
  try {
    const endpoint = apiUrl(region, env);
    const accepted: Finding = { check, result: 'passed', message: `${endpoint.host} accepts this key.` };
    api = createRedisApi({ credentials, endpoint });
    return await describeTaskInfo(api, { taskId: NO_TASK, region }).then(
      () => accepted,
      (error: unknown) => {
        // Nothing was sent: a setting such as HTTPS_PROXY cannot be used.
        if (!(error instanceof TencentApiError)) return failed((error as Error).message, EXIT.usage);
        const { code, message, errorClass } = error;
        const advice = ADVICE[errorClass]?.(region);
        const exitCode = errorClass === 'transient' ? EXIT.error : EXIT.refused;
        return advice === undefined ? accepted : failed(`${code}: ${message} ${advice}`, exitCode);
      },
    );
  } catch (error) {
    return failed(`TENCENTCLOUD_REDIS_ENDPOINT ${(error as Error).message}.`, EXIT.usage);
  } finally {
    api?.close();
  }
}

/** Compares this machine's clock with that of the API. */
export async function checkClock(region: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const check = 'clock';
  let skewMs: number | null;
  try {
    const url = apiUrl(region, env);
    const agents = createAgents(url);
    ({ clockSkewMs: skewMs } = await exchange({ method: 'GET', url, timeoutMs: 10_000, agents }));
    agents.http.destroy();
    agents.https.destroy();
  } catch {
    return { check, result: 'skipped', message: 'Not checked: the API does not answer.' };
  }
  if (skewMs === null) return { check, result: 'skipped', message: 'Not checked: the API did not tell the time.' };
  const off = formatDuration(Math.abs(skewMs));
  if (Math.abs(skewMs) <= SKEW_MAX_MS) return { check, result: 'passed', message: `Within ${off} of the API's.` };
  const message = `This machine's clock is ${off} ${skewMs > 0 ? 'behind' : 'ahead of'} the API's, which refuses 5 min. Set it, for instance with NTP.`;
  return { check, result: 'failed', message, exitCode: EXIT.error };
}

/** Reads the settings of a worker. */
export function checkSettings(env: NodeJS.ProcessEnv): Finding {
  const check = 'settings';
  try {
    const { apiRps } = readConfig(env);
    const message = `A worker started here makes at most ${apiRps} calls a second; the API allows an account 20.`;
    return { check, result: 'passed', message };
  } catch (error) {
    return { check, result: 'failed', message: printable((error as Error).message), exitCode: EXIT.usage };
  }
}

function apiUrl(region: string, env: NodeJS.ProcessEnv): URL {
  const override = env['TENCENTCLOUD_REDIS_ENDPOINT'];
  return override ? readEndpoint(override) : endpointFor(region);
}
