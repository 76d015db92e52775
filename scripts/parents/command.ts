import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** A program of a parent's own language, and where it runs. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/** A program that was started. */
export interface Running {
  /** Rejects when it cannot be started, or ends otherwise than well, with the end of its log. */
  readonly ended: Promise<void>;
  /** SIGTERM, and SIGKILL for one that does not heed it; waits until it is gone. */
  stop(): Promise<void>;
}

const HEED_MS = 10_000;

/** Starts a program. Settings of the caller's own workers do not reach it. */
export function start({ program, args, cwd }: Command, logFile: string, env: Record<string, string> = {}): Running {
  const own = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL|TENCENTCLOUD|REDIS_TASK)_/.test(name));
  const child = spawn(program, args, {
    cwd,
    env: { ...Object.fromEntries(own), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: what the program starts in turn ends with it.
    detached: true,
  });
  // Should this process end without stopping it.
  const kill = () => child.pid !== undefined && signalGroup(child.pid, 'SIGKILL');
  process.once('exit', kill);
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const gone = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? code}`));
  }).then(async (problem) => {
    process.off('exit', kill);
    await new Promise((resolve) => log.end(resolve));
    return problem;
  });
  const ended = gone.then(async (problem) => {
    if (problem === undefined) return;
    throw new Error(`${[program, ...args].join(' ')}: ${problem}\n${await endOf(logFile)}`);
  });
  // Whoever wants to know asks for `ended`; to be stopped is no failure that somebody has to catch.
  ended.catch(() => undefined);
  return {
    ended,
    async stop() {
      if (child.pid === undefined) return;
      signalGroup(child.pid, 'SIGTERM');
      const force = setTimeout(signalGroup, HEED_MS, child.pid, 'SIGKILL');
      await gone;
      clearTimeout(force);
    },
  };
}

/** Runs a program to its end, which has to come in time. */
export async function run(command: Command, logFile: string, timeoutMs: number): Promise<void> {
  const running = start(command, logFile);
  const late = new AbortController();
  late.signal.addEventListener('abort', () => void running.stop());
  const timer = setTimeout(() => late.abort(), timeoutMs);
  try {
    await running.ended;
  } catch (error) {
    throw late.signal.aborted
      ? new Error(`${command.program} took longer than ${timeoutMs / 1_000} s`, { cause: error })
      : error;
  } finally {
    clearTimeout(timer);
  }
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

async function endOf(logFile: string): Promise<string> {
  const text = await readFile(logFile, 'utf8').catch(() => '');
  return text.split('\n').slice(-30).join('\n');
}
