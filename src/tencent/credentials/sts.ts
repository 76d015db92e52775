import { isRegion } from '../../contract/input.js';
import { withAgents } from '../agents.js';
import { callApi, requestIdOf } from '../api.js';
import { TencentApiError } from '../errors.js';
import { redact } from '../redact.js';
import type { ExpiringCredential, TencentCredential } from './provider.js';
import { readTemporaryKey } from './temporary-key.js';

/** The Security Token Service, which gives temporary keys. */
export const STS_ENDPOINT = new URL('https://sts.tencentcloudapi.com');

/**
 * The region to name in a call. STS wants one and is the same in all of them, so it is the one that Tencent's own SDKs
 * send; but a finance region is apart from the others, and its STS has a host of its own.
 */
export function stsRegion({ hostname }: URL): string {
  const [, region] = /^sts\.([^.]+)\.tencentcloudapi\.com$/.exec(hostname) ?? [];
  return isRegion(region) ? region : 'ap-guangzhou';
}

/** The name that the cloud's audit log shows for our sessions. */
export const SESSION_NAME = 'temporal-tencent-redis';

const API_VERSION = '2018-08-13';
const TIMEOUT_MS = 4_000;

/** One call of an action that gives a key. */
export interface StsCall {
  readonly endpoint: URL;
  readonly action: 'AssumeRole' | 'AssumeRoleWithWebIdentity';
  readonly region: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** Undefined: the call is not signed. */
  readonly credential?: TencentCredential;
  /** What else must not stand in an error. */
  readonly webIdentityToken?: string;
  /** The variable that names the role, for the message. */
  readonly variable: string;
  readonly nowMs: number;
}

/** @throws TencentApiError with the code of STS, and a message that names the variable */
export async function callSts(call: StsCall): Promise<ExpiringCredential> {
  const { endpoint, action, region, params, credential, nowMs } = call;
  const from = `${action} (${call.variable})`;
  try {
    const response = await withAgents(endpoint, (agents) =>
      callApi({
        ...{ endpoint, service: 'sts', version: API_VERSION, action, region, params, credential, agents, nowMs },
        answerIsSecret: true,
        timeoutMs: TIMEOUT_MS,
      }),
    );
    return readTemporaryKey(
      response['Credentials'],
      response['ExpiredTime'],
      `STS, RequestId ${requestIdOf(response) ?? 'none'},`,
    );
  } catch (error) {
    if (!(error instanceof TencentApiError)) throw error;
    const { code, errorClass, requestId, clockSkewMs } = error;
    const reason = redact(error.message, { token: call.webIdentityToken });
    const message = `${from} failed: ${code}: ${reason}${requestId === null ? '' : ` (RequestId ${requestId})`}`;
    throw new TencentApiError(code, message, errorClass, requestId, clockSkewMs);
  }
}
