import { REDIS_ACTIONS } from '../contract/action/actions.js';
import { formatDuration } from '../contract/duration.js';
import { UNFINISHED_RESULTS } from '../contract/watch/sweep.js';
import { defaultCredentials } from '../tencent/credentials/index.js';
import { loadKey } from '../tencent/credentials/provider.js';
import { describeTaskInfo } from '../tencent/describe-task-info.js';
import { describeTaskList } from '../tencent/describe-task-list.js';
import { endpointFor } from '../tencent/endpoint.js';
import { TencentApiError, type TencentErrorClass } from '../tencent/errors.js';
import { exchange } from '../tencent/http.js';
import { createRedisApi, type RedisApi } from '../tencent/redis-api.js';
import { readVariables } from '../tencent/variables.js';
import { readConfig, VARIABLES } from '../worker/config.js';
import { CliError, EXIT } from './exit-codes.js';

/** A task that hardly exists. The API says so only to a good key. */
const NO_TASK = 1;

/** The API refuses a request whose time is five minutes off. This leaves room for the time it travels. */
const SKEW_MAX_MS = 60_000;

/** What to do about a refusal; `undefined` when it shows that the key is good. */
const ADVICE: Readonly<Record<TencentErrorClass, string | undefined>> = {
  unknownTask: undefined,
  throttled: undefined,
  unauthorized: 'Check the key, and that it may call redis:DescribeTaskInfo.',
  clock: 'Set the clock of this machine.',
  rejected: 'Check the region.',
  transient: 'Check the network, HTTPS_PROXY and TENCENTCLOUD_REDIS_ENDPOINT.',
};

/** Asks the API for a task, and for the list of tasks, once each, with the credentials of this environment. */
export async function checkCredentials(region: string, env: NodeJS.ProcessEnv): Promise<string> {
  const credentials = defaultCredentials(env);
  await loadKey(credentials, false).catch((error: unknown) => {
    throw new CliError(EXIT.refused, (error as Error).message);
  });
  const endpoint = apiUrl(region, env);
  const api = createRedisApi({ credentials, endpoint });
  try {
    await checkKey(api, region);
    const accepts = `${endpoint.host} accepts the key of this environment`;
    const refusal = await refusalToList(api, region);
    if (refusal === undefined) return `${accepts}.`;
    return `${accepts}, but lists no tasks: ${refusal}. Shared waits would pace themselves: allow redis:DescribeTaskList.`;
  } finally {
    api.close();
  }
}

async function checkKey(api: RedisApi, region: string): Promise<void> {
  try {
    await describeTaskInfo(api, { taskId: NO_TASK, region });
  } catch (error) {
    // Nothing was sent: a setting such as HTTPS_PROXY cannot be used.
    if (!(error instanceof TencentApiError)) throw new CliError(EXIT.usage, (error as Error).message);
    const { code, message, errorClass } = error;
    const advice = ADVICE[errorClass];
    const exitCode = errorClass === 'transient' ? EXIT.error : EXIT.refused;
    if (advice !== undefined) throw new CliError(exitCode, `${code} in ${region}: ${message} ${advice}`);
  }
}

/** Waits do without the list, so a refusal is none of the key. */
async function refusalToList(api: RedisApi, region: string): Promise<string | undefined> {
  try {
    await describeTaskList(api, { region, offset: 0, limit: 1, results: UNFINISHED_RESULTS });
    return undefined;
  } catch (error) {
    return error instanceof TencentApiError ? error.code : (error as Error).message;
  }
}

export async function checkClock(region: string, env: NodeJS.ProcessEnv): Promise<string> {
  const ask = async () => exchange({ method: 'GET', url: apiUrl(region, env), timeoutMs: 10_000 });
  const { clockSkewMs: skewMs } = await ask().catch(() => ({ clockSkewMs: null }));
  if (skewMs === null) throw notChecked('the API did not tell the time');
  const off = formatDuration(Math.abs(skewMs));
  if (Math.abs(skewMs) <= SKEW_MAX_MS) return `Within ${off} of the API's.`;
  const where = `${off} ${skewMs > 0 ? 'behind' : 'ahead of'} the API's`;
  const advice = 'The API refuses 5 min. Set the clock, for instance with NTP.';
  throw new CliError(EXIT.error, `This machine's clock is ${where}. ${advice}`);
}

export function checkSettings(env: NodeJS.ProcessEnv): string {
  const { requestsPerSecond, endpoint, actions } = readConfig(env).api;
  const unknown = actions.filter((name) => !REDIS_ACTIONS.some((action) => action === name));
  if (unknown.length > 0) {
    const advice = 'Spell them as in the documentation of the API.';
    throw new CliError(EXIT.usage, `REDIS_TASK_ACTIONS names what starts no change: ${unknown.join(', ')}. ${advice}`);
  }
  const changes = actions.length > 0 ? ` It may submit ${actions.join(', ')}.` : '';
  const where = endpoint?.href ?? "each region's public endpoint";
  return `A worker started here makes at most ${requestsPerSecond} calls a second to ${where}; the API allows 20.${changes}`;
}

/** A check whose conditions are not met. */
export function notChecked(reason: string): CliError {
  return new CliError(EXIT.succeeded, `Not checked: ${reason}.`);
}

function apiUrl(region: string, env: NodeJS.ProcessEnv): URL {
  const { TENCENTCLOUD_REDIS_ENDPOINT } = VARIABLES;
  const settings = readVariables({ TENCENTCLOUD_REDIS_ENDPOINT }, env);
  return endpointFor(region, settings.TENCENTCLOUD_REDIS_ENDPOINT);
}
