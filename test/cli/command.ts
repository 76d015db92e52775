import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { jest } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { COMMANDS, type Commands } from '../../src/cli/commands.js';
import type { Host } from '../../src/cli/host.js';
import { run } from '../../src/cli/run.js';
import type { RedisTaskClient } from '../../src/client/index.js';
import { type RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { eventually, Process } from '../support/processes.js';
import { REGION, until, type Waits } from '../support/waits.js';

/** Loaded before the tests: jest refuses to import anything once one of several concurrent tests has ended. */
const LOADED: Record<string, unknown> = {};
for (const [name, load] of Object.entries(COMMANDS)) {
  const command = await load();
  LOADED[name] = () => Promise.resolve(command);
}

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Arguments = readonly (string | number)[];
type Settings = Readonly<Record<string, string>>;

// Those of a command stay open until its process ends, and here the process is that of the tests.
const connections = jest.spyOn(Connection, 'connect').mock.results;
afterAll(async () => {
  const opened = await Promise.allSettled(connections.map(({ value }) => value as Promise<Connection>));
  for (const each of opened) if (each.status === 'fulfilled') await each.value.close();
});

/**
 * `redis-task` in a pipe, in an environment that holds nothing but what a test gives it. It runs in the process of the
 * test: a process of its own takes half a second of a processor to load.
 */
export class Command {
  readonly ended: Promise<Ended>;
  private readonly host: ReturnType<typeof hostOf>;
  private stdout = '';
  private stderr = '';
  private isRunning = true;

  /** @param isTerminal - as a person sees it, on stdout */
  constructor(args: Arguments, env: Settings = {}, isTerminal = false) {
    const home = newHome();
    const stdout = Object.assign(
      writesTo((text) => (this.stdout += text)),
      { isTTY: isTerminal },
    );
    const stderr = writesTo((text) => (this.stderr += text));
    this.host = hostOf({ HOME: home, ...env }, stdout, stderr);
    this.ended = run(args.map(String), this.host, LOADED as Commands).then((code) => {
      this.isRunning = false;
      rmSync(home, { recursive: true });
      return { code, stdout: this.stdout, stderr: this.stderr };
    });
  }

  /** As if the process had got a signal. */
  signal(signal: NodeJS.Signals): void {
    this.host.emit(signal);
  }

  /** Resolves when stderr holds this; rejects when the command ends without. */
  says(text: string): Promise<void> {
    return eventually(() => {
      if (!this.isRunning && !this.stderr.includes(text)) throw new Error(`Ended without "${text}": ${this.stderr}`);
      return this.stderr.includes(text);
    });
  }
}

/** The built `redis-task` in a process of its own, for what only a process has: signals, an exit code, other processes. */
export class CommandProcess extends Process {
  readonly ended: Promise<Ended>;

  constructor(args: Arguments, env: Settings = {}) {
    const home = newHome();
    const cache = process.env['XDG_CACHE_HOME'] ?? path.join(process.env['HOME'] ?? '', '.cache');
    super([process.execPath, 'lib/cli/main.js', ...args.map(String)], {
      env: { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: cache, ...env },
    });
    this.ended = this.end.then(({ code }) => {
      rmSync(home, { recursive: true, force: true });
      return { code, stdout: this.stdout, stderr: this.stderr };
    });
  }
}

/** In place of the process: a pipe. */
export function hostOf(env: Settings = {}, stdout = writesTo(() => undefined), stderr = stdout) {
  const signals = new EventEmitter();
  return {
    env,
    stdin: new PassThrough(),
    stdout,
    stderr,
    on: (signal, listener) => signals.on(signal, listener),
    off: (signal, listener) => signals.off(signal, listener),
    emit: (signal: NodeJS.Signals) => signals.emit(signal),
  } satisfies Host & { emit: unknown };
}

function newHome(): string {
  return mkdtempSync(path.join(tmpdir(), 'redis-task-cli-'));
}

function writesTo(write: (text: string) => unknown): Writable {
  return new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      write(text);
      done();
    },
  });
}

/** The settings of a command for the waits on a queue of the test's server. */
export function settingsFor(taskQueue: string): Record<string, string> {
  return {
    TEMPORAL_ADDRESS: process.env['TEST_DEV_SERVER_ADDRESS'] ?? '',
    TENCENTCLOUD_REGION: REGION,
    REDIS_TASK_QUEUE: taskQueue,
  };
}

/** The settings with which a command calls the API itself. */
export function apiSettings(
  api: RedisApiSimulator,
  secretKey = SIMULATOR_CREDENTIAL.secretKey,
): Record<string, string> {
  return {
    TENCENTCLOUD_REDIS_ENDPOINT: api.url,
    TENCENTCLOUD_SECRET_ID: SIMULATOR_CREDENTIAL.secretId,
    TENCENTCLOUD_SECRET_KEY: secretKey,
  };
}

/** A task that goes on, and a wait for it that is known to have seen it. */
export async function runningWait(waits: Waits, client: RedisTaskClient): Promise<number> {
  const taskId = waits.addTask({ status: 'running', forMs: 600_000 }, { status: 'succeed' });
  await client.start({ taskId, region: REGION });
  await until(
    () => client.state({ taskId, region: REGION }).catch(() => undefined),
    (state) => state?.status === 'running',
  );
  return taskId;
}

/** A pipeline whose child waits, has polled once and pauses. */
export async function pipelineWait(waits: Waits, client: RedisTaskClient, taskId: number): Promise<string> {
  const input = { taskId, region: REGION, maxWait: '1h', polling: { initialInterval: '1h' } };
  const { workflowId } = await waits.startWorkflow('childParent', [input, { taskQueue: waits.taskQueue }]);
  const child = `${workflowId}/${waits.taskQueue}/${REGION}/${taskId}`;
  await until(
    () => client.find({ taskId, region: REGION }),
    (found) => found.some((each) => each.workflowId === child),
  );
  await until(
    () => client.state({ workflowId: child }).catch(() => undefined),
    (state) => state?.polls === 1 && state.nextPollAt !== null,
  );
  return child;
}

/** Every line of stdout as JSON: throws when one is something else. */
export function jsonLines({ stdout }: Pick<Ended, 'stdout'>): Readonly<Record<string, unknown>>[] {
  expect(stdout === '' || stdout.endsWith('\n')).toBe(true);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}
