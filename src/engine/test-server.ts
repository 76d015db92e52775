import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { find } from './find.js';
import { testServer } from './programs.js';
import { keyNames } from './without-keys.js';

/** A time-skipping server that runs, with the environment that skips its time. */
export interface TestServer {
  readonly env: TestWorkflowEnvironment;
  /** `host:port` for a Temporal client. A client that is not `env.client` does not skip time. */
  readonly address: string;
  /** Ends the server. */
  stop(): Promise<void>;
}

/**
 * Starts a server on which hours pass in milliseconds, fetching it first where it is missing. Time is one for the whole
 * server, so give each test file its own: it starts in a fifth of a second.
 */
export async function startTestServer(): Promise<TestServer> {
  const file = await find(testServer);
  // An optional peer: only those who test with skipped time have it.
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const env = await startWithoutKeys(file, (path) =>
    TestWorkflowEnvironment.createTimeSkipping({ server: { executable: { type: 'existing-path', path } } }),
  );
  return { env, address: env.address, stop: () => env.teardown() };
}

/**
 * Lets the SDK start a program without the keys of the cloud. It hands its own environment on, and there is nothing to
 * tell it otherwise: so it starts a script that drops them and becomes the program. (Windows has no such scripts.)
 */
async function startWithoutKeys<T>(program: string, start: (executable: string) => Promise<T>): Promise<T> {
  const names = keyNames(process.env).filter((name) => /^\w+$/.test(name));
  if (names.length === 0 || process.platform === 'win32') return start(program);
  const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-engine-'));
  try {
    const script = path.join(folder, path.basename(program));
    const quoted = `'${program.replaceAll("'", String.raw`'\''`)}'`;
    await writeFile(script, `#!/bin/sh\nunset ${names.join(' ')}\nexec ${quoted} "$@"\n`);
    await chmod(script, 0o700);
    return await start(script);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
