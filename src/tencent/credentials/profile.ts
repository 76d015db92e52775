import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { parse } from 'ini';
import { field } from '../json.js';
import type { CredentialSource, TencentCredential } from './provider.js';

/** The bits of a file's mode that let its group or everybody in. */
const OTHERS = 0o077;

/**
 * Credentials from a profile file in Tencent's INI format: `[default]` with `secret_id`, `secret_key` and, for a
 * temporary key, `token`. The file is read at every call, so a rewritten one takes effect at the next poll.
 *
 * `TENCENTCLOUD_CREDENTIALS_FILE` names the file (default `~/.tencentcloud/credentials`, then
 * `/etc/tencentcloud/credentials`), `TENCENTCLOUD_PROFILE` the section (default `default`).
 *
 * @param warn - told once when others than the file's owner can read it
 */
export function profileCredentials(env: NodeJS.ProcessEnv, warn?: (message: string) => void): CredentialSource {
  const named = env['TENCENTCLOUD_CREDENTIALS_FILE'];
  const profile = env['TENCENTCLOUD_PROFILE'] || 'default';
  const files = named
    ? [named]
    : [path.join(env['HOME'] || homedir(), '.tencentcloud', 'credentials'), '/etc/tencentcloud/credentials'];
  let warned = false;
  const checkMode = (file: string, mode: number): void => {
    if (warned || (mode & OTHERS) === 0 || process.platform === 'win32') return;
    warned = true;
    const octal = (mode & 0o777).toString(8);
    warn?.(`The credentials file ${file} is open to others than its owner (mode ${octal}): chmod 600 closes it`);
  };
  return {
    lookedFor: `profile [${profile}] in ${files.join(' or ')}`,
    async find() {
      for (const file of files) {
        const found = await readIfThere(file);
        if (!found) continue;
        checkMode(file, found.mode);
        return credentialIn(found.text, file, profile);
      }
      if (named) throw new Error(`TENCENTCLOUD_CREDENTIALS_FILE: there is no file ${named}`);
      if (env['TENCENTCLOUD_PROFILE']) {
        throw new Error(`TENCENTCLOUD_PROFILE: no file with profile [${profile}]; looked for ${files.join(' and ')}`);
      }
      return undefined;
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

/** The errors here name fields, never what stands in them. */
function credentialIn(text: string, file: string, profile: string): TencentCredential {
  // The parser takes a dot in a section's name for nesting.
  const section = profile.split('.').reduce<unknown>((outer, name) => field(outer, name), parse(text));
  if (typeof section !== 'object' || section === null) {
    throw new Error(`TENCENTCLOUD_PROFILE: the credentials file ${file} has no profile [${profile}]`);
  }
  const textOf = (name: string): string | undefined => {
    const value = field(section, name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [secretId, secretKey, token] = [textOf('secret_id'), textOf('secret_key'), textOf('token')];
  if (!secretId || !secretKey) {
    const missing = secretId ? 'secret_key' : 'secret_id';
    throw new Error(`The credentials file ${file} has no ${missing} in profile [${profile}]`);
  }
  return { secretId, secretKey, ...(token && { token }) };
}
