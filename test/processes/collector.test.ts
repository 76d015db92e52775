// What a collector of OpenTelemetry gets of a real worker.
import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { RedisApiSimulator } from '../../src/testing/index.js';
import { devServer } from '../support/environments.js';
import { GrpcCollector } from '../support/grpc-collector.js';
import { eventually, freeAddress, GOOD_SETTINGS, WorkerProcess } from '../support/processes.js';
import { loopback } from '../tencent/credentials/loopback.js';

describe('a collector', () => {
  let env: TestWorkflowEnvironment;
  let api: RedisApiSimulator;
  beforeAll(async () => {
    env = await devServer();
    api = await RedisApiSimulator.start();
    api.addTask(1, { timeline: [{ status: 'succeed' }] });
  });
  afterAll(async () => {
    await api.close();
    await env.teardown();
  });

  /** Plays one wait on a worker with these settings. */
  async function playWait(settings: Record<string, string>): Promise<{ worker: WorkerProcess; http: string }> {
    const http = await freeAddress();
    const taskQueue = `otlp-${randomUUID()}`;
    const worker = new WorkerProcess({
      ...GOOD_SETTINGS,
      TEMPORAL_ADDRESS: env.address,
      TENCENTCLOUD_REDIS_ENDPOINT: api.url,
      REDIS_TASK_QUEUE: taskQueue,
      REDIS_TASK_HTTP: http,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=key-of-the-collector',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_SERVICE_NAME: 'our-waits',
      ...settings,
    });
    await worker.prints('Waiting for Redis tasks');
    const args = [{ taskId: 1, region: 'ap-guangzhou' }];
    await env.client.workflow.execute('awaitRedisTask', { taskQueue, workflowId: randomUUID(), args });
    return { worker, http };
  }

  test('gets the metrics of a worker, whose page then says so', async () => {
    const collector = await loopback(() => ({ body: '' }));
    const { worker, http } = await playWait({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.origin });

    const has = (text: string) => collector.requests.some(({ body }) => body?.includes(text));
    await eventually(() => has('redis_task_waits_ended') && has('redis_task_api_request_duration'));
    const metrics = collector.requests.find(({ path }) => path === '/v1/metrics');
    expect(metrics?.header('api-key')).toBe('key-of-the-collector');
    expect(has('our-waits')).toBe(true);
    const page = await (await fetch(`http://${http}/metrics`)).text();
    expect(page).toBe('# The metrics are sent by OpenTelemetry: see OTEL_METRICS_EXPORTER\n');
    expect(worker.output).not.toContain('key-of-the-collector');
    await worker.kill();
    collector.close();
  });

  test('gets metrics and traces by gRPC when the protocol says so', async () => {
    const collector = await GrpcCollector.start();
    const { worker } = await playWait({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    });

    const taken = (service: string, text: string) =>
      collector.exports.find(({ method, body }) => method.includes(service) && body.includes(text));
    await eventually(() => taken('MetricsService/Export', 'redis_task_waits_ended') !== undefined);
    await eventually(() => taken('TraceService/Export', 'describeTaskInfo') !== undefined);
    for (const service of ['MetricsService/Export', 'TraceService/Export']) {
      expect(taken(service, 'our-waits')?.header('api-key')).toBe('key-of-the-collector');
    }
    expect(worker.output).not.toContain('key-of-the-collector');
    await worker.kill();
    collector.close();
  });
});
