import { sendWithRepairs } from '../repair.js';
import { type CredentialProvider, type ExpiringCredential, type ExpiringSource, loadKey } from './provider.js';
import { callSts, SESSION_NAME, STS_ENDPOINT } from './sts.js';

/** STS wants a region and is the same in all of them; this is the one that Tencent's own SDKs send. */
const REGION = 'ap-guangzhou';

/**
 * The role in `TENCENTCLOUD_ROLE_ARN`, taken on with the credentials of `base`, which is asked anew for every load.
 *
 * The call is made a second time as the API's own calls are: with freshly loaded credentials when `base`'s were refused,
 * and with the server's time when ours was.
 *
 * @see https://www.tencentcloud.com/document/product/1150/49456
 */
export function assumedRole(
  base: CredentialProvider,
  env: NodeJS.ProcessEnv,
  { endpoint = STS_ENDPOINT, now = Date.now }: { readonly endpoint?: URL; readonly now?: () => number } = {},
): ExpiringSource {
  let clockSkewMs = 0;

  const assume = async (roleArn: string, refresh: boolean): Promise<ExpiringCredential> => {
    const credential = await loadKey(base, { refresh });
    const params = { RoleArn: roleArn, RoleSessionName: env['TENCENTCLOUD_ROLE_SESSION_NAME'] || SESSION_NAME };
    const variable = 'TENCENTCLOUD_ROLE_ARN';
    const nowMs = now() + clockSkewMs;
    const role = await callSts({ endpoint, action: 'AssumeRole', region: REGION, params, credential, variable, nowMs });
    return { ...role, expiresAtMs: role.expiresAtMs - clockSkewMs };
  };

  return {
    lookedFor: 'TENCENTCLOUD_ROLE_ARN in the environment',
    async find({ refresh = false } = {}) {
      const roleArn = env['TENCENTCLOUD_ROLE_ARN'];
      if (!roleArn) throw new Error('TENCENTCLOUD_ROLE_ARN is missing, while TENCENTCLOUD_ROLE_SESSION_NAME is set');
      const setClock = (skewMs: number) => void (clockSkewMs = skewMs);
      return sendWithRepairs((anew) => assume(roleArn, anew), { setClock, refreshed: refresh });
    },
  };
}
