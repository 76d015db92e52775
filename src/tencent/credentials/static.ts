import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { parse } from 'ini';
import { field, textField } from '../json.js';
import { checkKeyText } from './key-text.js';
import type { CredentialSource, TencentCredential } from './provider.js';

/** As Tencent's SDKs, its CLI and its Terraform provider call the token of a temporary key. */
const TOKEN_VARIABLES = ['TENCENTCLOUD_TOKEN', 'TENCENTCLOUD_SESSION_TOKEN', 'TENCENTCLOUD_SECURITY_TOKEN'];

/** Credentials from `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY` and one of three variables for a token. */
export function environmentCredentials(env: NodeJS.ProcessEnv): CredentialSource {
  return {
    lookedFor: 'TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY in the environment',
    // In a promise, so that half a key is a rejection, like a broken file.
    find: () => Promise.resolve(env).then(readKey),
  };
}

function readKey(env: NodeJS.ProcessEnv): TencentCredential | undefined {
  const { TENCENTCLOUD_SECRET_ID: secretId, TENCENTCLOUD_SECRET_KEY: secretKey } = env;
  if (!secretId && !secretKey) return undefined;
  if (!secretId) throw new Error('TENCENTCLOUD_SECRET_ID is missing, while TENCENTCLOUD_SECRET_KEY is set');
  if (!secretKey) throw new Error('TENCENTCLOUD_SECRET_KEY is missing, while TENCENTCLOUD_SECRET_ID is set');
  const tokenVariable = TOKEN_VARIABLES.find((name) => env[name]) ?? '';
  return checkedKey([
    ['TENCENTCLOUD_SECRET_ID', secretId],
    ['TENCENTCLOUD_SECRET_KEY', secretKey],
    [tokenVariable, env[tokenVariable]],
  ]);
}

/** A key of these texts, each with its name for messages. */
function checkedKey(
  parts: readonly [[string, string], [string, string], [string, string | null | undefined]],
): TencentCredential {
  for (const [name, text] of parts) checkKeyText(name, text ?? '');
  const [[, secretId], [, secretKey], [, token]] = parts;
  return { secretId, secretKey, ...(token && { token }) };
}

/** The mode bits of a file's group and of everybody else. */
const OTHERS = 0o077;

/**
 * Credentials from a profile file in Tencent's INI format: `[default]` with `secret_id`, `secret_key` and, for a
 * temporary key, `token`. The file is read for every call, so changes take effect at the next poll.
 *
 * `TENCENTCLOUD_CREDENTIALS_FILE` names the file (default `~/.tencentcloud/credentials`, then
 * `/etc/tencentcloud/credentials`), `TENCENTCLOUD_PROFILE` the section (default `default`).
 *
 * @param warn - called once if the file is accessible to users other than its owner
 */
export function profileCredentials(env: NodeJS.ProcessEnv, warn?: (message: string) => void): CredentialSource {
  const named = env['TENCENTCLOUD_CREDENTIALS_FILE'];
  const profile = env['TENCENTCLOUD_PROFILE'] || 'default';
  const files = named
    ? [named]
    : [path.join(env['HOME'] || homedir(), '.tencentcloud', 'credentials'), '/etc/tencentcloud/credentials'];
  let warned = process.platform === 'win32';
  return {
    lookedFor: `profile [${profile}] in ${files.join(' or ')}`,
    async find() {
      for (const file of files) {
        const found = await readIfThere(file);
        if (!found) continue;
        if (!warned && (found.mode & OTHERS) !== 0) {
          warned = true;
          const mode = (found.mode & 0o777).toString(8);
          warn?.(
            `The credentials file ${file} is accessible to users other than its owner (mode ${mode}): run chmod 600 on it`,
          );
        }
        return readProfile(found.text, file, profile);
      }
      if (named) throw new Error(`TENCENTCLOUD_CREDENTIALS_FILE: there is no file ${named}`);
      if (!env['TENCENTCLOUD_PROFILE']) return undefined;
      throw new Error(`TENCENTCLOUD_PROFILE: no file with profile [${profile}]; looked for ${files.join(' and ')}`);
    },
  };
}

async function readIfThere(file: string): Promise<{ text: string; mode: number } | undefined> {
  try {
    const [text, { mode }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return { text, mode };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Error(`The credentials file ${file} cannot be read (${code ?? 'unknown error'})`, { cause: error });
  }
}

/** Errors name fields, never their values. */
function readProfile(text: string, file: string, profile: string): TencentCredential {
  // The parser takes a byte order mark for a part of the first name, and nests sections at each dot of theirs.
  const section = profile.split('.').reduce<unknown>(field, parse(text.replace(/^\uFEFF/, '')));
  if (typeof section !== 'object' || section === null) {
    throw new Error(`TENCENTCLOUD_PROFILE: the credentials file ${file} has no profile [${profile}]`);
  }
  const secretId = textField(section, 'secret_id');
  const secretKey = textField(section, 'secret_key');
  if (!secretId || !secretKey) {
    const missing = secretId ? 'secret_key' : 'secret_id';
    throw new Error(`The credentials file ${file} has no ${missing} in profile [${profile}]`);
  }
  const inFile = (name: string) => `${name} in profile [${profile}] of the credentials file ${file}`;
  return checkedKey([
    [inFile('secret_id'), secretId],
    [inFile('secret_key'), secretKey],
    [inFile('token'), textField(section, 'token')],
  ]);
}
