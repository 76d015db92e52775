import type { CredentialSource } from './provider.js';

/** The names that Tencent's SDKs, its CLI and its Terraform provider use for the token of a temporary key. */
const TOKEN_NAMES = ['TENCENTCLOUD_TOKEN', 'TENCENTCLOUD_SESSION_TOKEN', 'TENCENTCLOUD_SECURITY_TOKEN'];

/** Credentials from `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and one of three names for a token. */
export function environmentCredentials(env: NodeJS.ProcessEnv): CredentialSource {
  return {
    lookedFor: 'TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY in the environment',
    // eslint-disable-next-line @typescript-eslint/require-await -- a source may be asynchronous; this one throws into the promise
    async find() {
      const secretId = env['TENCENTCLOUD_SECRET_ID'];
      const secretKey = env['TENCENTCLOUD_SECRET_KEY'];
      if (!secretId && !secretKey) return undefined;
      if (!secretId) throw new Error('TENCENTCLOUD_SECRET_ID is missing, while TENCENTCLOUD_SECRET_KEY is set');
      if (!secretKey) throw new Error('TENCENTCLOUD_SECRET_KEY is missing, while TENCENTCLOUD_SECRET_ID is set');
      const token = TOKEN_NAMES.map((name) => env[name]).find(Boolean);
      return { secretId, secretKey, ...(token && { token }) };
    },
  };
}
