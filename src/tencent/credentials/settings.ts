import * as v from 'valibot';
import { ConfigError } from '../config-error.js';
import { readEndpoint } from '../endpoint.js';
import { oneOf, readBy, readVariables, shown } from '../variables.js';

/** Where credentials are looked for, in order, by the names of `TENCENTCLOUD_CREDENTIAL_SOURCE`. */
export const CREDENTIAL_SOURCES = ['environment', 'profile', 'cvm-role', 'tke-oidc'] as const;
export type CredentialSourceName = (typeof CREDENTIAL_SOURCES)[number];

/** A role to assume. */
export type RoleSettings = NonNullable<ReturnType<typeof readRole>>;

const VARIABLES = {
  TENCENTCLOUD_CREDENTIAL_SOURCE: v.optional(oneOf(...CREDENTIAL_SOURCES)),
  TENCENTCLOUD_STS_ENDPOINT: v.optional(readBy(readEndpoint)),
};

const matching = (pattern: RegExp, rule: v.ErrorMessage<v.BaseIssue<unknown>>) =>
  v.pipe(v.string(), v.regex(pattern, rule));
const ROLE = {
  ARN: matching(/^qcs:[!-~]+$/, shown('must be the ARN of a role, such as qcs::cam::uin/100000000001:roleName/waiter')),
  SESSION_NAME: matching(/^[\w+=,.@-]{2,128}$/, shown('must have 2 to 128 letters, digits and + = , . @ _ -')),
  SESSION_DURATION: v.message(
    v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number), v.minValue(60), v.maxValue(43_200)),
    shown('must be a whole number of seconds from 60 to 43200'),
  ),
  // A secret.
  EXTERNAL_ID: matching(/^[\w+=,.@:/-]{2,128}$/, 'must have 2 to 128 letters, digits and + = , . @ : / _ -'),
};

/**
 * Reads what the environment says about credentials, besides the credentials themselves.
 *
 * @throws ConfigError with one line that names the variable
 */
export function readCredentialSettings(env: NodeJS.ProcessEnv) {
  const { TENCENTCLOUD_CREDENTIAL_SOURCE: source, ...others } = readVariables(VARIABLES, env);
  return { source, stsEndpoint: others.TENCENTCLOUD_STS_ENDPOINT, role: readRole(env) };
}

function readRole(env: NodeJS.ProcessEnv) {
  refuseUnsupported(env);
  const arn = readEither('ARN', env);
  const sessionName = readEither('SESSION_NAME', env);
  const duration = readEither('SESSION_DURATION', env);
  const externalId = readEither('EXTERNAL_ID', env);
  const other = sessionName ?? duration ?? externalId;
  if (!arn && other) throw new ConfigError(`TENCENTCLOUD_ROLE_ARN is missing, while ${other.variable} is set`);
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
  const known = Object.keys(ROLE).map(variablesOf);
  const other = Object.keys(env).find(
    (name) => env[name] && name.startsWith('TENCENTCLOUD_ASSUME_ROLE_') && !known.flat().includes(name),
  );
  if (other === undefined) return;
  throw new ConfigError(`${other} is not supported here: a role is set with ${known.map(([ours]) => ours).join(', ')}`);
}

/** Reads a setting that has two names. Two different values are refused. */
function readEither<Part extends keyof typeof ROLE>(part: Part, env: NodeJS.ProcessEnv) {
  const [variable, another] = variablesOf(part).filter((name) => env[name]);
  if (variable === undefined) return undefined;
  if (another !== undefined && env[another] !== env[variable]) {
    throw new ConfigError(`${variable} and ${another} mean the same, and differ: leave one of them out`);
  }
  const { [variable]: value } = readVariables({ [variable]: ROLE[part] }, env);
  return { variable, value };
}
