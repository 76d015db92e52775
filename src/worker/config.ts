import type { LogLevel } from '@temporalio/common';
import * as v from 'valibot';
import { API_VARIABLES, readApiSettings } from '../activities/api/settings.js';
import { DEFAULT_TASK_QUEUE } from '../contract/ids.js';
import { readProxy } from '../tencent/agents.js';
import { ConfigError } from '../tencent/config-error.js';
import { readCredentialSettings } from '../tencent/credentials/settings.js';
import { isLoopback } from '../tencent/endpoint.js';
import { oneOf, readBy, readVariables, shown } from '../tencent/variables.js';
import { readMetricsExporter, readTraceExporter } from './otel-settings.js';
import { readTemporalSettings } from './temporal-settings.js';

/** Where the health pages listen. */
export interface HttpAddress {
  readonly host: string;
  readonly port: number;
  /** Whether it was set: then the worker does not start without it. */
  readonly required: boolean;
}

/** The worker's settings. */
export type WorkerConfig = ReturnType<typeof readConfig>;

// A line break copied along with a key breaks every signature, and the API's answer does not say why.
const secret = v.optional(
  v.pipe(v.string(), v.regex(/^[\x21-\x7e]*$/, 'holds white space or another character that no key has')),
);
// A proxy's URL often contains a password, so the value is not shown.
const proxy = v.optional(readBy(readProxy, (rule) => rule));

/** The table of the worker's variables, besides those of Temporal and of where credentials come from. */
export const VARIABLES = {
  // The server joins the two by a dot or a colon.
  TEMPORAL_DEPLOYMENT_NAME: v.optional(
    v.pipe(v.string(), v.regex(/^[^\s.:]{1,200}$/, shown('must be 1 to 200 characters, without white space, . and :'))),
  ),
  TEMPORAL_WORKER_BUILD_ID: v.optional(
    v.pipe(v.string(), v.regex(/^\S{1,200}$/, shown('must be 1 to 200 characters, without white space'))),
  ),
  TENCENTCLOUD_SECRET_ID: secret,
  TENCENTCLOUD_SECRET_KEY: secret,
  TENCENTCLOUD_TOKEN: secret,
  TENCENTCLOUD_SESSION_TOKEN: secret,
  TENCENTCLOUD_SECURITY_TOKEN: secret,
  HTTPS_PROXY: proxy,
  https_proxy: proxy,
  REDIS_TASK_QUEUE: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[\w./:-]{1,200}$/, shown('must be a task queue name: letters, digits and . _ / : - only, at most 200')),
    ),
    DEFAULT_TASK_QUEUE,
  ),
  REDIS_TASK_HTTP: v.optional(readBy(readAddress)),
  REDIS_TASK_LOG_LEVEL: v.optional(
    v.pipe(v.string(), v.toLowerCase(), oneOf('trace', 'debug', 'info', 'warn', 'error'), v.toUpperCase()),
    'info',
  ),
  REDIS_TASK_LOG_FORMAT: v.optional(oneOf('json', 'pretty'), 'json'),
  ...API_VARIABLES,
};

const DEFAULT_HTTP: HttpAddress = { host: '127.0.0.1', port: 9464, required: false };

/** Reads the environment. @throws ConfigError */
export function readConfig(env: NodeJS.ProcessEnv) {
  // Often a SOCKS proxy for other programs, which does not matter where another variable keeps the calls from it.
  const goAround = ['https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];
  if (!goAround.some((name) => env[name])) readVariables({ all_proxy: proxy, ALL_PROXY: proxy }, env);
  const variables = readVariables(VARIABLES, env);
  const { stsEndpoint } = readCredentialSettings(env);
  const { namespace = 'default', connectionOptions } = readTemporalSettings(env);
  const api = readApiSettings(env);
  const { REDIS_TASK_HTTP: http = DEFAULT_HTTP } = variables;
  return {
    temporal: { ...connectionOptions, address: connectionOptions.address ?? 'localhost:7233' },
    namespace,
    /** Undefined: the worker is not versioned. */
    version: readVersion(variables.TEMPORAL_DEPLOYMENT_NAME, variables.TEMPORAL_WORKER_BUILD_ID),
    taskQueue: variables.REDIS_TASK_QUEUE,
    api,
    /** Undefined: no health pages. */
    http: http === 'off' ? undefined : http,
    logLevel: variables.REDIS_TASK_LOG_LEVEL as LogLevel,
    logFormat: variables.REDIS_TASK_LOG_FORMAT,
    metrics: readMetricsExporter(env),
    /** Undefined: no traces. */
    traces: readTraceExporter(env),
    /** Settings that work but are risky, one line each. */
    warnings: [
      ...plainHttpWarnings('TENCENTCLOUD_REDIS_ENDPOINT', api.endpoint),
      ...plainHttpWarnings('TENCENTCLOUD_STS_ENDPOINT', stsEndpoint),
    ],
  };
}

function readVersion(deploymentName: string | undefined, buildId: string | undefined) {
  if (deploymentName !== undefined && buildId !== undefined) return { deploymentName, buildId };
  if (deploymentName === undefined && buildId === undefined) return undefined;
  const [given, missing] =
    buildId === undefined
      ? ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID']
      : ['TEMPORAL_WORKER_BUILD_ID', 'TEMPORAL_DEPLOYMENT_NAME'];
  throw new ConfigError(`${missing} is missing, while ${given} is set: a version of the worker needs both`);
}

function plainHttpWarnings(name: string, url: URL | undefined): string[] {
  if (url?.protocol !== 'http:' || isLoopback(url)) return [];
  return [
    `${name} is plain HTTP to another machine (${url.host}): anyone on the way can read the key or token that it carries, and change the answers`,
  ];
}

function readAddress(text: string): HttpAddress | 'off' {
  if (text === 'off') return text;
  const [, ipv6, name, digits] = /^(?:\[([\da-fA-F:]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  if (host === undefined || port > 65_535) throw new TypeError('must be host:port, such as 127.0.0.1:9464, or off');
  return { host, port, required: true };
}
