import type { LogLevel } from '@temporalio/common';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { API_RPS_LIMIT } from '../activities/api-worker.js';
import { DEFAULT_API_RPS } from '../activities/redis-activities.js';
import { DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import { readProxy } from '../tencent/agents.js';
import { type CredentialSettings, readCredentialSettings } from '../tencent/credentials/settings.js';
import { isLoopback, readEndpoint } from '../tencent/endpoint.js';
import { ConfigError, configError } from './config-error.js';
import { readTemporalSettings } from './temporal-settings.js';

const LOG_LEVELS: readonly LogLevel[] = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

/** A line break that came along from a file breaks every signature, and the API's answer does not say why. */
const SECRETS = [
  'TENCENTCLOUD_SECRET_ID',
  'TENCENTCLOUD_SECRET_KEY',
  'TENCENTCLOUD_TOKEN',
  'TENCENTCLOUD_SESSION_TOKEN',
  'TENCENTCLOUD_SECURITY_TOKEN',
];

const PROXIES = ['HTTPS_PROXY', 'https_proxy'];

/** Where the health page listens. `required`: it was asked for, so it must not be left out quietly. */
export interface HttpAddress {
  readonly host: string;
  readonly port: number;
  readonly required: boolean;
}

/** Everything the worker process is told by its environment. */
export interface WorkerConfig {
  readonly temporal: ClientConnectConfig;
  readonly taskQueue: string;
  readonly apiRps: number;
  /** Undefined: each region has its public endpoint. */
  readonly endpoint: string | undefined;
  /** Undefined: no health page. */
  readonly http: HttpAddress | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'pretty';
  readonly searchAttributes: boolean;
  /** What works and should not stay so, each in one line. */
  readonly warnings: readonly string[];
}

/** Reads the environment. @throws ConfigError */
export function readConfig(env: NodeJS.ProcessEnv): WorkerConfig {
  for (const name of SECRETS) checkSecret(name, env[name]);
  for (const name of PROXIES) checkProxy(name, env[name]);
  const { stsEndpoint } = readCredentials(env);
  const endpoint = read(env, 'TENCENTCLOUD_REDIS_ENDPOINT', undefined, readEndpoint);
  return {
    temporal: readTemporalSettings(env),
    taskQueue: read(env, 'REDIS_TASK_QUEUE', DEFAULT_TASK_QUEUE, readQueue),
    apiRps: read(env, 'REDIS_TASK_API_RPS', String(DEFAULT_API_RPS), readRps),
    endpoint: endpoint?.origin,
    http: read(env, 'REDIS_TASK_HTTP', '127.0.0.1:9464', (text) => readAddress(text, Boolean(env['REDIS_TASK_HTTP']))),
    logLevel: read(env, 'REDIS_TASK_LOG_LEVEL', 'info', readLogLevel),
    logFormat: read(env, 'REDIS_TASK_LOG_FORMAT', 'json', (text) => oneOf(text, ['json', 'pretty'])),
    searchAttributes:
      read(env, 'REDIS_TASK_SEARCH_ATTRIBUTES', 'false', (text) => oneOf(text, ['true', 'false'])) === 'true',
    warnings: [
      ...plainHttpWarnings('TENCENTCLOUD_REDIS_ENDPOINT', endpoint),
      ...plainHttpWarnings('TENCENTCLOUD_STS_ENDPOINT', stsEndpoint),
    ],
  };
}

function readCredentials(env: NodeJS.ProcessEnv): CredentialSettings {
  try {
    return readCredentialSettings(env);
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

function plainHttpWarnings(name: string, url: URL | undefined): string[] {
  if (url?.protocol !== 'http:' || isLoopback(url)) return [];
  return [
    `${name} is plain HTTP to another machine (${url.host}): anyone on the way can read the key or token that it carries, and change the answers`,
  ];
}

/** Reads one variable; an empty one counts as not set, as shells and compose files leave it. */
function read<T>(env: NodeJS.ProcessEnv, name: string, byDefault: string, parse: (text: string) => T): T;
function read<T>(env: NodeJS.ProcessEnv, name: string, byDefault: undefined, parse: (text: string) => T): T | undefined;
function read<T>(env: NodeJS.ProcessEnv, name: string, byDefault: string | undefined, parse: (text: string) => T) {
  const text = env[name] || byDefault;
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    const shown = text.replace(/\/\/[^/]*@/, '//***@').slice(0, 100);
    throw configError(name, `is ${JSON.stringify(shown)}, but it ${(error as Error).message}`);
  }
}

function checkSecret(name: string, secret = ''): void {
  if (!/^[\x21-\x7e]*$/.test(secret)) throw configError(name, 'holds white space or another character that no key has');
}

/** The value is not shown: a proxy's URL often holds a password. */
function checkProxy(name: string, proxy = ''): void {
  if (proxy === '') return;
  try {
    readProxy(proxy);
  } catch (error) {
    throw configError(name, error);
  }
}

function readQueue(text: string): string {
  if (!/^[\w./:-]{1,200}$/.test(text)) {
    throw new TypeError('must be a task queue name: letters, digits and . _ / : - only, at most 200');
  }
  return text;
}

function readRps(text: string): number {
  const rps = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(rps > 0 && rps <= API_RPS_LIMIT)) throw new TypeError(`must be a number above 0, at most ${API_RPS_LIMIT}`);
  return rps;
}

function readAddress(text: string, required: boolean): HttpAddress | undefined {
  if (text === 'off') return undefined;
  const [, ipv6, name, digits] = /^(?:\[([\da-fA-F:]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  if (host === undefined || port > 65_535) throw new TypeError('must be host:port, such as 127.0.0.1:9464, or off');
  return { host, port, required };
}

function readLogLevel(text: string): LogLevel {
  return oneOf(text.toUpperCase(), LOG_LEVELS);
}

function oneOf<T extends string>(text: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === text);
  if (found === undefined)
    throw new TypeError(`must be one of ${allowed.map((each) => each.toLowerCase()).join(', ')}`);
  return found;
}
