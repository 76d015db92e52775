import { credentialChain } from './chain.js';
import { environmentCredentials } from './environment.js';
import { profileCredentials } from './profile.js';
import type { CredentialProvider } from './provider.js';

/** The provider to use when you have none of your own: the environment, then the profile file. */
export function defaultCredentials(env: NodeJS.ProcessEnv = process.env): CredentialProvider {
  return credentialChain([environmentCredentials(env), profileCredentials(env)]);
}
