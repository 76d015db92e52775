import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ComposeModel } from './compose-file.js';
import { goProgram } from './go.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The Compose Specification's reference implementation, which Docker Compose itself reads its files with. */
const COMPOSE_GO = { module: 'github.com/compose-spec/compose-go/v2', version: '2.16.2' };

/**
 * Reads a compose file as Docker Compose does: against the specification's schema, with variables filled in.
 *
 * @param env - the variables for `${…}` and for names without a value; nothing else of the environment reaches the file
 * @throws Error with the specification's complaint
 */
export async function loadCompose(file: string, env: Readonly<Record<string, string>> = {}): Promise<ComposeModel> {
  const program = await goProgram({ ...COMPOSE_GO, command: 'cmd', as: 'compose-spec' });
  const options = { cwd: path.dirname(file), env: { PATH: process.env['PATH'], HOME: homedir(), ...env } };
  const { stdout } = await promisify(execFile)(program, ['--format', 'json', file], options);
  return JSON.parse(stdout) as ComposeModel;
}
