import { execFile } from 'node:child_process';
import process from 'node:process';

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end, whatever that is. */
export function end(
  cwd: string,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  timeoutMs = 300_000,
): Promise<Ended> {
  const shell = process.platform === 'win32';
  const options = { cwd, shell, env: { ...process.env, ...env }, timeout: timeoutMs, maxBuffer: 64 * 1024 ** 2 };
  return new Promise((resolve) => {
    execFile(command, [...args], options, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Runs a command that must succeed; gives back what it printed. */
export async function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<string> {
  const { code, stdout, stderr } = await end(cwd, command, args, env);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code} in ${cwd}\n${stdout}${stderr}`);
  return stdout;
}

export function npm(cwd: string, ...args: string[]): Promise<string> {
  return run(cwd, 'npm', args);
}
