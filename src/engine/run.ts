import { execFile } from 'node:child_process';

/** What a finished command printed. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. A failure is an error whose message is one line: the command, and the last thing it said. */
export function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
): Promise<Output> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { env, timeout: timeoutMs, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
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
