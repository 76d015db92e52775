import { readFileSync } from 'node:fs';
import path from 'node:path';

/** A secret that a change asks for is not there. Its message names it, and no value. */
export class SecretUnavailableError extends Error {
  override readonly name = 'SecretUnavailableError';
}

/**
 * Reads a secret from its file, anew each time: a mounted one is rotated. A line break at its end is not part of it.
 *
 * @param folder - undefined: this worker has none
 * @param name - of the file, which the rules of the input have checked to be no path
 * @throws SecretUnavailableError
 */
export function readSecret(folder: string | undefined, name: string): string {
  if (folder === undefined) {
    throw new SecretUnavailableError(
      `This worker has no secrets: set REDIS_TASK_SECRETS to the folder that has ${name}.`,
    );
  }
  try {
    const secret = readFileSync(path.join(folder, name), 'utf8').replace(/\r?\n$/, '');
    if (secret !== '') return secret;
  } catch {
    // Of what is wrong with the file, its name says enough.
  }
  throw new SecretUnavailableError(`There is no secret ${name} in the folder that REDIS_TASK_SECRETS names.`);
}
