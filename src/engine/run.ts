import { execFile } from 'node:child_process';
import { withoutKeys } from './without-keys.js';

/** What a finished command printed. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end, without the keys of the cloud. A failure is an error whose message is one line: the command,
 * and the last thing it said.
 *
 * @param cwd - a folder of our own, where nobody else can have left something for the command to find
 */
export function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
  cwd: string,
): Promise<Output> {
  const options = { cwd, env: withoutKeys(env), timeout: timeoutMs, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) resolve({ stdout, stderr });
      else if (error.killed) reject(new Error(`${command} did not finish within ${timeoutMs / 1000} s`));
      else if (error.code === 'ENOENT') reject(new Error(`${command} is not installed`));
      else reject(new Error(`${command}: ${lastLine(stderr) ?? error.message}`));
    });
  });
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1) || undefined;
}
