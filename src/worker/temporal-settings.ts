import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import {
  type ClientConfigProfile,
  type ClientConnectConfig,
  loadClientConfigProfile,
  toClientOptions,
} from '@temporalio/envconfig';
import { ConfigError, configError } from './config-error.js';

type Settings = Readonly<Record<string, string>>;

const FILES = [
  'TEMPORAL_CONFIG_FILE',
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
];

/** envconfig takes everything but `1` and `true` for false: `TEMPORAL_TLS=yes` would send an API key in the clear. */
const SWITCHES = ['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'];

/**
 * Reads how to reach Temporal, as `@temporalio/envconfig` does, and checks what that leaves to the connection: there, a
 * bad certificate would look like a server that is away, and be tried again for ever.
 *
 * @throws ConfigError
 */
export function readTemporalSettings(env: NodeJS.ProcessEnv): ClientConnectConfig {
  const settings = onlySet(env);
  for (const name of SWITCHES) checkSwitch(settings, name);
  for (const name of FILES) checkFile(settings, name);
  const config = load(settings);
  checkAddress(config);
  checkHeaders(config);
  checkTls(config);
  return config;
}

/** An empty variable counts as not set, save that an empty `TEMPORAL_GRPC_META_…` takes a header away. */
function onlySet(env: NodeJS.ProcessEnv): Settings {
  const isSet = (entry: [string, string | undefined]): entry is [string, string] =>
    entry[1] !== undefined && (entry[1] !== '' || entry[0].startsWith('TEMPORAL_GRPC_META_'));
  return Object.fromEntries(Object.entries(env).filter(isSet));
}

function checkSwitch(settings: Settings, name: string): void {
  const value = settings[name];
  if (value === undefined || ['1', 'true', '0', 'false'].includes(value)) return;
  throw configError(name, `is ${JSON.stringify(value.slice(0, 100))}, but it must be true or false`);
}

function checkFile(settings: Settings, name: string): void {
  const file = settings[name];
  if (file === undefined) return;
  try {
    readFileSync(file);
  } catch (error) {
    throw configError(name, `names ${file}, which cannot be read: ${(error as NodeJS.ErrnoException).code ?? ''}`);
  }
}

function load(settings: Settings): ClientConnectConfig {
  const file = settings['TEMPORAL_CONFIG_FILE'] ?? 'its default place';
  try {
    const profile = loadClientConfigProfile({ overrideEnvVars: settings });
    checkPair(profile);
    return toClientOptions(profile);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof TypeError) throw configError('TEMPORAL_CONFIG_FILE', `(${file}) has no table [profile.…]`);
    // Only the first line: under it, a TOML error shows the lines of the file, where a key may stand.
    const [reason = ''] = (error as Error).message.split('\n', 1);
    if (reason.startsWith('Profile ')) throw configError('TEMPORAL_PROFILE', `cannot be used: ${reason} (${file})`);
    if (reason.startsWith('Invalid TOML')) throw configError('TEMPORAL_CONFIG_FILE', `(${file}) is broken: ${reason}`);
    throw new ConfigError(`TEMPORAL_TLS… settings cannot be used: ${reason}`);
  }
}

/** envconfig drops a certificate without its key, and a key without its certificate. */
function checkPair({ tls: { clientCert, clientKey } = {} }: ClientConfigProfile): void {
  if (!clientCert === !clientKey) return;
  const [given, missing] = clientCert ? ['CERT', 'KEY'] : ['KEY', 'CERT'];
  throw configError(`TEMPORAL_TLS_CLIENT_${missing}_PATH`, `is missing, while TEMPORAL_TLS_CLIENT_${given}_… is set`);
}

function checkAddress({ connectionOptions: { address } }: ClientConnectConfig): void {
  if (address === undefined) return;
  const url =
    /^[\w.:[\]-]+$/.test(address) && URL.canParse(`http://${address}`) ? new URL(`http://${address}`) : undefined;
  if (url?.hostname) return;
  throw configError('TEMPORAL_ADDRESS', `is ${JSON.stringify(address.slice(0, 100))}, but it must be host:port`);
}

/** What goes into HTTP headers. Neither value is shown. */
function checkHeaders({ connectionOptions: { apiKey, metadata = {} } }: ClientConnectConfig): void {
  const values = Object.entries(metadata).map(([name, value]) => [`TEMPORAL_GRPC_META_… (${name})`, value] as const);
  for (const [name, value] of [['TEMPORAL_API_KEY', apiKey] as const, ...values]) {
    if (typeof value === 'string' && !/^[\x20-\x7e]*$/.test(value)) {
      throw configError(name, 'holds a line break or another character that no HTTP header can hold');
    }
  }
}

function checkTls({ connectionOptions: { tls } }: ClientConnectConfig): void {
  if (typeof tls !== 'object' || tls === null) return;
  const { serverRootCACertificate: ca, clientCertPair: pair, serverNameOverride: name } = tls;
  if (name && !/^[\w.:-]+$/.test(name)) throw configError('TEMPORAL_TLS_SERVER_NAME', 'must be a host name');
  check('TEMPORAL_TLS_SERVER_CA_CERT_…', 'is no certificate in PEM', () => ca && new X509Certificate(ca));
  check('TEMPORAL_TLS_CLIENT_CERT_…', 'is no certificate in PEM', () => pair && new X509Certificate(pair.crt));
  check('TEMPORAL_TLS_CLIENT_KEY_…', 'is no private key of that certificate, in PEM and without a passphrase', () => {
    if (pair) createSecureContext({ cert: Buffer.from(pair.crt), key: Buffer.from(pair.key) });
  });
}

function check(name: string, reason: string, attempt: () => unknown): void {
  try {
    attempt();
  } catch {
    throw configError(name, reason);
  }
}
