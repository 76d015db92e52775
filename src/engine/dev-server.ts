import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Connection } from '@temporalio/client';
import getPort, { clearLockedPorts } from 'get-port';
import pRetry from 'p-retry';
import { findTemporalCli } from './find.js';
import { withoutKeys } from './run.js';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 30_000;

type ServerProcess = ChildProcessByStdio<null, Readable, Readable>;

/** How to start a dev server. By default it runs in memory, on free ports, without a UI. */
export interface DevServerOptions {
  /** @default 'default', which always exists as well */
  readonly namespace?: string;
  /** Preferred port; if it is taken, a free one. @default a free one */
  readonly port?: number;
  /** Whether to serve Temporal UI. @default false */
  readonly ui?: boolean;
  /** Preferred port of the UI. @default a free one */
  readonly uiPort?: number;
  /** SQLite file that keeps the state after the server stops. @default in memory */
  readonly dbFilename?: string;
  /** More arguments of `temporal server start-dev`, such as `['--search-attribute', 'Name=Keyword']`. */
  readonly extraArgs?: readonly string[];
}

/** A running dev server whose namespace is ready. */
export interface DevServer {
  /** `host:port` for a Temporal client. */
  readonly address: string;
  readonly namespace: string;
  /** The address of Temporal UI, with `ui: true`. */
  readonly uiUrl?: string;
  readonly pid: number;
  /** Stops the server and waits until it is gone. May be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts Temporal's dev server, downloading the CLI if needed. The server also ends when this process exits, but not
 * when this process is killed by a signal.
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const executable = await findTemporalCli();
  // Another process may take a port between the check and the start. Of its inner ports the server says nothing (seen once).
  return pRetry(() => start(executable, options), {
    retries: 2,
    minTimeout: 0,
    shouldRetry: ({ error }) => /address already in use|it printed nothing/.test(error.message),
  });
}

async function start(executable: string, options: DevServerOptions): Promise<DevServer> {
  const { namespace = 'default', ui = false, dbFilename, extraArgs = [] } = options;
  // get-port refuses a port that it gave out recently, even when that server has been stopped.
  clearLockedPorts();
  const port = await getPort({ host: HOST, port: options.port ?? 0 });
  const uiPort = await getPort({ host: HOST, port: options.uiPort ?? 0 });
  const args = [
    ...['server', 'start-dev', '--ip', HOST, '--port', String(port), '--namespace', namespace, '--log-level', 'error'],
    ...(ui ? ['--ui-port', String(uiPort)] : ['--headless']),
    ...(dbFilename === undefined ? [] : ['--db-filename', dbFilename]),
    ...extraArgs,
  ];
  const child = spawn(executable, args, { env: withoutKeys(process.env), stdio: ['ignore', 'pipe', 'pipe'] });
  const killChild = () => child.kill('SIGKILL');
  process.once('exit', killChild);
  child.once('close', () => process.removeListener('exit', killChild));
  // An orderly shutdown takes a second, and SQLite does not need it.
  const stop = async () => {
    if (child.kill('SIGKILL')) await once(child, 'close');
  };
  const address = `${HOST}:${port}`;
  try {
    await untilReady(child, address, namespace);
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, namespace, ...(ui && { uiUrl: `http://${HOST}:${uiPort}` }), pid: child.pid ?? 0, stop };
}

/** Resolves when the server answers; fails when it ends before that or takes too long. */
async function untilReady(child: ServerProcess, address: string, namespace: string): Promise<void> {
  const { spawnfile, stdout, stderr } = child;
  const failure = new AbortController();
  const fail = (reason: string) => failure.abort(new Error(`${spawnfile} ${reason}`));
  const late = setTimeout(() => fail(`did not answer on ${address} in ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
  let complaint = '';
  stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(0, 1_000)));
  child.once('error', (error) => fail(error.message));
  // 'close' comes after the last output, unlike 'exit'.
  child.once('close', (code, signal) => {
    fail(`ended (${signal ?? `exit code ${String(code)}`}): ${complaint.trim() || 'it printed nothing'}`);
  });
  const connection = Connection.lazy({ address });
  const describe = () => connection.workflowService.describeNamespace({ namespace });
  const attempt = () => connection.withDeadline(Date.now() + 2_000, describe);
  try {
    // Wait for the banner first: if another server has taken the port meanwhile, that one would answer.
    const lines = on(createInterface(stdout), 'line', { signal: failure.signal }) as AsyncIterable<[string]>;
    for await (const [line] of lines) if (/\bServer:/.test(line)) break;
    await pRetry(attempt, { retries: Infinity, minTimeout: 50, factor: 1, signal: failure.signal });
  } catch (error) {
    failure.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(late);
    await connection.close();
  }
}
