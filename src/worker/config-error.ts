/** A setting that cannot be used. The message is one line that names it, and never holds a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(message: string) {
    super(message.replace(/\s+/g, ' ').trim());
  }
}

/** What a check has to say about a setting, as its variable's name and a sentence. */
export function configError(variable: string, reason: unknown): ConfigError {
  return new ConfigError(`${variable} ${reason instanceof Error ? reason.message : String(reason)}`);
}
