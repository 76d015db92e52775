import { Process } from '../../test/support/processes.js';

/** A program of a parent's own language, and where it runs. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: Record<string, string>;
}

/** Starts a program. Settings of the caller's own workers do not reach it. */
export function start({ program, args, cwd }: Command, logFile: string, env: Record<string, string> = {}): Process {
  const own = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL|TENCENTCLOUD|REDIS_TASK)_/.test(name));
  return new Process([program, ...args], { cwd, env: { ...Object.fromEntries(own), ...env }, logFile, group: true });
}

/** Runs a program to its end, which has to come in time. */
export async function run(command: Command, logFile: string, timeoutMs: number): Promise<void> {
  const running = start(command, logFile, command.env);
  const timer = setTimeout(() => void running.kill(), timeoutMs);
  await endWell(running).finally(() => clearTimeout(timer));
}

/** Waits for a program to end. @throws Error with the last lines of its output when it ends in any way but well */
export async function endWell(running: Process): Promise<void> {
  const { code, signal } = await running.end;
  if (code === 0) return;
  const last = running.output.split('\n').slice(-30).join('\n');
  throw new Error(`${running.command.join(' ')} ended with ${signal ?? String(code)}\n${last}`);
}
