import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type ClientConnectConfig, loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';
import * as v from 'valibot';
import { ConfigError } from '../tencent/config-error.js';
import { readBy, readVariables, shown, shownValue } from '../tencent/variables.js';

// envconfig reads any other value as false: `TEMPORAL_TLS=yes` would send an API key in plain text.
const flag = v.optional(v.picklist(['1', 'true', '0', 'false'], shown('must be true or false')));
const file = v.optional(readBy(requireReadable, (reason) => reason));

const VARIABLES = {
  TEMPORAL_TLS: flag,
  TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: flag,
  TEMPORAL_CONFIG_FILE: file,
  TEMPORAL_TLS_CLIENT_CERT_PATH: file,
  TEMPORAL_TLS_CLIENT_KEY_PATH: file,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: file,
};

/**
 * Reads how to reach Temporal, as `@temporalio/envconfig` does, and checks what the connection would not report: to the
 * SDK a bad certificate looks like a server that is down, so it would retry for ever.
 *
 * @throws ConfigError
 */
export function readTemporalSettings(env: NodeJS.ProcessEnv): ClientConnectConfig {
  readVariables(VARIABLES, env);
  const config = load(env);
  const { address, apiKey, metadata = {}, tls } = config.connectionOptions;
  if (address !== undefined && !isAddress(address)) {
    throw new ConfigError(`TEMPORAL_ADDRESS is ${shownValue(address)}, but it must be host:port`);
  }
  requireHeader('TEMPORAL_API_KEY', apiKey);
  for (const [name, value] of Object.entries(metadata)) requireHeader(`TEMPORAL_GRPC_META_… (${name})`, value);
  if (typeof tls === 'object' && tls !== null) checkTls(tls);
  return config;
}

function load(env: NodeJS.ProcessEnv): ClientConnectConfig {
  // An empty TEMPORAL_GRPC_META_… removes a header; any other empty variable counts as not set.
  const set = Object.entries(env).filter(([name, value]) => value || name.startsWith('TEMPORAL_GRPC_META_'));
  const file = env['TEMPORAL_CONFIG_FILE'] || 'its default place';
  try {
    const profile = loadClientConfigProfile({ overrideEnvVars: Object.fromEntries(set) as Record<string, string> });
    const { clientCert, clientKey } = profile.tls ?? {};
    // envconfig ignores a certificate without a key, and a key without a certificate.
    if (!clientCert !== !clientKey) {
      const [given, missing] = clientCert ? ['CERT', 'KEY'] : ['KEY', 'CERT'];
      throw new ConfigError(
        `TEMPORAL_TLS_CLIENT_${missing}_PATH is missing, while TEMPORAL_TLS_CLIENT_${given}_… is set`,
      );
    }
    return toClientOptions(profile);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof TypeError) throw new ConfigError(`TEMPORAL_CONFIG_FILE (${file}) has no table [profile.…]`);
    // Only the first line: the rest of a TOML error quotes the file, which may contain a key.
    const [reason = ''] = (error as Error).message.split('\n', 1);
    if (reason.startsWith('Profile ')) throw new ConfigError(`TEMPORAL_PROFILE cannot be used: ${reason} (${file})`);
    if (reason.startsWith('Invalid TOML')) throw new ConfigError(`TEMPORAL_CONFIG_FILE (${file}) is broken: ${reason}`);
    throw new ConfigError(`TEMPORAL_TLS… settings cannot be used: ${reason}`);
  }
}

function requireReadable(file: string): void {
  try {
    readFileSync(file);
  } catch (error) {
    throw new Error(`names ${file}, which cannot be read: ${(error as NodeJS.ErrnoException).code ?? ''}`);
  }
}

function isAddress(text: string): boolean {
  const url = `http://${text}`;
  return /^[\w.:[\]-]+$/.test(text) && URL.canParse(url) && new URL(url).hostname !== '';
}

/** The value may be a secret, so it is not shown. */
function requireHeader(name: string, value: unknown): void {
  if (typeof value !== 'string' || /^[\x20-\x7e]*$/.test(value)) return;
  throw new ConfigError(`${name} holds a line break or another character that no HTTP header can hold`);
}

type TlsOptions = Exclude<ClientConnectConfig['connectionOptions']['tls'], boolean | null | undefined>;

function checkTls({ serverRootCACertificate: ca, clientCertPair: pair, serverNameOverride: name }: TlsOptions): void {
  if (name && !/^[\w.:-]+$/.test(name)) throw new ConfigError('TEMPORAL_TLS_SERVER_NAME must be a host name');
  const notPem = 'is no certificate in PEM';
  const rules: [variable: string, reason: string, check: () => unknown][] = [
    ['TEMPORAL_TLS_SERVER_CA_CERT_…', notPem, () => ca && new X509Certificate(ca)],
    ['TEMPORAL_TLS_CLIENT_CERT_…', notPem, () => pair && new X509Certificate(pair.crt)],
    [
      'TEMPORAL_TLS_CLIENT_KEY_…',
      'is no private key of that certificate, in PEM and without a passphrase',
      () => pair && createSecureContext({ cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) }),
    ],
  ];
  for (const [variable, reason, check] of rules) {
    try {
      check();
    } catch {
      throw new ConfigError(`${variable} ${reason}`);
    }
  }
}
