import { readFile } from 'node:fs/promises';
import { isRegion } from '../../contract/input.js';
import type { ExpiringSource } from './provider.js';
import { callSts, SESSION_NAME, STS_ENDPOINT } from './sts.js';

const VARIABLES = ['TKE_REGION', 'TKE_PROVIDER_ID', 'TKE_WEB_IDENTITY_TOKEN_FILE', 'TKE_ROLE_ARN'] as const;

/**
 * The role of a pod's service account, as TKE sets it up: the token in a file that Kubernetes rewrites (so it is read
 * for every load) is exchanged for a temporary key.
 *
 * @see https://www.tencentcloud.com/document/product/1150/49454
 */
export function tkeOidcRole(
  env: NodeJS.ProcessEnv,
  { endpoint = STS_ENDPOINT, now = Date.now }: { readonly endpoint?: URL; readonly now?: () => number } = {},
): ExpiringSource {
  return {
    lookedFor: `${VARIABLES.slice(0, -1).join(', ')} and ${VARIABLES.at(-1) ?? ''} in the environment`,
    async find() {
      const present = VARIABLES.find((name) => env[name]);
      if (present === undefined) return undefined;
      const get = (name: (typeof VARIABLES)[number]): string => {
        const value = env[name];
        if (!value) throw new Error(`${name} is missing, while ${present} is set`);
        return value;
      };
      const [region, providerId, file, roleArn] = VARIABLES.map(get) as [string, string, string, string];
      if (!isRegion(region)) throw new Error('TKE_REGION must be a region such as ap-guangzhou');
      const webIdentityToken = await readToken(file);
      return callSts({
        endpoint,
        action: 'AssumeRoleWithWebIdentity',
        region,
        params: {
          ProviderId: providerId,
          WebIdentityToken: webIdentityToken,
          RoleArn: roleArn,
          RoleSessionName: SESSION_NAME,
        },
        webIdentityToken,
        variable: 'TKE_ROLE_ARN',
        nowMs: now(),
      });
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
