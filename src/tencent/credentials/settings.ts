import { plain } from '../../contract/text.js';
import { readEndpoint } from '../endpoint.js';

/** The places where credentials are looked for, in their order, by the names of `TENCENTCLOUD_CREDENTIAL_SOURCE`. */
export const CREDENTIAL_SOURCES = ['environment', 'profile', 'cvm-role', 'tke-oidc'] as const;
export type CredentialSourceName = (typeof CREDENTIAL_SOURCES)[number];

/** A role to take on. */
export interface RoleSettings {
  /** The variable that names it, for messages. */
  readonly variable: string;
  readonly arn: string;
  readonly sessionName?: string | undefined;
  readonly durationSeconds?: number | undefined;
  readonly externalId?: string | undefined;
}

/** What the environment says of credentials, besides the credentials themselves. */
export interface CredentialSettings {
  /** The only place to look. */
  readonly source?: CredentialSourceName;
  readonly role?: RoleSettings;
  readonly stsEndpoint?: URL;
}

/** Reads the environment. @throws Error with one line that names the variable */
export function readCredentialSettings(env: NodeJS.ProcessEnv): CredentialSettings {
  const source = read(env, ['TENCENTCLOUD_CREDENTIAL_SOURCE'], readSource);
  const stsEndpoint = read(env, ['TENCENTCLOUD_STS_ENDPOINT'], readEndpoint);
  const role = readRole(env);
  return {
    ...(source && { source: source.value }),
    ...(stsEndpoint && { stsEndpoint: stsEndpoint.value }),
    ...(role && { role }),
  };
}

/** Ours, and Terraform's, which means the same. */
const PREFIXES = ['TENCENTCLOUD_ROLE_', 'TENCENTCLOUD_ASSUME_ROLE_'] as const;
const PARTS = ['ARN', 'SESSION_NAME', 'SESSION_DURATION', 'EXTERNAL_ID'] as const;

function readRole(env: NodeJS.ProcessEnv): RoleSettings | undefined {
  refuseOthers(env);
  const part = <T>(name: (typeof PARTS)[number], parse: (text: string) => T): Found<T> | undefined =>
    read(env, PREFIXES.map((prefix) => prefix + name) as [string, ...string[]], parse);
  const arn = part('ARN', readArn);
  const sessionName = part('SESSION_NAME', readSessionName);
  const duration = part('SESSION_DURATION', readDuration);
  const externalId = part('EXTERNAL_ID', readExternalId);
  if (arn) {
    return {
      variable: arn.variable,
      arn: arn.value,
      ...(sessionName && { sessionName: sessionName.value }),
      ...(duration && { durationSeconds: duration.value }),
      ...(externalId && { externalId: externalId.value }),
    };
  }
  const alone = sessionName ?? duration ?? externalId;
  if (alone) throw new Error(`TENCENTCLOUD_ROLE_ARN is missing, while ${alone.variable} is set`);
  return undefined;
}

/** Terraform knows more ways to become a role. Who has set one up expects another identity than there would be. */
function refuseOthers(env: NodeJS.ProcessEnv): void {
  const known = PREFIXES.flatMap((prefix) => PARTS.map((part) => `${prefix}${part}`));
  const other = Object.keys(env).find(
    (name) => env[name] && name.startsWith('TENCENTCLOUD_ASSUME_ROLE_') && !known.includes(name),
  );
  if (other === undefined) return;
  throw new Error(`${other} is not supported here: a role is set with ${known.slice(0, PARTS.length).join(', ')}`);
}

interface Found<T> {
  readonly variable: string;
  readonly value: T;
}

/** Reads a setting that may have several names; an empty one counts as not set. Two values for it are refused. */
function read<T>(
  env: NodeJS.ProcessEnv,
  names: readonly [string, ...string[]],
  parse: (text: string) => T,
): Found<T> | undefined {
  const [variable, another] = names.filter((name) => env[name]);
  if (variable === undefined) return undefined;
  const text = env[variable] ?? '';
  if (another !== undefined && env[another] !== text) {
    throw new Error(`${variable} and ${another} mean the same, and differ: leave one of them out`);
  }
  try {
    return { variable, value: parse(text) };
  } catch (error) {
    // An external id is known to two parties alone.
    const given = variable.endsWith('_EXTERNAL_ID') ? '' : `${shown(text)}, but it `;
    throw new Error(`${variable} ${given}${(error as Error).message}`, { cause: error });
  }
}

/** What stands in an address before an @ is a password. */
function shown(text: string): string {
  return `is ${JSON.stringify(plain(text.replace(/\/\/[^/]*@/, '//***@'), 100))}`;
}

function readSource(text: string): CredentialSourceName {
  const found = CREDENTIAL_SOURCES.find((each) => each === text);
  if (found === undefined) throw new TypeError(`must be one of ${CREDENTIAL_SOURCES.join(', ')}`);
  return found;
}

function readArn(text: string): string {
  return matching(
    text,
    /^qcs:[!-~]+$/,
    'must be the ARN of a role, such as qcs::cam::uin/100000000001:roleName/waiter',
  );
}

function readSessionName(text: string): string {
  return matching(text, /^[\w+=,.@-]{2,128}$/, 'must have 2 to 128 letters, digits and + = , . @ _ -');
}

function readExternalId(text: string): string {
  return matching(text, /^[\w+=,.@:/-]{2,128}$/, 'must have 2 to 128 letters, digits and + = , . @ : / _ -');
}

function readDuration(text: string): number {
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(seconds >= 60 && seconds <= 43_200)) throw new TypeError('must be a whole number of seconds from 60 to 43200');
  return seconds;
}

function matching(text: string, pattern: RegExp, rule: string): string {
  if (!pattern.test(text)) throw new TypeError(rule);
  return text;
}
