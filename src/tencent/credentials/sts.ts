import { readFile } from 'node:fs/promises';
import { errorSentence } from '../../contract/poll-error.js';
import { isRegion } from '../../contract/region.js';
import { type ApiRequest, type ApiService, callApi, sendWithRepairs } from '../api.js';
import { TencentApiError } from '../errors.js';
import { isObject, textField } from '../json.js';
import { redact } from '../redact.js';
import { type CredentialProvider, type ExpiringCredential, type ExpiringSource, loadKey } from './provider.js';
import type { RoleSettings } from './settings.js';
import { readTemporaryKey } from './temporary-keys.js';

/** The Security Token Service, which gives temporary keys. */
export interface Sts {
  readonly endpoint: URL;
  readonly now: () => number;
}

/** The name that the cloud's audit log shows for our sessions. */
const SESSION_NAME = 'temporal-tencent-redis';
const TIMEOUT_MS = 4_000;

const TKE_VARIABLES = ['TKE_REGION', 'TKE_PROVIDER_ID', 'TKE_WEB_IDENTITY_TOKEN_FILE', 'TKE_ROLE_ARN'] as const;

/**
 * The role of a pod's service account (TKE OIDC), for the token in a file. Kubernetes rewrites the file, so it is read
 * for every load.
 *
 * @see https://www.tencentcloud.com/document/product/1150/49454
 */
export function tkeOidcRole(env: NodeJS.ProcessEnv, { endpoint, now }: Sts): ExpiringSource {
  return {
    lookedFor: `${TKE_VARIABLES.slice(0, -1).join(', ')} and TKE_ROLE_ARN in the environment`,
    async find() {
      const present = TKE_VARIABLES.find((name) => env[name]);
      if (present === undefined) return undefined;
      const [region = '', ProviderId, file = '', RoleArn] = TKE_VARIABLES.map((name) => {
        if (!env[name]) throw new Error(`${name} is missing, while ${present} is set`);
        return env[name];
      });
      if (!isRegion(region)) throw new Error('TKE_REGION must be a region such as ap-guangzhou');
      const WebIdentityToken = await readToken(file);
      const params = { ProviderId, WebIdentityToken, RoleArn, RoleSessionName: SESSION_NAME };
      const action = 'AssumeRoleWithWebIdentity';
      return callSts(endpoint, { action, region, params, nowMs: now() }, 'TKE_ROLE_ARN', WebIdentityToken);
    },
  };
}

async function readToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Error(`TKE_WEB_IDENTITY_TOKEN_FILE: the file ${file} cannot be read (${code})`, { cause: error });
  });
  if (text.trim() === '') throw new Error(`TKE_WEB_IDENTITY_TOKEN_FILE: the file ${file} is empty`);
  return text.trim();
}

/**
 * A role that is assumed with the credentials of `base`, which is asked for every load. Refused credentials and a refused
 * clock are repaired as for the API's own calls.
 *
 * @see https://www.tencentcloud.com/document/product/1150/49456
 */
export function assumedRole(
  base: CredentialProvider,
  { variable, arn, sessionName = SESSION_NAME, durationSeconds, externalId }: RoleSettings,
  { endpoint, now }: Sts,
): ExpiringSource {
  const clock = { skewMs: 0 };
  const optional = { DurationSeconds: durationSeconds, ExternalId: externalId };
  const params = { RoleArn: arn, RoleSessionName: sessionName, ...optional };
  const assume = async (refresh: boolean): Promise<ExpiringCredential> => {
    const credential = await loadKey(base, refresh);
    const nowMs = now() + clock.skewMs;
    const call = { action: 'AssumeRole', region: stsRegion(endpoint), params, credential, nowMs };
    const role = await callSts(endpoint, call, variable, externalId);
    return { ...role, expiresAtMs: role.expiresAtMs - clock.skewMs };
  };
  return {
    lookedFor: `${variable} in the environment`,
    find: ({ refresh = false } = {}) => sendWithRepairs(assume, clock, refresh),
  };
}

/**
 * The region to name in a call. STS needs one and answers the same in all, so it is the default of Tencent's own SDKs;
 * but an isolated finance region has an STS host of its own.
 */
export function stsRegion({ hostname }: URL): string {
  const [, region] = /^sts\.([^.]+)\.tencentcloudapi\.com$/.exec(hostname) ?? [];
  return isRegion(region) ? region : 'ap-guangzhou';
}

/**
 * @param variable - the one that names the role, for the message
 * @param secret - a secret in the parameters, which STS may repeat
 * @throws TencentApiError with the code of STS
 */
async function callSts(
  endpoint: URL,
  call: Pick<ApiRequest, 'action' | 'region' | 'params' | 'credential' | 'nowMs'>,
  variable: string,
  secret?: string,
): Promise<ExpiringCredential> {
  const service: ApiService = { endpoint, name: 'sts', version: '2018-08-13' };
  try {
    const request = { ...call, answerIsSecret: true, timeoutMs: TIMEOUT_MS };
    const { Credentials, ...response } = await callApi(service, request);
    const key = { ...(isObject(Credentials) && Credentials), ExpiredTime: response['ExpiredTime'] };
    return readTemporaryKey(key, `STS, RequestId ${textField(response, 'RequestId') ?? 'none'},`);
  } catch (error) {
    if (!(error instanceof TencentApiError)) throw error;
    const { code, errorClass, requestId, clockSkewMs } = error;
    const said = errorSentence({ code, message: redact(error.message, { token: secret }), requestId });
    const message = `${call.action} (${variable}) failed: ${said}`;
    throw new TencentApiError(code, message, errorClass, requestId, clockSkewMs);
  }
}
