import { find } from './find.js';
import { freePorts } from './ports.js';
import { temporalCli } from './programs.js';
import { untilReady } from './ready.js';
import { ServerProcess } from './server-process.js';

/** The line with which a dev server introduces itself, once its ports are its own. */
const banner = /\bServer:/;

/** How to start a dev server. Nothing is required: without options it is in memory, on free ports, with no UI. */
export interface DevServerOptions {
  /** @default 'default', which always exists as well */
  namespace?: string;
  /** The address to listen on. @default '127.0.0.1' */
  ip?: string;
  /** Preferred port of the server; when it is taken, a free one. @default a free one */
  port?: number;
  /** Whether to serve Temporal UI. @default true when `uiPort` is given, false otherwise */
  ui?: boolean;
  /** Preferred port of the UI, in the same way. */
  uiPort?: number;
  /** SQLite file to keep the state in, which outlives the server. @default in memory */
  dbFilename?: string;
  /** Further arguments of `temporal server start-dev`, for example `['--search-attribute', 'Name=Keyword']`. */
  extraArgs?: readonly string[];
  /** @default 'error' */
  logLevel?: 'debug' | 'info' | 'warn' | 'error' | 'never';
  /** Receives what the server prints. @default nobody: it is shown only in the error when the server fails to start */
  log?: (text: string) => void;
  /** @default 30 000 */
  startTimeoutMs?: number;
}

/** A dev server that runs, and whose namespace answers. */
export interface DevServer {
  /** `host:port` for a Temporal client. */
  readonly address: string;
  readonly namespace: string;
  /** Where a browser finds Temporal UI; only with `ui`. */
  readonly uiUrl?: string;
  readonly pid: number;
  /** Ends the server and waits until it is gone. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts Temporal's dev server, fetching the CLI first where it is missing. Stop it when done; should this process exit
 * without that, the server goes with it (unless it is killed by a signal, which nothing in a process can outlive).
 */
export async function startDevServer(options: DevServerOptions = {}): Promise<DevServer> {
  const executable = await find(temporalCli);
  for (let attemptsLeft = 2; ; attemptsLeft--) {
    const ports = await freePorts(options.ip ?? '127.0.0.1', options.port, options.uiPort);
    try {
      return await start(executable, ports, options);
    } catch (error) {
      // Someone took a port between the look and the start: look again.
      if (attemptsLeft === 0 || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function start(executable: string, ports: [number, number], options: DevServerOptions): Promise<DevServer> {
  const { namespace = 'default', ip = '127.0.0.1', dbFilename, startTimeoutMs = 30_000 } = options;
  const [port, uiPort] = ports;
  // Listening everywhere is not an address to connect to.
  const host = ip === '0.0.0.0' ? '127.0.0.1' : ip;
  const address = `${host}:${port}`;
  const server = new ServerProcess(executable, startArguments(ports, options), banner, options.log);
  // State in a file deserves an orderly end, which takes a second; state in memory is gone either way.
  const stop = () => server.stop(dbFilename === undefined ? 'SIGKILL' : 'SIGTERM');

  const giveUp = new AbortController();
  const tooLate = setTimeout(() => giveUp.abort(), startTimeoutMs);
  try {
    // Its own word first: on a port lost to another server in this very moment, that one would answer as readily.
    await Promise.race([server.introduced, server.failed, aborted(giveUp.signal)]);
    await Promise.race([untilReady(address, namespace, giveUp.signal), server.failed, aborted(giveUp.signal)]);
  } catch (error) {
    await stop();
    if (giveUp.signal.aborted) throw new Error(`${executable} did not answer on ${address} in ${startTimeoutMs} ms`);
    throw error;
  } finally {
    clearTimeout(tooLate);
    giveUp.abort();
  }
  return { address, namespace, ...(withUi(options) && { uiUrl: `http://${host}:${uiPort}` }), pid: server.pid, stop };
}

function startArguments([port, uiPort]: [number, number], options: DevServerOptions): string[] {
  const { namespace = 'default', ip = '127.0.0.1', dbFilename, extraArgs = [], logLevel = 'error' } = options;
  return [
    ...['server', 'start-dev', '--ip', ip, '--port', String(port), '--namespace', namespace, '--log-level', logLevel],
    ...(withUi(options) ? ['--ui-port', String(uiPort)] : ['--headless']),
    ...(dbFilename === undefined ? [] : ['--db-filename', dbFilename]),
    ...extraArgs,
  ];
}

function withUi({ ui, uiPort }: DevServerOptions): boolean {
  return ui ?? uiPort !== undefined;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('given up')), { once: true });
  });
}
