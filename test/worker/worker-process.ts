import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';

/** How a worker process ended. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One entry of the worker's log in JSON. */
export interface LogLine {
  readonly time: string;
  readonly level: string;
  readonly message: string;
  readonly reason?: string;
}

/** The built worker as an operator runs it, in an environment that holds nothing but what a test gives it. */
export class WorkerProcess {
  readonly end: Promise<WorkerEnd>;
  stdout = '';
  stderr = '';
  private readonly child;

  /** @param command - the program and its arguments; with `npm start` the process leads a group of its own */
  constructor(env: Readonly<Record<string, string>> = {}, command: 'node' | 'npm start' = 'node') {
    const home = mkdtempSync(path.join(tmpdir(), 'redis-task-worker-'));
    const [program, args] = command === 'node' ? [process.execPath, ['lib/worker.js']] : ['npm', ['start']];
    this.child = spawn(program, args, {
      env: { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: home, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: command === 'npm start',
    });
    this.child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.end = once(this.child, 'close').then(([code, signal]) => {
      rmSync(home, { recursive: true, force: true });
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  get output(): string {
    return this.stdout + this.stderr;
  }

  get log(): LogLine[] {
    const lines = this.stderr.split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as LogLine);
  }

  private get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  signalGroup(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined && this.isRunning) process.kill(-this.child.pid, signal);
  }

  /** Resolves when the worker has printed this; rejects when it ends without. */
  async prints(text: string): Promise<void> {
    await eventually(() => {
      if (!this.isRunning) throw new Error(`The worker has ended: ${this.output}`);
      return Promise.resolve(this.output.includes(text));
    });
  }

  /** For the end of a test, passed or not. */
  async kill(): Promise<void> {
    if (this.isRunning) {
      if (this.child.spawnargs[0] === 'npm') this.signalGroup('SIGKILL');
      else this.signal('SIGKILL');
    }
    await this.end;
  }
}

/** Settings with which a worker starts: credentials, an endpoint where nobody listens, and no health pages. */
export const GOOD_SETTINGS: Readonly<Record<string, string>> = {
  TEMPORAL_ADDRESS: '127.0.0.1:1',
  TENCENTCLOUD_SECRET_ID: SIMULATOR_CREDENTIAL.secretId,
  TENCENTCLOUD_SECRET_KEY: SIMULATOR_CREDENTIAL.secretKey,
  TENCENTCLOUD_REDIS_ENDPOINT: 'http://127.0.0.1:1',
  REDIS_TASK_HTTP: 'off',
};

/** The HTTP status of a page, 0 when nobody answers. */
export async function statusOf(address: string, page: string): Promise<number> {
  const answer = await fetch(`http://${address}${page}`).catch(() => undefined);
  return answer?.status ?? 0;
}

/** Waits until something holds; the test's own time limit ends it. */
export async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

/** `host:port` where nobody listens at the moment. */
export async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port');
  return `127.0.0.1:${address.port}`;
}
