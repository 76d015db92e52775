/**
 * A setting that cannot be used. The message is one line that names the variable and contains no secret.
 *
 * @example
 * ```ts
 * try {
 *   await runRedisTaskWorker();
 * } catch (error) {
 *   if (!(error instanceof ConfigError)) throw error;
 *   console.error(error.message);
 *   process.exitCode = 1;
 * }
 * ```
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(message: string) {
    super(message.replace(/\s+/g, ' ').trim());
  }
}
