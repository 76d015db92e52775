import * as v from 'valibot';
import { quote } from '../../contract/text.js';
import { readEndpoint } from '../endpoint.js';

/** Where credentials are looked for, in order, by the names of `TENCENTCLOUD_CREDENTIAL_SOURCE`. */
export const CREDENTIAL_SOURCES = ['environment', 'profile', 'cvm-role', 'tke-oidc'] as const;
export type CredentialSourceName = (typeof CREDENTIAL_SOURCES)[number];

/** A role to assume. */
export type RoleSettings = NonNullable<ReturnType<typeof readRole>>;

const matching = (pattern: RegExp, rule: string) => v.pipe(v.string(), v.regex(pattern, rule));
const SECONDS = 'must be a whole number of seconds from 60 to 43200';

const source = v.picklist(CREDENTIAL_SOURCES, `must be one of ${CREDENTIAL_SOURCES.join(', ')}`);
const endpoint = v.pipe(v.string(), v.transform(readEndpoint));
const role = {
  ARN: matching(/^qcs:[!-~]+$/, 'must be the ARN of a role, such as qcs::cam::uin/100000000001:roleName/waiter'),
  SESSION_NAME: matching(/^[\w+=,.@-]{2,128}$/, 'must have 2 to 128 letters, digits and + = , . @ _ -'),
  SESSION_DURATION: v.pipe(
    matching(/^\d{1,5}$/, SECONDS),
    v.transform(Number),
    v.minValue(60, SECONDS),
    v.maxValue(43_200, SECONDS),
  ),
  EXTERNAL_ID: matching(/^[\w+=,.@:/-]{2,128}$/, 'must have 2 to 128 letters, digits and + = , . @ : / _ -'),
};

/**
 * Reads what the environment says about credentials, besides the credentials themselves.
 *
 * @throws Error with one line that names the variable
 */
export function readCredentialSettings(env: NodeJS.ProcessEnv) {
  return {
    /** The only place to look. */
    source: read(env, ['TENCENTCLOUD_CREDENTIAL_SOURCE'], source)?.value,
    stsEndpoint: read(env, ['TENCENTCLOUD_STS_ENDPOINT'], endpoint)?.value,
    role: readRole(env),
  };
}

function readRole(env: NodeJS.ProcessEnv) {
  refuseUnsupported(env);
  const arn = read(env, variablesOf('ARN'), role.ARN);
  const sessionName = read(env, variablesOf('SESSION_NAME'), role.SESSION_NAME);
  const duration = read(env, variablesOf('SESSION_DURATION'), role.SESSION_DURATION);
  const externalId = read(env, variablesOf('EXTERNAL_ID'), role.EXTERNAL_ID);
  const other = sessionName ?? duration ?? externalId;
  if (!arn && other) throw new Error(`TENCENTCLOUD_ROLE_ARN is missing, while ${other.variable} is set`);
  return (
    arn && {
      /** The one that names the role, for messages. */
      variable: arn.variable,
      arn: arn.value,
      sessionName: sessionName?.value,
      durationSeconds: duration?.value,
      externalId: externalId?.value,
    }
  );
}

/** Our name of a setting, and the one of Tencent's Terraform provider. */
function variablesOf(part: string): readonly [string, string] {
  return [`TENCENTCLOUD_ROLE_${part}`, `TENCENTCLOUD_ASSUME_ROLE_${part}`];
}

/** Terraform can assume roles in more ways. Ignoring their variables would mean another identity than expected. */
function refuseUnsupported(env: NodeJS.ProcessEnv): void {
  const known = Object.keys(role).map(variablesOf);
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
  schema: v.GenericSchema<string, T>,
): { readonly variable: string; readonly value: T } | undefined {
  const [variable, another] = names.filter((name) => env[name]);
  if (variable === undefined) return undefined;
  const text = env[variable] ?? '';
  if (another !== undefined && env[another] !== text) {
    throw new Error(`${variable} and ${another} mean the same, and differ: leave one of them out`);
  }
  try {
    return { variable, value: v.parse(schema, text) };
  } catch (error) {
    // Both are secret: an external id, and what stands before the @ of a URL.
    const shown = quote(text.replace(/\/\/[^/]*@/, '//***@'), 100);
    const given = variable.endsWith('_EXTERNAL_ID') ? '' : `is ${shown}, but it `;
    // No cause: a schema's error holds the value.
    throw new Error(`${variable} ${given}${(error as Error).message}`);
  }
}
