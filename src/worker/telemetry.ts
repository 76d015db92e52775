import { type Logger, Runtime } from '@temporalio/worker';
import getPort from 'get-port';
import got from 'got';
import type { WorkerConfig } from './config.js';

/**
 * Sets up the process's Temporal runtime: its log, its metrics, no signal handlers.
 *
 * @returns reads the page of metrics, which the SDK's core serves on a port of its own
 */
export async function installRuntime({ logLevel }: WorkerConfig, logger: Logger): Promise<() => Promise<string>> {
  const host = '127.0.0.1';
  // The SDK's core cannot choose a port by itself.
  const bindAddress = `${host}:${await getPort({ host })}`;
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
  return () => got(`http://${bindAddress}/metrics`, { timeout: { request: 2_000 }, retry: { limit: 0 } }).text();
}
