import { credentialChain } from './chain.js';
import { cvmRole } from './cvm-role.js';
import type { CredentialProvider, CredentialSource } from './provider.js';
import { CREDENTIAL_SOURCES, type CredentialSourceName, readCredentialSettings } from './settings.js';
import { environmentCredentials, profileCredentials } from './static.js';
import { assumedRole, tkeOidcRole } from './sts.js';
import { refreshing } from './temporary-keys.js';

const STS_ENDPOINT = new URL('https://sts.tencentcloudapi.com');
/** Plain HTTP: requests to it do not leave the host. */
const METADATA_ENDPOINT = new URL('http://metadata.tencentyun.com');

/** Where the credentials come from. Holds no secret. */
export interface CredentialsTaken {
  readonly source: CredentialSourceName;
  /** The source in words. */
  readonly from: string;
  /** The ARN of the role that is assumed with them, and where. */
  readonly role?: string;
  readonly sts?: string;
}

/**
 * What can be changed about {@link defaultCredentials}.
 *
 * @inline
 */
export interface DefaultCredentialsOptions {
  /** Called if others can read the credentials file, at most once per provider. */
  readonly warn?: ((message: string) => void) | undefined;
  /** Called once per provider, with the source of the first credentials, which all later ones come from too. */
  readonly taken?: ((taken: CredentialsTaken) => void) | undefined;
  /** The URL of the virtual machine's metadata service. @default http://metadata.tencentyun.com */
  readonly metadataEndpoint?: URL | undefined;
  /** Unix time in milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/**
 * The provider to use when you have none of your own: the environment, then the profile file, then the role of the
 * virtual machine (CVM), then the role of the pod (TKE OIDC). It keeps to the first that has credentials, and loads new ones
 * before they expire. `TENCENTCLOUD_CREDENTIAL_SOURCE` allows only one source; with `TENCENTCLOUD_ROLE_ARN` that role is
 * assumed with the credentials.
 *
 * @example
 * ```ts
 * const { secretId } = await defaultCredentials().getCredential();
 * ```
 */
export function defaultCredentials(
  env: NodeJS.ProcessEnv = process.env,
  options: DefaultCredentialsOptions = {},
): CredentialProvider {
  let provider: CredentialProvider | undefined;
  return {
    get source() {
      return provider?.source ?? 'none';
    },
    // `async`, so that a bad setting is a rejection, like a missing file.
    async getCredential(asked) {
      provider ??= createProvider(env, options);
      return provider.getCredential(asked);
    },
  };
}

function createProvider(env: NodeJS.ProcessEnv, options: DefaultCredentialsOptions): CredentialProvider {
  const { source: pinned, role, stsEndpoint = STS_ENDPOINT } = readCredentialSettings(env);
  const { warn, taken, metadataEndpoint = METADATA_ENDPOINT, now = Date.now } = options;
  const sts = { endpoint: stsEndpoint, now };
  const sources: Readonly<Record<CredentialSourceName, CredentialSource>> = {
    environment: environmentCredentials(env),
    profile: profileCredentials(env, warn),
    'cvm-role': refreshing(cvmRole(metadataEndpoint, { required: pinned === 'cvm-role' }), now),
    'tke-oidc': refreshing(tkeOidcRole(env, sts), now),
  };
  const places = CREDENTIAL_SOURCES.filter((name) => (pinned ?? name) === name).map((source) => {
    const { lookedFor, find } = sources[source];
    const hint = pinned ? ` (TENCENTCLOUD_CREDENTIAL_SOURCE is ${pinned})` : '';
    return { source, lookedFor: lookedFor + hint, find };
  });
  let chosen: CredentialsTaken | undefined;
  const base = credentialChain(places, ({ source, lookedFor: from }) => {
    chosen = { source, from, ...(role && { role: role.arn, sts: sts.endpoint.origin }) };
    if (!role) taken?.(chosen);
  });
  const provider = role
    ? credentialChain([refreshing(assumedRole(base, role, sts), now)], () => chosen && taken?.(chosen))
    : base;
  return {
    get source() {
      return role ? 'assumed-role' : (chosen?.source ?? 'none');
    },
    getCredential: (options) => provider.getCredential(options),
  };
}
