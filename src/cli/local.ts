import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDevServer } from '../engine/index.js';
import { CliError, EXIT } from './exit-codes.js';
import type { TemporalFlags } from './options.js';
import { connect, type Temporal, temporalVariables } from './temporal.js';
import { printable } from './terminal.js';
import { requireWorkers } from './workers.js';

const WORKER = fileURLToPath(new URL('./local-worker.js', import.meta.url));

/** An idle worker stops at once; nobody waits for the call of a busy one. */
const STOP_MS = 2_000;

export interface Local {
  readonly temporal: Temporal;
  /** Rejects when the worker ends too early; never resolves. */
  readonly failed: Promise<never>;
}

/** Starts a Temporal server with its UI, and a worker with the caller's credentials. `stack` gets what stops them. */
export async function startLocal(
  { taskQueue, temporalUi, json = false }: TemporalFlags,
  stack: (() => Promise<unknown>)[],
  say: (line: string) => void,
): Promise<Local> {
  const server = await startDevServer({ ui: true });
  stack.push(() => server.stop());
  const { address, namespace, uiUrl = '' } = server;
  const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-'));
  stack.push(() => rm(folder, { recursive: true, force: true }));
  // A profile in its usual place would add its namespace, key and certificates.
  const configFile = path.join(folder, 'temporal.toml');
  await writeFile(configFile, `[profile.default]\naddress = "${address}"\nnamespace = "${namespace}"\n`);
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  const env = {
    ...Object.fromEntries(own),
    ...temporalVariables({ ...(taskQueue !== undefined && { taskQueue }) }),
    TEMPORAL_CONFIG_FILE: configFile,
    REDIS_TASK_HTTP: 'off',
    REDIS_TASK_LOG_FORMAT: 'json',
  };
  const { child, failed } = startWorkerProcess(env, server.pid);
  stack.push(() => stopWorker(child));

  const temporal = await connect({ temporalUi: temporalUi ?? uiUrl, json }, env);
  say(`A Temporal server of its own at ${address}, Temporal UI at ${uiUrl}: both end with this command.`);
  await Promise.race([requireWorkers(temporal, true), failed]);
  return { temporal, failed };
}

function startWorkerProcess(env: NodeJS.ProcessEnv, serverPid: number) {
  // Detached: Ctrl-C reaches only this process, which then stops everything in order.
  const child = spawn(process.execPath, [WORKER, String(serverPid)], {
    env,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let last = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (last = (last + text).slice(-2_000)));
  const failed = once(child, 'close').then((): never => {
    const [, reason] = /^redis-task worker: (.*)$/m.exec(last) ?? [];
    if (reason !== undefined) throw new CliError(EXIT.usage, `The worker did not start: ${printable(reason)}`);
    throw new CliError(EXIT.error, `The worker ended: ${printable(last.trim().split('\n').at(-1) ?? '')}`);
  });
  failed.catch(() => undefined);
  return { child, failed };
}

async function stopWorker(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(force);
}
