import { sendWithRepairs } from '../repair.js';
import { type CredentialProvider, type ExpiringCredential, type ExpiringSource, loadKey } from './provider.js';
import type { RoleSettings } from './settings.js';
import { callSts, SESSION_NAME, STS_ENDPOINT, stsRegion } from './sts.js';

/**
 * A role that is taken on with the credentials of `base`, which is asked anew for every load.
 *
 * The call is made a second time as the API's own calls are: with freshly loaded credentials when `base`'s were refused,
 * and with the server's time when ours was.
 *
 * @see https://www.tencentcloud.com/document/product/1150/49456
 */
export function assumedRole(
  base: CredentialProvider,
  { variable, arn, sessionName = SESSION_NAME, durationSeconds, externalId }: RoleSettings,
  { endpoint = STS_ENDPOINT, now = Date.now }: { readonly endpoint?: URL; readonly now?: () => number } = {},
): ExpiringSource {
  let clockSkewMs = 0;

  const region = stsRegion(endpoint);
  const params = {
    RoleArn: arn,
    RoleSessionName: sessionName,
    ...(durationSeconds !== undefined && { DurationSeconds: durationSeconds }),
    ...(externalId !== undefined && { ExternalId: externalId }),
  };

  const assume = async (refresh: boolean): Promise<ExpiringCredential> => {
    const credential = await loadKey(base, { refresh });
    const nowMs = now() + clockSkewMs;
    const role = await callSts({ endpoint, action: 'AssumeRole', region, params, credential, variable, nowMs });
    return { ...role, expiresAtMs: role.expiresAtMs - clockSkewMs };
  };

  return {
    lookedFor: `${variable} in the environment`,
    async find({ refresh = false } = {}) {
      const setClock = (skewMs: number) => void (clockSkewMs = skewMs);
      return sendWithRepairs(assume, { setClock, refreshed: refresh });
    },
  };
}
