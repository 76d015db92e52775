import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type RedisApiSimulator, SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';
import type { DevServer } from '../src/engine/index.js';

const WORKER = fileURLToPath(new URL('../lib/worker.js', import.meta.url));

/** The package's worker, as `npm start` runs it. */
export interface WorkerProcess {
  readonly process: ChildProcess;
  /** SIGTERM, and waits until it has drained. */
  stop(): Promise<void>;
}

/** What a worker process is started with. */
export interface WorkerProcessOptions {
  readonly server: Pick<DevServer, 'address'>;
  readonly simulator: Pick<RedisApiSimulator, 'url'>;
  readonly settings?: Readonly<Record<string, string>>;
  /** @default its log is thrown away */
  readonly logFile?: string;
}

/** Starts a worker of the package against a server and a simulator. Settings of the caller's own worker do not reach it. */
export function startWorkerProcess({ server, simulator, settings, logFile }: WorkerProcessOptions): WorkerProcess {
  const own = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL|TENCENTCLOUD|REDIS_TASK|TKE)_/.test(name));
  const worker = spawn(process.execPath, [WORKER], {
    env: {
      ...Object.fromEntries(own),
      TEMPORAL_ADDRESS: server.address,
      TENCENTCLOUD_REDIS_ENDPOINT: simulator.url,
      TENCENTCLOUD_SECRET_ID: SIMULATOR_CREDENTIAL.secretId,
      TENCENTCLOUD_SECRET_KEY: SIMULATOR_CREDENTIAL.secretKey,
      ...settings,
    },
    stdio: ['ignore', 'ignore', logFile === undefined ? 'ignore' : 'pipe'],
    // Ctrl-C reaches the caller, which then stops everything in the right order.
    detached: true,
  });
  // Appended to: a worker that takes over from a killed one goes on in the same file.
  if (logFile !== undefined) worker.stderr?.pipe(createWriteStream(logFile, { flags: 'a' }));
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  return {
    process: worker,
    async stop() {
      if (worker.exitCode === null && worker.signalCode === null) worker.kill('SIGTERM');
      await gone;
    },
  };
}
