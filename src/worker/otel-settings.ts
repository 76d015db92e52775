import * as v from 'valibot';
import { oneOf, readBy, readVariables, shown } from '../tencent/variables.js';

/** Where the metrics go: to a page that Prometheus reads, to an OpenTelemetry collector, or nowhere. */
export type MetricsExporter = { readonly kind: 'prometheus' | 'none' } | ({ readonly kind: 'otlp' } & OtlpOptions);

/** How traces are sent. The OpenTelemetry SDK reads all else itself. */
export interface TraceExporter {
  readonly protocol: 'http/protobuf' | 'grpc';
}

interface OtlpOptions {
  readonly url: string;
  /** Over gRPC otherwise. */
  readonly http: boolean;
  readonly headers: Record<string, string>;
  readonly intervalMs: number;
  readonly temporality: 'cumulative' | 'delta';
}

// Its URL may hold a password, so it is not shown.
const url = v.optional(readBy(readUrl, (rule) => rule));
const protocol = v.optional(oneOf('grpc', 'http/protobuf'));
// Headers often hold a key, so they are not shown.
const headers = v.optional(readBy(readHeaders, (rule) => rule));

const VARIABLES = {
  OTEL_SDK_DISABLED: v.optional(v.pipe(v.string(), v.toLowerCase(), oneOf('true', 'false')), 'false'),
  OTEL_METRICS_EXPORTER: v.optional(oneOf('otlp', 'prometheus', 'none')),
  OTEL_TRACES_EXPORTER: v.optional(oneOf('otlp', 'none')),
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_HEADERS: headers,
  OTEL_EXPORTER_OTLP_METRICS_HEADERS: headers,
  OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: v.optional(
    v.pipe(v.string(), v.toLowerCase(), oneOf('cumulative', 'delta')),
    'cumulative',
  ),
  OTEL_METRIC_EXPORT_INTERVAL: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d{2,7}$/, shown('must be a number of milliseconds, at least 100'))),
    '60000',
  ),
};

/**
 * Reads OpenTelemetry's standard variables. Metrics go by OTLP when `OTEL_METRICS_EXPORTER` is `otlp`, or when it is not set
 * and an endpoint is. The SDK's core has one exporter, so `/metrics` is empty then.
 *
 * @throws ConfigError for a value that cannot be used
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function readMetricsExporter(env: NodeJS.ProcessEnv): MetricsExporter {
  const otel = readVariables(VARIABLES, env);
  const base = otel.OTEL_EXPORTER_OTLP_ENDPOINT;
  const own = otel.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT;
  const kind = otel.OTEL_METRICS_EXPORTER ?? ((own ?? base) ? 'otlp' : 'prometheus');
  if (otel.OTEL_SDK_DISABLED === 'true' && kind === 'otlp') return { kind: 'none' };
  if (kind !== 'otlp') return { kind };
  const http =
    (otel.OTEL_EXPORTER_OTLP_METRICS_PROTOCOL ?? otel.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/protobuf') !== 'grpc';
  return {
    kind,
    http,
    url: own?.href ?? endpointOf(base ?? new URL(`http://localhost:${http ? 4318 : 4317}`), http),
    headers: { ...otel.OTEL_EXPORTER_OTLP_HEADERS, ...otel.OTEL_EXPORTER_OTLP_METRICS_HEADERS },
    intervalMs: Number(otel.OTEL_METRIC_EXPORT_INTERVAL),
    temporality: otel.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE,
  };
}

/**
 * Reads how traces are sent: as the standard says, except that no collector is assumed. Undefined: there are no traces.
 *
 * @throws ConfigError for a value that cannot be used
 */
export function readTraceExporter(env: NodeJS.ProcessEnv): TraceExporter | undefined {
  const otel = readVariables(VARIABLES, env);
  const endpoint = otel.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? otel.OTEL_EXPORTER_OTLP_ENDPOINT;
  const exporter = otel.OTEL_TRACES_EXPORTER ?? (endpoint === undefined ? 'none' : 'otlp');
  if (exporter === 'none' || otel.OTEL_SDK_DISABLED === 'true') return undefined;
  return { protocol: otel.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? otel.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'http/protobuf' };
}

/** As the standard says: each signal has a path of its own below the common endpoint, but only over HTTP. */
function endpointOf({ href }: URL, http: boolean): string {
  return http ? `${href.replace(/\/$/, '')}/v1/metrics` : href;
}

function readUrl(text: string): URL {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new TypeError('must be a URL such as http://collector:4318');
  }
  return new URL(text);
}

/** Reads `name=value` pairs, separated by commas, whose values may be URL-encoded. */
function readHeaders(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => /^\s*([^\s=]+)\s*=\s*(.*?)\s*$/.exec(pair));
  if (pairs.includes(null)) throw new TypeError('must be headers such as name=value,another=value');
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', decodeURIComponent(pair?.[2] ?? '')]));
}
