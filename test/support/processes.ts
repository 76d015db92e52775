// Programs that run beside tests and scripts: one way to start them, to read what they print, and to end them.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import getPort from 'get-port';
import { SIMULATOR_CREDENTIAL } from './simulator.js';

const PORTS_OF_A_PROCESS = 2_000;

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProcessOptions {
  /** Its whole environment. @default that of this process */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly cwd?: string | undefined;
  /** A file to which its output is appended. */
  readonly logFile?: string | undefined;
  /** Leads a process group of its own: Ctrl-C does not reach it, and `kill` ends its children too. */
  readonly group?: boolean | undefined;
  /** Runs as another user, which only root may ask for. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

/** One listener for all of them: Node warns of a leak at eleven. */
const endings = new Set<() => void>();
process.once('exit', () => {
  for (const end of endings) end();
});

/** A running program. It is killed when this process exits first. */
export class Process {
  /** Rejects when the program cannot be started. */
  readonly end: Promise<ProcessEnd>;
  stdout = '';
  stderr = '';
  private readonly child;
  private readonly isGroup: boolean;

  constructor(
    readonly command: readonly [program: string, ...args: string[]],
    { env, cwd, logFile, group = false, uid, gid }: ProcessOptions = {},
  ) {
    const [program, ...args] = command;
    this.isGroup = group;
    this.child = spawn(program, args, { env, cwd, uid, gid, stdio: ['ignore', 'pipe', 'pipe'], detached: group });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    if (logFile !== undefined) {
      const log = createWriteStream(logFile, { flags: 'a' });
      for (const stream of [this.child.stdout, this.child.stderr]) stream.pipe(log, { end: false });
      this.child.once('close', () => log.end());
    }
    const kill = () => this.forceEnd();
    endings.add(kill);
    this.end = once(this.child, 'close')
      .then(([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null }))
      .finally(() => endings.delete(kill));
    this.end.catch(() => undefined);
  }

  get output(): string {
    return this.stdout + this.stderr;
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  signalGroup(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined && this.isRunning) process.kill(-this.child.pid, signal);
  }

  /** Resolves when it has printed this; rejects when it ends without. */
  prints(text: string): Promise<void> {
    return eventually(() => {
      if (!this.isRunning && !this.output.includes(text)) throw this.endedWithout(`"${text}"`);
      return this.output.includes(text);
    });
  }

  /** Resolves when this has happened; rejects when the program ends before. */
  during<T>(event: Promise<T>): Promise<T> {
    return Promise.race([event, this.end.then(() => Promise.reject(this.endedWithout('what was waited for')))]);
  }

  private endedWithout(what: string): Error {
    return new Error(`${this.command.join(' ')} ended without ${what}: ${this.output}`);
  }

  /** SIGKILL, whether the test has passed or not. */
  async kill(): Promise<void> {
    this.forceEnd();
    await this.end;
  }

  private forceEnd(): void {
    if (!this.isRunning) return;
    if (this.isGroup) this.signalGroup('SIGKILL');
    else this.signal('SIGKILL');
  }
}

/** One line of a worker's log. */
export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly message: string;
  readonly reason?: string;
  readonly workflowId?: string;
  readonly sdkComponent?: string;
}

/** Settings with which a worker starts: credentials, an endpoint where nobody listens, and no health pages. */
export const GOOD_SETTINGS: Readonly<Record<string, string>> = {
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  TENCENTCLOUD_SECRET_ID: SIMULATOR_CREDENTIAL.secretId,
  TENCENTCLOUD_SECRET_KEY: SIMULATOR_CREDENTIAL.secretKey,
  TENCENTCLOUD_REDIS_ENDPOINT: 'http://127.0.0.1:1',
  REDIS_TASK_HTTP: 'off',
};

const COMMANDS = {
  node: (lib: string) => [process.execPath, path.join(lib, 'worker.js')],
  'npm start': () => ['npm', 'start'],
} as const satisfies Record<string, (lib: string) => [string, string]>;

/** The built worker as an operator runs it. Its environment holds only the given settings. */
export class WorkerProcess extends Process {
  /** With `npm start` it leads a process group. `lib` is another build than that of the project. */
  constructor(
    settings: Readonly<Record<string, string>> = {},
    command: keyof typeof COMMANDS = 'node',
    { logFile, lib = 'lib' }: Pick<ProcessOptions, 'logFile'> & { readonly lib?: string | undefined } = {},
  ) {
    const home = mkdtempSync(path.join(tmpdir(), 'redis-task-worker-'));
    const env = { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: home, ...settings };
    super(COMMANDS[command](lib), { env, logFile, group: command === 'npm start' });
    void this.end.then(() => rmSync(home, { recursive: true, force: true }));
  }

  get log(): LogLine[] {
    const lines = this.stderr.split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as LogLine);
  }
}

/** Makes Ctrl-C and SIGTERM exit this process, which kills every `Process` and dev server that it started. */
export function exitOnSignals(): void {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}

/** Waits until something holds; the test's own time limit ends it. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

/** The HTTP status of a page, 0 when nobody answers. */
export async function statusOf(address: string, page: string): Promise<number> {
  const answer = await fetch(`http://${address}${page}`).catch(() => undefined);
  return answer?.status ?? 0;
}

/** What a page says, and its status. */
export async function pageOf(address: string, page: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://${address}${page}`);
  return { status: answer.status, text: (await answer.text()).trim() };
}

/**
 * `host:port` where nobody listens, nor will before it is used: a system gives away higher ports by itself, to connections
 * and to servers that take any, and each process of jest has a part of the others.
 */
export async function freeAddress(): Promise<string> {
  const first = 10_000 + PORTS_OF_A_PROCESS * (Number(process.env['JEST_WORKER_ID'] ?? 0) % 11);
  const port = Array.from({ length: 20 }, () => randomInt(first, first + PORTS_OF_A_PROCESS));
  return `127.0.0.1:${await getPort({ host: '127.0.0.1', port })}`;
}
