import { assumedRole } from './assumed-role.js';
import { credentialChain } from './chain.js';
import { cvmRole } from './cvm-role.js';
import { environmentCredentials } from './environment.js';
import { profileCredentials } from './profile.js';
import type { CredentialProvider } from './provider.js';
import { refreshing } from './refreshing.js';
import { tkeOidcRole } from './tke-oidc.js';

/** What can be changed about {@link defaultCredentials}. */
export interface DefaultCredentialsOptions {
  /** Told of what works and should not stay so: a credentials file that others can read. At most once per provider. */
  readonly warn?: ((message: string) => void) | undefined;
  /**
   * The base URL of the Security Token Service.
   * @default https://sts.tencentcloudapi.com
   */
  readonly stsEndpoint?: URL | undefined;
  /**
   * The base URL of the virtual machine's metadata service.
   * @default http://metadata.tencentyun.com
   */
  readonly metadataEndpoint?: URL | undefined;
  /**
   * Unix time in milliseconds.
   * @default Date.now
   */
  readonly now?: (() => number) | undefined;
}

/**
 * The provider to use when you have none of your own: the environment, then the profile file, then the role of the
 * virtual machine (CVM), then that of the pod (TKE OIDC); it stays with the first that has credentials. With
 * `TENCENTCLOUD_ROLE_ARN` it takes that role on with them. What expires is loaded anew before it does.
 */
export function defaultCredentials(
  env: NodeJS.ProcessEnv = process.env,
  { warn, stsEndpoint, metadataEndpoint, now = Date.now }: DefaultCredentialsOptions = {},
): CredentialProvider {
  const sts = { ...(stsEndpoint && { endpoint: stsEndpoint }), now };
  const base = credentialChain([
    environmentCredentials(env),
    profileCredentials(env, warn),
    refreshing(cvmRole(metadataEndpoint), now),
    refreshing(tkeOidcRole(env, sts), now),
  ]);
  const takesRole = env['TENCENTCLOUD_ROLE_ARN'] || env['TENCENTCLOUD_ROLE_SESSION_NAME'];
  return takesRole ? credentialChain([refreshing(assumedRole(base, env, sts), now)]) : base;
}
