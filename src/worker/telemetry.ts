import { createServer } from 'node:net';
import { type Logger, Runtime } from '@temporalio/worker';
import got from 'got';
import type { WorkerConfig } from './config.js';

/** The page that core serves on a port of its own; ours passes it on. */
export interface Metrics {
  page(): Promise<string>;
}

/** Sets up the one Temporal runtime of the process: its log, its metrics, and no signal handlers of its own. */
export async function installRuntime({ logLevel }: WorkerConfig, logger: Logger): Promise<Metrics> {
  const bindAddress = `127.0.0.1:${await freePort()}`;
  Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: { core: logLevel, other: 'WARN' } },
      metrics: {
        prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
      },
    },
  });
  return {
    page: () => got(`http://${bindAddress}/metrics`, { timeout: { request: 2_000 }, retry: { limit: 0 } }).text(),
  };
}

/** Core takes no port 0, so one that is free now has to be found first. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No free port on 127.0.0.1');
  return address.port;
}
