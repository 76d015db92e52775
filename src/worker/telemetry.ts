import { type Logger, Runtime, type TelemetryOptions } from '@temporalio/worker';
import getPort from 'get-port';
import got from 'got';
import { REDIS_TASK_HISTOGRAM_BUCKETS } from '../contract/metrics.js';
import type { WorkerConfig } from './config.js';
import type { MetricsExporter } from './metrics-exporter.js';

/** What the SDK calls the time of a call in its task queue. Its own buckets have nothing between 10 s and 100 s. */
const QUEUE_DELAY = 'activity_schedule_to_start_latency';

const histogramBucketOverrides = {
  ...REDIS_TASK_HISTOGRAM_BUCKETS,
  [QUEUE_DELAY]: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1_800],
};

/**
 * Sets up the process's Temporal runtime: its log, its metrics, no signal handlers.
 *
 * @returns reads the page of metrics, which the SDK's core serves on a port of its own
 */
export async function installRuntime(
  { logLevel, metrics: exporter }: Pick<WorkerConfig, 'logLevel' | 'metrics'>,
  logger: Logger,
): Promise<() => Promise<string>> {
  const host = '127.0.0.1';
  // The SDK's core cannot choose a port by itself.
  const bindAddress = `${host}:${await getPort({ host })}`;
  const metrics = metricsOptions(exporter, bindAddress);
  Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: { core: logLevel, other: 'WARN' } },
      ...(metrics && { metrics }),
    },
  });
  const { kind } = exporter;
  if (kind !== 'prometheus') return () => Promise.resolve(NO_PAGE[kind]);
  return () => got(`http://${bindAddress}/metrics`, { timeout: { request: 2_000 }, retry: { limit: 0 } }).text();
}

/** Comments, so that a scraper reads an empty page. */
const NO_PAGE = {
  otlp: '# The metrics are sent by OpenTelemetry: see OTEL_METRICS_EXPORTER\n',
  none: '# There are no metrics: see OTEL_METRICS_EXPORTER and OTEL_SDK_DISABLED\n',
};

function metricsOptions(exporter: MetricsExporter, bindAddress: string): TelemetryOptions['metrics'] {
  const shared = { useSecondsForDurations: true, histogramBucketOverrides };
  switch (exporter.kind) {
    case 'prometheus':
      return { prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, ...shared } };
    case 'otlp': {
      const { url, http, headers, intervalMs, temporality } = exporter;
      return { otel: { url, http, headers, temporality, metricsExportInterval: intervalMs, ...shared } };
    }
    case 'none':
      return undefined;
  }
}
