/** A setting that cannot be used. The message is one line that names the variable and contains no secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(message: string) {
    super(message.replace(/\s+/g, ' ').trim());
  }
}
