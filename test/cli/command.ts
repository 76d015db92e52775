import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { until } from '../support/waits.js';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built `redis-task` in a pipe, in an environment that holds nothing but what a test gives it. */
export class Command {
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;

  constructor(args: readonly (string | number)[], env: Readonly<Record<string, string>> = {}) {
    const home = mkdtempSync(path.join(tmpdir(), 'redis-task-cli-'));
    const cache = process.env['XDG_CACHE_HOME'] ?? path.join(process.env['HOME'] ?? '', '.cache');
    this.child = spawn(process.execPath, ['lib/cli/main.js', ...args.map(String)], {
      env: { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: cache, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = once(this.child, 'close').then(([code]) => {
      rmSync(home, { recursive: true, force: true });
      return { code: code as number | null, stdout: this.stdout, stderr: this.stderr };
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves when stderr holds this; rejects when the command ends without. */
  async says(text: string): Promise<void> {
    await until(
      () => {
        if (this.child.exitCode !== null && !this.stderr.includes(text)) {
          throw new Error(`Ended with ${this.child.exitCode}, without "${text}": ${this.stderr}`);
        }
        return Promise.resolve(this.stderr.includes(text));
      },
      (said) => said,
    );
  }
}

/** Every line of stdout as JSON: throws when one is something else. */
export function jsonLines({ stdout }: Pick<Ended, 'stdout'>): Readonly<Record<string, unknown>>[] {
  expect(stdout === '' || stdout.endsWith('\n')).toBe(true);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}
