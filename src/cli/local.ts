import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type DevServer, startDevServer } from '../engine/index.js';
import { CliError, EXIT } from './exit-codes.js';
import type { TemporalFlags } from './flags.js';
import { connect, type Temporal } from './temporal.js';
import { printable } from './terminal.js';
import { requireWorkers } from './workers-present.js';

const WORKER = fileURLToPath(new URL('./local-worker.js', import.meta.url));

/** A worker with nothing to do is gone at once; one that is not has a call under way, which no one waits for. */
const STOP_MS = 2_000;

/** A Temporal server and a worker of one's own. */
export interface Local {
  readonly temporal: Temporal;
  /** Rejects when the worker ends too early; never resolves. */
  readonly failed: Promise<never>;
}

/** Starts a Temporal server with its UI, and a worker with the caller's credentials. `stack` gets what stops them. */
export async function startLocal(
  flags: TemporalFlags,
  stack: (() => Promise<unknown>)[],
  say: (line: string) => void,
): Promise<Local> {
  const server = await startDevServer({ ui: true });
  stack.push(() => server.stop());
  const folder = await mkdtemp(path.join(tmpdir(), 'redis-task-'));
  stack.push(() => rm(folder, { recursive: true, force: true }));
  const env = localEnvironment(await writeProfile(folder, server), flags);
  const { child, failed } = startWorkerProcess(env, server);
  stack.push(() => stopWorker(child));

  const temporalUi = flags.temporalUi ?? server.uiUrl;
  const temporal = await connect(
    { ...flags, address: server.address, namespace: 'default', ...(temporalUi && { temporalUi }) },
    env,
  );
  say(
    `A Temporal server of its own at ${server.address}, Temporal UI at ${server.uiUrl ?? ''}: both end with this command.`,
  );
  await Promise.race([requireWorkers(temporal, { wait: true, say: () => undefined }), failed]);
  return { temporal, failed };
}

/** A profile of its own: else one in its usual place would add its namespace, key and certificates. */
async function writeProfile(folder: string, { address, namespace }: DevServer): Promise<string> {
  const file = path.join(folder, 'temporal.toml');
  await writeFile(file, `[profile.default]\naddress = "${address}"\nnamespace = "${namespace}"\n`);
  return file;
}

/** The caller's own settings, save those that lead to another Temporal. */
function localEnvironment(configFile: string, { taskQueue }: TemporalFlags): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return {
    ...Object.fromEntries(own),
    TEMPORAL_CONFIG_FILE: configFile,
    REDIS_TASK_HTTP: 'off',
    REDIS_TASK_LOG_FORMAT: 'json',
    ...(taskQueue !== undefined && { REDIS_TASK_QUEUE: taskQueue }),
  };
}

function startWorkerProcess(
  env: NodeJS.ProcessEnv,
  { pid }: DevServer,
): { child: ChildProcess; failed: Promise<never> } {
  // Detached: Ctrl-C reaches this process, which then stops everything in the right order.
  const child = spawn(process.execPath, [WORKER, String(pid)], {
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
  const giveUp = new AbortController();
  const force = setTimeout(STOP_MS, undefined, { signal: giveUp.signal }).then(
    () => child.kill('SIGKILL'),
    () => false,
  );
  await gone;
  giveUp.abort();
  await force;
}
