import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually, Process } from '../support/processes.js';
import { REGION } from '../support/waits.js';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built `redis-task` in a pipe, in an environment that holds nothing but what a test gives it. */
export class Command extends Process {
  readonly ended: Promise<Ended>;

  constructor(args: readonly (string | number)[], env: Readonly<Record<string, string>> = {}) {
    const home = mkdtempSync(path.join(tmpdir(), 'redis-task-cli-'));
    const cache = process.env['XDG_CACHE_HOME'] ?? path.join(process.env['HOME'] ?? '', '.cache');
    super([process.execPath, 'lib/cli/main.js', ...args.map(String)], {
      env: { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: cache, ...env },
    });
    this.ended = this.end.then(({ code }) => {
      rmSync(home, { recursive: true, force: true });
      return { code, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** Resolves when stderr holds this; rejects when the command ends without. */
  says(text: string): Promise<void> {
    return eventually(() => {
      if (!this.isRunning && !this.stderr.includes(text)) throw new Error(`Ended without "${text}": ${this.stderr}`);
      return this.stderr.includes(text);
    });
  }
}

/** The settings of a command for the waits on a queue of the test's server. */
export function settingsFor(taskQueue: string): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: process.env['TEST_DEV_SERVER_ADDRESS'] ?? '',
    TENCENTCLOUD_REGION: REGION,
    REDIS_TASK_QUEUE: taskQueue,
  };
}

/** Every line of stdout as JSON: throws when one is something else. */
export function jsonLines({ stdout }: Pick<Ended, 'stdout'>): Readonly<Record<string, unknown>>[] {
  expect(stdout === '' || stdout.endsWith('\n')).toBe(true);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}
