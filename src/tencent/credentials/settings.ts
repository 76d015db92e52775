import { quote } from '../../contract/text.js';
import { readEndpoint } from '../endpoint.js';

/** Where credentials are looked for, in order, by the names of `TENCENTCLOUD_CREDENTIAL_SOURCE`. */
export const CREDENTIAL_SOURCES = ['environment', 'profile', 'cvm-role', 'tke-oidc'] as const;
export type CredentialSourceName = (typeof CREDENTIAL_SOURCES)[number];

/** A role to assume. */
export interface RoleSettings {
  /** The variable that names it, for messages. */
  readonly variable: string;
  readonly arn: string;
  readonly sessionName?: string | undefined;
  readonly durationSeconds?: number | undefined;
  readonly externalId?: string | undefined;
}

/** What the environment says about credentials, besides the credentials themselves. */
export interface CredentialSettings {
  /** The only place to look. */
  readonly source?: CredentialSourceName | undefined;
  readonly role?: RoleSettings | undefined;
  readonly stsEndpoint?: URL | undefined;
}

/** Reads the environment. @throws Error with one line that names the variable */
export function readCredentialSettings(env: NodeJS.ProcessEnv): CredentialSettings {
  return {
    source: read(env, ['TENCENTCLOUD_CREDENTIAL_SOURCE'], readSource)?.value,
    stsEndpoint: read(env, ['TENCENTCLOUD_STS_ENDPOINT'], readEndpoint)?.value,
    role: readRole(env),
  };
}

const ROLE = {
  ARN: matching(/^qcs:[!-~]+$/, 'must be the ARN of a role, such as qcs::cam::uin/100000000001:roleName/waiter'),
  SESSION_NAME: matching(/^[\w+=,.@-]{2,128}$/, 'must have 2 to 128 letters, digits and + = , . @ _ -'),
  SESSION_DURATION: readSeconds,
  EXTERNAL_ID: matching(/^[\w+=,.@:/-]{2,128}$/, 'must have 2 to 128 letters, digits and + = , . @ : / _ -'),
} as const;

function readRole(env: NodeJS.ProcessEnv): RoleSettings | undefined {
  refuseUnsupported(env);
  const part = <Part extends keyof typeof ROLE>(name: Part) =>
    read<ReturnType<(typeof ROLE)[Part]>>(env, variablesOf(name), ROLE[name] as never);
  const [arn, sessionName] = [part('ARN'), part('SESSION_NAME')];
  const [duration, externalId] = [part('SESSION_DURATION'), part('EXTERNAL_ID')];
  const other = sessionName ?? duration ?? externalId;
  if (!arn && other) throw new Error(`TENCENTCLOUD_ROLE_ARN is missing, while ${other.variable} is set`);
  return (
    arn && {
      variable: arn.variable,
      arn: arn.value,
      sessionName: sessionName?.value,
      durationSeconds: duration?.value,
      externalId: externalId?.value,
    }
  );
}

/** Our name of a setting, and that of Tencent's Terraform provider. */
function variablesOf(part: string): readonly [string, string] {
  return [`TENCENTCLOUD_ROLE_${part}`, `TENCENTCLOUD_ASSUME_ROLE_${part}`];
}

/** Terraform can assume roles in more ways. Ignoring their variables would mean another identity than expected. */
function refuseUnsupported(env: NodeJS.ProcessEnv): void {
  const known = Object.keys(ROLE).map(variablesOf);
  const other = Object.keys(env).find(
    (name) => env[name] && name.startsWith('TENCENTCLOUD_ASSUME_ROLE_') && !known.flat().includes(name),
  );
  if (other === undefined) return;
  throw new Error(`${other} is not supported here: a role is set with ${known.map(([ours]) => ours).join(', ')}`);
}

/** Reads a setting that may have several names. Empty means not set; two different values are refused. */
function read<T>(
  env: NodeJS.ProcessEnv,
  names: readonly string[],
  parse: (text: string) => T,
): { readonly variable: string; readonly value: T } | undefined {
  const [variable, another] = names.filter((name) => env[name]);
  if (variable === undefined) return undefined;
  const text = env[variable] ?? '';
  if (another !== undefined && env[another] !== text) {
    throw new Error(`${variable} and ${another} mean the same, and differ: leave one of them out`);
  }
  try {
    return { variable, value: parse(text) };
  } catch (error) {
    // An external id is a shared secret, and so is what stands before the @ of a URL.
    const hidden = quote(text.replace(/\/\/[^/]*@/, '//***@'), 100);
    const given = variable.endsWith('_EXTERNAL_ID') ? '' : `is ${hidden}, but it `;
    throw new Error(`${variable} ${given}${(error as Error).message}`, { cause: error });
  }
}

function readSource(text: string): CredentialSourceName {
  const found = CREDENTIAL_SOURCES.find((each) => each === text);
  if (found === undefined) throw new TypeError(`must be one of ${CREDENTIAL_SOURCES.join(', ')}`);
  return found;
}

function readSeconds(text: string): number {
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(seconds >= 60 && seconds <= 43_200)) throw new TypeError('must be a whole number of seconds from 60 to 43200');
  return seconds;
}

function matching(pattern: RegExp, rule: string): (text: string) => string {
  return (text) => {
    if (!pattern.test(text)) throw new TypeError(rule);
    return text;
  };
}
