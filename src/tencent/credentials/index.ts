import { assumedRole } from './assumed-role.js';
import { credentialChain } from './chain.js';
import { cvmRole } from './cvm-role.js';
import { environmentCredentials } from './environment.js';
import { profileCredentials } from './profile.js';
import type { CredentialProvider, CredentialSource } from './provider.js';
import { refreshing } from './refreshing.js';
import {
  CREDENTIAL_SOURCES,
  type CredentialSettings,
  type CredentialSourceName,
  readCredentialSettings,
} from './settings.js';
import { STS_ENDPOINT } from './sts.js';
import { tkeOidcRole } from './tke-oidc.js';

/** Whose credentials are used from now on. Holds no secret. */
export interface CredentialsTaken {
  readonly source: CredentialSourceName;
  /** The place in words. */
  readonly from: string;
  /** The ARN of the role that is taken on with them, and where. */
  readonly role?: string;
  readonly sts?: string;
}

/** What can be changed about {@link defaultCredentials}. */
export interface DefaultCredentialsOptions {
  /** Told of what works and should not stay so: a credentials file that others can read. At most once per provider. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Told where the first credentials came from, which is where all later ones come from. Once per provider. */
  readonly taken?: ((taken: CredentialsTaken) => void) | undefined;
  /**
   * The base URL of the Security Token Service.
   * @default `TENCENTCLOUD_STS_ENDPOINT`, or https://sts.tencentcloudapi.com
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
 * virtual machine (CVM), then that of the pod (TKE OIDC); it stays with the first that has credentials.
 * `TENCENTCLOUD_CREDENTIAL_SOURCE` leaves one of them. With `TENCENTCLOUD_ROLE_ARN` it takes that role on with them. What
 * expires is loaded anew before it does.
 */
export function defaultCredentials(
  env: NodeJS.ProcessEnv = process.env,
  options: DefaultCredentialsOptions = {},
): CredentialProvider {
  let provider: CredentialProvider | undefined;
  return {
    async getCredential(asked) {
      // A bad setting is told to whoever asks for credentials, as a missing file is.
      provider ??= providerOf(readCredentialSettings(env), env, options);
      return provider.getCredential(asked);
    },
  };
}

function providerOf(
  settings: CredentialSettings,
  env: NodeJS.ProcessEnv,
  { warn, taken, stsEndpoint, metadataEndpoint, now = Date.now }: DefaultCredentialsOptions,
): CredentialProvider {
  const { source: pinned, role } = settings;
  const sts = { endpoint: stsEndpoint ?? settings.stsEndpoint ?? STS_ENDPOINT, now };
  const sources: Readonly<Record<CredentialSourceName, CredentialSource>> = {
    environment: environmentCredentials(env),
    profile: profileCredentials(env, warn),
    'cvm-role': refreshing(cvmRole(metadataEndpoint, { required: pinned === 'cvm-role' }), now),
    'tke-oidc': refreshing(tkeOidcRole(env, sts), now),
  };
  let chosen: CredentialsTaken | undefined;
  const base = credentialChain(
    pinned ? [only(pinned, sources[pinned])] : CREDENTIAL_SOURCES.map((name) => sources[name]),
    ({ lookedFor }, index) => {
      const inRole = role && { role: role.arn, sts: sts.endpoint.origin };
      chosen = { source: pinned ?? CREDENTIAL_SOURCES[index] ?? 'environment', from: lookedFor, ...inRole };
    },
  );
  const provider = role ? credentialChain([refreshing(assumedRole(base, role, sts), now)]) : base;
  let told = false;
  return {
    async getCredential(asked) {
      const credential = await provider.getCredential(asked);
      if (!told && chosen) taken?.(chosen);
      told = true;
      return credential;
    },
  };
}

function only(name: CredentialSourceName, source: CredentialSource): CredentialSource {
  return {
    lookedFor: `${source.lookedFor} (TENCENTCLOUD_CREDENTIAL_SOURCE is ${name})`,
    find: (options) => source.find(options),
  };
}
