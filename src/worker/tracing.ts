import { createRequire } from 'node:module';
import { diag, DiagLogLevel, trace } from '@opentelemetry/api';
import { detectResourcesSync, envDetectorSync, hostDetectorSync, Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Logger, WorkerPlugin } from '@temporalio/worker';
import { ConfigError } from '../tencent/config-error.js';
import type { TraceExporter } from './otel-settings.js';

const INTERCEPTORS = '@temporalio/interceptors-opentelemetry';

/** Spans of this process, on their way to a collector. */
export interface Tracing {
  /** Makes the spans of workflows, activities and clients. */
  readonly plugin: WorkerPlugin;
  /** Sends what is left. */
  end(): Promise<void>;
}

/**
 * Sends traces to a collector, as the `OTEL_…` variables say. Undefined when the application runs an SDK of its own: then
 * the spans of the calls go there, and `OpenTelemetryPlugin` is the application's to give.
 *
 * @throws ConfigError when Temporal's interceptors are not there in the SDK's version
 */
export async function startTracing({ protocol }: TraceExporter, log: Logger): Promise<Tracing | undefined> {
  const { OpenTelemetryPlugin } = await importInterceptors();
  const { OTLPTraceExporter } =
    protocol === 'grpc'
      ? await import('@opentelemetry/exporter-trace-otlp-grpc')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  const named = new Resource({ 'service.name': 'redis-task-worker' });
  const resource = named.merge(detectResourcesSync({ detectors: [hostDetectorSync, envDetectorSync] }));
  const spanProcessor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [spanProcessor] });
  if (!trace.setGlobalTracerProvider(provider)) {
    await provider.shutdown();
    return undefined;
  }
  // The rest: propagation and the context of asynchronous calls.
  provider.register();
  const warn = (message: string) => void log.warn('Traces cannot be sent', { reason: message.slice(0, 500) });
  const silent = () => undefined;
  diag.setLogger({ error: warn, warn, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
  log.info('Sending traces', { protocol, service: resource.attributes['service.name'] });
  return {
    plugin: new OpenTelemetryPlugin({ resource, spanProcessor }),
    end: () => provider.shutdown().catch((error: unknown) => warn((error as Error).message)),
  };
}

/** Their workflow part must come from the same release as `@temporalio/workflow`, so npm cannot make sure of it for us. */
async function importInterceptors() {
  const require = createRequire(import.meta.url);
  const { version } = require('@temporalio/worker/package.json') as { version: string };
  const found = versionOf(require);
  if (found === version) return import('@temporalio/interceptors-opentelemetry');
  throw new ConfigError(
    `OTEL_… variables ask for traces, but ${INTERCEPTORS} is ${found ?? 'not installed'} and @temporalio/worker is ` +
      `${version}: run npm install ${INTERCEPTORS}@${version}, or set OTEL_TRACES_EXPORTER=none`,
  );
}

function versionOf(require: NodeJS.Require): string | undefined {
  try {
    return (require(`${INTERCEPTORS}/package.json`) as { version: string }).version;
  } catch {
    return undefined;
  }
}
