// Where the metrics go, by OpenTelemetry's standard variables. What a collector gets is in test/processes/collector.test.ts.
import { readMetricsExporter } from '../../src/worker/otel-settings.js';

describe('the metrics go', () => {
  const collector = 'http://collector:4318';
  const otlp = { kind: 'otlp', http: true, headers: {}, intervalMs: 60_000, temporality: 'cumulative' };
  const cases: [env: Record<string, string>, expected: object][] = [
    [{}, { kind: 'prometheus' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: collector }, { ...otlp, url: `${collector}/v1/metrics` }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector}/base/` }, { ...otlp, url: `${collector}/base/v1/metrics` }],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${collector}/m` }, { ...otlp, url: `${collector}/m` }],
    [{ OTEL_METRICS_EXPORTER: 'otlp' }, { ...otlp, url: 'http://localhost:4318/v1/metrics' }],
    [
      { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      { ...otlp, http: false, url: 'http://localhost:4317/' },
    ],
    [
      { OTEL_METRICS_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%20b, x = y' },
      { ...otlp, url: 'http://localhost:4318/v1/metrics', headers: { 'api-key': 'a b', x: 'y' } },
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_METRICS_EXPORTER: 'prometheus' }, { kind: 'prometheus' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_METRICS_EXPORTER: 'none' }, { kind: 'none' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_SDK_DISABLED: 'true' }, { kind: 'none' }],
  ];
  test.each(cases)('with %j to %j', (env, expected) => {
    expect(readMetricsExporter(env)).toEqual(expected);
  });
});
