// Traces across processes, as a collector sees them.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { Resource } from '@opentelemetry/resources';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { OpenTelemetryPlugin } from '@temporalio/interceptors-opentelemetry';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { RedisTaskResult } from '../../src/contract/task/outcome.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { createOwnWorker, createPlugin } from '../plugin/own-worker.js';
import { Collector } from '../support/collector.js';
import { devServer } from '../support/environments.js';
import { eventually, GOOD_SETTINGS, WorkerProcess } from '../support/processes.js';
import { REGION } from '../support/waits.js';

const PARENTS = fileURLToPath(new URL('../workflows/parents.ts', import.meta.url));
const HTTP = 'POST redis/DescribeTaskInfo';
const { secretId, secretKey } = SIMULATOR_CREDENTIAL;
const SECRETS = [secretId, secretKey, 'TC3-HMAC-SHA256', 'authorization'];

let env: TestWorkflowEnvironment;
let api: RedisApiSimulator;
let collector: Collector;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  [env, api] = await Promise.all([devServer(), RedisApiSimulator.start()]);
});
beforeEach(async () => {
  collector = await Collector.start();
});
afterEach(() => collector.close());
afterAll(async () => {
  await api.close();
  await env.teardown();
});

/** What an application has that traces its own workflows. */
function applicationsTracing() {
  const resource = new Resource({ 'service.name': 'application' });
  const spanProcessor = new SimpleSpanProcessor(new OTLPTraceExporter({ url: `${collector.url}/v1/traces` }));
  return { resource, spanProcessor, plugin: new OpenTelemetryPlugin({ resource, spanProcessor }) };
}

test('parent, child, activity and HTTP request are one trace, over two processes', async () => {
  const taskQueue = `traced-${randomUUID()}`;
  api.addTask(1, { timeline: [{ status: 'succeed' }] });
  api.fault({ kind: 'error', code: 'InternalError.InternalError' }, { taskId: 1, times: 1 });
  const waits = new WorkerProcess({
    ...GOOD_SETTINGS,
    TEMPORAL_ADDRESS: env.address,
    TENCENTCLOUD_REDIS_ENDPOINT: api.url,
    REDIS_TASK_QUEUE: taskQueue,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_SERVICE_NAME: 'waits',
    OTEL_METRIC_EXPORT_INTERVAL: '200',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
  });
  await waits.prints('Waiting for Redis tasks');
  const parents = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: `${taskQueue}-parents`,
    workflowsPath: PARENTS,
    plugins: [applicationsTracing().plugin],
  });
  const result = await parents.runUntil(
    env.client.workflow.execute<(...args: unknown[]) => Promise<RedisTaskResult>>('childParent', {
      taskQueue: `${taskQueue}-parents`,
      workflowId: randomUUID(),
      args: [{ taskId: 1, region: REGION }, { taskQueue }],
    }),
  );
  waits.signal('SIGTERM');
  await expect(waits.end).resolves.toEqual({ code: 0, signal: null });

  const calls = collector.named(HTTP);
  const upwards = [
    HTTP,
    'RunActivity:describeTaskInfo',
    'StartActivity:describeTaskInfo',
    'RunWorkflow:awaitRedisTask',
    'StartChildWorkflow:awaitRedisTask',
    'RunWorkflow:childParent',
  ];
  expect(calls.map((call) => collector.pathOf(call))).toEqual([upwards, upwards]);
  expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(calls.map(({ service }) => service)).toEqual(['waits', 'waits']);
  expect(calls[0]?.attributes).toMatchObject({ 'error.type': 'InternalError.InternalError' });
  expect(calls[1]?.attributes).toMatchObject({
    'tencentcloud.request_id': result.requestId,
    'rpc.method': 'DescribeTaskInfo',
    'cloud.region': REGION,
  });
  expect(collector.named('RunActivity:describeTaskInfo').at(-1)?.attributes).toMatchObject({
    'redis_task.id': 1,
    'redis_task.region': REGION,
    'redis_task.status': 'succeed',
    'redis_task.instance_id': 'crs-09u2u96z',
  });
  for (const secret of SECRETS) expect(collector.received).not.toContain(secret);
});

test("a user's worker with the plugin has the HTTP request in its own trace, by its own tracer", async () => {
  const { resource, spanProcessor, plugin } = applicationsTracing();
  const provider = new NodeTracerProvider({ resource, spanProcessors: [spanProcessor] });
  provider.register();
  api.addTask(2, { timeline: [{ status: 'succeed' }] });
  const worker = await createOwnWorker(env, { workflowsPath: PARENTS, plugins: [createPlugin(api), plugin] });
  const { taskQueue } = worker.options;
  await worker.runUntil(
    env.client.workflow.execute('awaitRedisTask', {
      taskQueue,
      workflowId: randomUUID(),
      args: [{ taskId: 2, region: REGION }],
    }),
  );
  await provider.forceFlush();
  await eventually(() => collector.named('RunWorkflow:awaitRedisTask').length === 1);

  const [call] = collector.named(HTTP);
  expect(collector.pathOf(call)).toEqual([
    HTTP,
    'RunActivity:describeTaskInfo',
    'StartActivity:describeTaskInfo',
    'RunWorkflow:awaitRedisTask',
  ]);
  expect(call?.service).toBe('application');
  await provider.shutdown();
  for (const secret of SECRETS) expect(collector.received).not.toContain(secret);
});
