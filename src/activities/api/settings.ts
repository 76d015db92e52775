import { statSync } from 'node:fs';
import * as v from 'valibot';
import { readEndpoint } from '../../tencent/endpoint.js';
import { oneOf, readBy, readVariables, shownValue } from '../../tencent/variables.js';
import type { RedisActivitiesOptions } from './options.js';

/** The most calls a second that the API takes from an account. */
export const API_RPS_LIMIT = 20;

/** Calls a second of a whole fleet: three quarters of what the API takes from an account that has other users too. */
const DEFAULT_API_RPS = 15;

/** The same of `DescribeTaskList`, which the API counts by itself. */
export const LIST_RPS_LIMIT = 100;
const DEFAULT_LIST_RPS = 40;

/** The variables of whoever makes calls, besides those of where credentials come from: a key and where it is sent belong together. */
export const API_VARIABLES = {
  TENCENTCLOUD_REDIS_ENDPOINT: v.optional(readBy(readEndpoint)),
  REDIS_TASK_API_RPS: v.optional(readBy(readRps), String(DEFAULT_API_RPS)),
  REDIS_TASK_LIST_RPS: v.optional(readBy(readListRps), String(DEFAULT_LIST_RPS)),
  REDIS_TASK_ACTIONS: v.optional(readBy(readActions), ''),
  REDIS_TASK_SECRETS: v.optional(readBy(readFolder)),
  REDIS_TASK_SEARCH_ATTRIBUTES: v.optional(oneOf('true', 'false'), 'false'),
};

/** What an {@link ApiAccount} needs to know. */
export type ApiSettings = ReturnType<typeof readApiSettings>;

/** Reads these variables. @throws ConfigError */
export function readApiSettings(env: NodeJS.ProcessEnv) {
  const variables = readVariables(API_VARIABLES, env);
  return {
    /** Undefined: each region's public endpoint. */
    endpoint: variables.TENCENTCLOUD_REDIS_ENDPOINT,
    requestsPerSecond: variables.REDIS_TASK_API_RPS,
    listRequestsPerSecond: variables.REDIS_TASK_LIST_RPS,
    searchAttributes: variables.REDIS_TASK_SEARCH_ATTRIBUTES === 'true',
    actions: variables.REDIS_TASK_ACTIONS,
    secretsFolder: variables.REDIS_TASK_SECRETS,
  };
}

/** What the options say, and of all else the environment. @throws ConfigError for a variable, TypeError for an option */
export function settingsFor(options: RedisActivitiesOptions): ApiSettings {
  const own = readApiSettings(process.env);
  return {
    endpoint: readOption('endpoint', options.endpoint, readEndpoint) ?? own.endpoint,
    requestsPerSecond: options.requestsPerSecond ?? own.requestsPerSecond,
    listRequestsPerSecond: options.listRequestsPerSecond ?? own.listRequestsPerSecond,
    searchAttributes: options.searchAttributes ?? own.searchAttributes,
    actions: options.actions ?? own.actions,
    secretsFolder: readOption('secretsFolder', options.secretsFolder, readFolder) ?? own.secretsFolder,
  };
}

function readOption<T>(name: string, value: string | undefined, read: (text: string) => T): T | undefined {
  if (value === undefined) return undefined;
  try {
    return read(value);
  } catch (error) {
    throw new TypeError(`${name} is ${shownValue(value)}, but it ${(error as Error).message}`);
  }
}

/** Names between commas. A name that the API does not know is left to `redis-task doctor`. */
function readActions(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const actions = names.filter((name) => name !== '');
  if (!actions.every((name) => /^[A-Za-z]\w*$/.test(name)))
    throw new TypeError('must be names of actions with commas between');
  return actions;
}

/** A path that leads to a folder. */
function readFolder(text: string): string {
  if (!statSync(text, { throwIfNoEntry: false })?.isDirectory()) throw new TypeError('must be a folder that exists');
  return text;
}

function readRps(text: string): number {
  return readRate(text, API_RPS_LIMIT);
}

function readListRps(text: string): number {
  return readRate(text, LIST_RPS_LIMIT);
}

function readRate(text: string, limit: number): number {
  const rps = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!isRate(rps, limit)) throw new TypeError(`must be a number above 0, at most ${limit}`);
  return rps;
}

/** Whether the API takes so many calls a second from an account. */
export function isRate(rps: number, limit: number): boolean {
  return rps > 0 && rps <= limit;
}
