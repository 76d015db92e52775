import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, DefaultLogger, type Worker } from '@temporalio/worker';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';
import { createProvisioningWorker } from '../../examples/provisioning/worker.js';
import { type DevServer, startDevServer } from '../../src/engine/index.js';

/** Everything that the demo plays on: a Temporal server, the API, the package's worker and one for the pipelines. */
export interface Stage {
  readonly client: Client;
  readonly server: DevServer;
  readonly simulator: RedisApiSimulator;
  /** Where the log of the package's worker and of the pipelines' went. */
  readonly logFolder: string;
  close(): Promise<void>;
}

/** Sets the stage. The preferred ports are Temporal's usual ones; taken ones are no obstacle. */
export async function setStage(folder: string | undefined): Promise<Stage> {
  const logFolder = folder ?? (await mkdtemp(path.join(tmpdir(), 'temporal-tencent-redis-demo-')));
  await mkdir(logFolder, { recursive: true });
  const closing: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const each of closing.splice(0).reverse()) await each();
  };
  try {
    const server = await startDevServer({ port: 7233, ui: true, uiPort: 8233 });
    closing.push(() => server.stop());
    const simulator = await RedisApiSimulator.start();
    closing.push(() => simulator.close());

    const key = {
      TENCENTCLOUD_SECRET_ID: SIMULATOR_CREDENTIAL.secretId,
      TENCENTCLOUD_SECRET_KEY: SIMULATOR_CREDENTIAL.secretKey,
    };
    const waits = startWorker(path.join(logFolder, 'worker.log'), {
      ...key,
      TEMPORAL_ADDRESS: server.address,
      TENCENTCLOUD_REDIS_ENDPOINT: simulator.url,
    });
    closing.push(() => stopProcess(waits));

    Object.assign(process.env, key);
    const pipelines = await startPipelines(path.join(logFolder, 'pipelines.log'), server, simulator);
    closing.push(() => pipelines.stop());

    const connection = await Connection.connect({ address: server.address });
    closing.push(() => connection.close());
    return { client: new Client({ connection }), server, simulator, logFolder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The worker just as `npm start` runs it. Settings of the caller's own worker must not reach this one. */
function startWorker(logFile: string, settings: Record<string, string>): ChildProcess {
  const own = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL|TENCENTCLOUD|REDIS_TASK|TKE)_/.test(name));
  const worker = spawn(process.execPath, [fileURLToPath(new URL('../../lib/worker.js', import.meta.url))], {
    env: { ...Object.fromEntries(own), ...settings },
    stdio: ['ignore', 'ignore', 'pipe'],
    // Ctrl-C reaches the demo, which then stops it in the right order.
    detached: true,
  });
  worker.stderr.pipe(createWriteStream(logFile));
  return worker;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

async function startPipelines(logFile: string, server: DevServer, simulator: RedisApiSimulator) {
  const log = createWriteStream(logFile);
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      log.write(
        `${level} ${message} ${JSON.stringify(meta ?? {}, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}\n`,
      );
    }),
    shutdownSignals: [],
  });
  const connection = await NativeConnection.connect({ address: server.address });
  const worker: Worker = await createProvisioningWorker(connection, simulator.url);
  const running = worker.run();
  const stop = async () => {
    worker.shutdown();
    await running;
    await connection.close();
    await Runtime.instance().shutdown();
  };
  return { stop };
}
