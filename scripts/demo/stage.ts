import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, DefaultLogger, type Worker } from '@temporalio/worker';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';
import { createProvisioningWorker } from '../../examples/provisioning/worker.js';
import { type DevServer, startDevServer } from '../../src/engine/index.js';
import { startWorkerProcess } from '../worker-process.js';

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

    const waits = startWorkerProcess({ server, simulator, logFile: path.join(logFolder, 'worker.log') });
    closing.push(() => waits.stop());

    process.env['TENCENTCLOUD_SECRET_ID'] = SIMULATOR_CREDENTIAL.secretId;
    process.env['TENCENTCLOUD_SECRET_KEY'] = SIMULATOR_CREDENTIAL.secretKey;
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
