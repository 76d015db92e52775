import { formatDuration } from '../contract/duration.js';
import { createAgents } from '../tencent/agents.js';
import { defaultCredentials } from '../tencent/credentials/index.js';
import { describeTaskInfo } from '../tencent/describe-task-info.js';
import { endpointFor, readEndpoint } from '../tencent/endpoint.js';
import { TencentApiError } from '../tencent/errors.js';
import { exchange } from '../tencent/http.js';
import { createRedisApi } from '../tencent/redis-api.js';
import { readConfig } from '../worker/config.js';
import type { Finding } from './doctor-finding.js';
import { EXIT } from './exit-codes.js';
import { printable } from './terminal.js';

/** A task that hardly exists: asking for it changes nothing, and a refusal for that reason means that the key is good. */
const NO_TASK = 1;

/** The API refuses a request that is five minutes off; some of that is for the way. */
const SKEW_MAX_MS = 60_000;

/** Asks the API for a task with the credentials of this environment, once. */
export async function checkCredentials(region: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const check = 'credentials';
  const failed = (message: string): Finding => ({ check, result: 'failed', message, exitCode: EXIT.refused });
  const provider = defaultCredentials(env);
  try {
    await provider.getCredential();
  } catch (error) {
    return failed(printable((error as Error).message));
  }
  let endpoint: URL;
  try {
    endpoint = apiUrl(region, env);
  } catch (error) {
    return { ...failed(`TENCENTCLOUD_REDIS_ENDPOINT ${(error as Error).message}.`), exitCode: EXIT.usage };
  }
  const api = createRedisApi({ credentials: provider, endpoint });
  const accepted: Finding = {
    check,
    result: 'passed',
    message: `${endpoint.host} accepts the key of this environment.`,
  };
  try {
    await describeTaskInfo(api, { taskId: NO_TASK, region });
    return accepted;
  } catch (error) {
    // Nothing was sent: a setting such as HTTPS_PROXY cannot be used.
    if (!(error instanceof TencentApiError))
      return { ...failed(printable((error as Error).message)), exitCode: EXIT.usage };
    const said = printable(`${error.code}: ${error.message}`);
    switch (error.errorClass) {
      case 'unknownTask':
      case 'throttled':
        return accepted;
      case 'unauthorized':
        return failed(`${said} Check the key, and that it may call redis:DescribeTaskInfo.`);
      case 'clock':
        return failed(`${said} Set the clock of this machine.`);
      case 'rejected':
        return failed(`${said} Check the region ${region}.`);
      case 'transient':
        return {
          ...failed(`${said} Check the network, HTTPS_PROXY and TENCENTCLOUD_REDIS_ENDPOINT.`),
          exitCode: EXIT.error,
        };
    }
  } finally {
    api.close();
  }
}

/** Compares this machine's clock with that of the API. */
export async function checkClock(region: string, env: NodeJS.ProcessEnv): Promise<Finding> {
  const check = 'clock';
  let skewMs: number | null;
  try {
    const url = apiUrl(region, env);
    const agents = createAgents(url);
    const answer = await exchange({ method: 'GET', url, timeoutMs: 10_000, agents });
    agents.http.destroy();
    agents.https.destroy();
    skewMs = answer.clockSkewMs;
  } catch {
    return { check, result: 'skipped', message: 'Not checked: the API does not answer.' };
  }
  if (skewMs === null)
    return { check, result: 'skipped', message: 'Not checked: the API did not say what time it is.' };
  const off = formatDuration(Math.abs(skewMs));
  if (Math.abs(skewMs) <= SKEW_MAX_MS) return { check, result: 'passed', message: `Within ${off} of the API's.` };
  const side = skewMs > 0 ? 'behind' : 'ahead of';
  const message = `This machine's clock is ${off} ${side} the API's, which refuses what is 5 min off: set it, for instance with NTP.`;
  return { check, result: 'failed', message, exitCode: EXIT.error };
}

/** Reads the rate, and with it the worker's other settings. */
export function checkRate(env: NodeJS.ProcessEnv): Finding {
  const check = 'settings';
  try {
    const { apiRps } = readConfig(env);
    const message = `A worker started here makes at most ${apiRps} calls a second; the API takes 20 from an account.`;
    return { check, result: 'passed', message };
  } catch (error) {
    return { check, result: 'failed', message: printable((error as Error).message), exitCode: EXIT.usage };
  }
}

function apiUrl(region: string, env: NodeJS.ProcessEnv): URL {
  const override = env['TENCENTCLOUD_REDIS_ENDPOINT'];
  return override ? readEndpoint(override) : endpointFor(region);
}
