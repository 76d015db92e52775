import { execFile } from 'node:child_process';

/** An environment without the variables of Tencent Cloud: other people's programs must not see the keys. */
export function withoutKeys(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^TENCENTCLOUD_/i.test(name)));
}

/**
 * Runs a command without the cloud's keys and returns its stdout. Fails with the last line of its stderr.
 *
 * @param cwd - a folder of our own, so that the command picks up no file from the caller's
 */
export function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
  cwd: string,
): Promise<string> {
  const options = { cwd, env: withoutKeys(env), timeout: timeoutMs, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve, reject) => {
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (error.killed) reject(new Error(`${command} did not finish within ${timeoutMs / 1000} s`));
      else if (error.code === 'ENOENT') reject(new Error(`${command} is not installed`));
      else reject(new Error(stderr.trim().split('\n').at(-1) || error.message));
    });
  });
}
