// A real worker's page of metrics, held against docs/metrics.md, and what its log says of waits.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { METRICS } from '../../src/contract/metrics.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { devServer } from '../support/environments.js';
import { eventually, freeAddress, GOOD_SETTINGS, WorkerProcess } from '../support/processes.js';
import { families, type Family } from '../support/prometheus-page.js';

const taskQueue = `metrics-${randomUUID()}`;
let env: TestWorkflowEnvironment;
let api: RedisApiSimulator;
let http: string;
let worker: WorkerProcess;

beforeAll(async () => {
  env = await devServer();
  api = await RedisApiSimulator.start();
  api.addTask(1, { timeline: [{ status: 'running', forPolls: 3 }, { status: 'succeed' }] });
  api.addTask(2, {
    timeline: [
      { status: 'running', forPolls: 2 },
      { status: 'failed', message: 'The disk is full.' },
    ],
  });
  api.addTask(3, { timeline: [{ status: 'running' }] });
  http = await freeAddress();
  worker = new WorkerProcess({ ...settings(), REDIS_TASK_HTTP: http });
  await worker.prints('Waiting for Redis tasks');
});

afterAll(async () => {
  await worker.kill();
  await api.close();
  await env.teardown();
});

function settings() {
  const own = { TENCENTCLOUD_REDIS_ENDPOINT: api.url, REDIS_TASK_QUEUE: taskQueue };
  return { ...GOOD_SETTINGS, TEMPORAL_ADDRESS: env.address, ...own };
}

function start(taskId: number, polling = {}) {
  const args = [
    { taskId, region: 'ap-guangzhou', polling: { initialInterval: '1s', backoffCoefficient: 1, ...polling } },
  ];
  return env.client.workflow.start('awaitRedisTask', { taskQueue, workflowId: `${taskQueue}/${taskId}`, args });
}

async function scrape(address = http): Promise<Map<string, Family>> {
  return families(await (await fetch(`http://${address}/metrics`)).text());
}

/** What this package and the SDK's workflow code say of a wait: core warns of a slow machine too. */
function linesOf(taskId: number) {
  return worker.log.filter(
    ({ workflowId, sdkComponent }) => workflowId === `${taskQueue}/${taskId}` && sdkComponent !== 'core',
  );
}

test('a healthy wait logs its start and its end, with all that identifies it', async () => {
  await (await start(1)).result();
  await eventually(() => linesOf(1).length >= 2);

  const wait = { level: 'info', workflowId: `${taskQueue}/1`, taskId: 1, region: 'ap-guangzhou' };
  const { requestId } = api.calls.findLast((call) => call.taskId === '1') ?? {};
  expect(linesOf(1)).toEqual([
    expect.objectContaining({ ...wait, message: 'The wait for a Redis task has begun' }),
    expect.objectContaining({ ...wait, instanceId: 'crs-09u2u96z', requestId, ending: 'succeeded', polls: 4 }),
  ]);
});

test('a wait that fails, after calls that failed, logs no line per call', async () => {
  const handle = await start(2);
  // The first poll must see the task: a refusal before that would end the wait.
  await api.waitForCall(({ taskId, outcome }) => taskId === '2' && outcome === 'ok');
  const refused = api.fault({ kind: 'error', code: 'AuthFailure.TokenFailure' }, { taskId: 2, times: 2 });
  await expect(handle.result()).rejects.toThrow();
  expect(refused.hits).toBe(2);
  await eventually(() => linesOf(2).length >= 3);

  expect(linesOf(2).map(({ level, message }) => `${level}: ${message}`)).toEqual([
    'info: The wait for a Redis task has begun',
    'info: The wait for a Redis task has ended',
    'warn: Workflow failed',
  ]);
});

test('every metric of the page is in docs/metrics.md, with its type and labels, and the other way round', async () => {
  const cancelled = await start(3, { pacing: 'compact' });
  await api.waitForCall(({ taskId, outcome }) => taskId === '3' && outcome === 'ok');
  await cancelled.cancel();
  await cancelled.result().catch(() => undefined);
  const page = await scrape();
  const documented = rowsOf(await readFile(new URL('../../docs/metrics.md', import.meta.url), 'utf8'));

  const ours = [...page.keys()].filter((name) => name.startsWith('redis_task_'));
  expect(documented.map(({ name }) => name)).toEqual(expect.arrayContaining(ours));
  expect(ours.sort()).toEqual(
    Object.values(METRICS)
      .map(({ name }) => name)
      .sort(),
  );
  for (const { name, type, labels } of documented) {
    if (name === 'temporal_workflow_task_execution_failed_total') continue;
    expect({ name, type: page.get(name)?.type }).toEqual({ name, type });
    expect([...(page.get(name)?.labels ?? [])]).toEqual(expect.arrayContaining(labels));
  }
});

test('no label holds a secret, a task or a workflow', async () => {
  const page = await scrape();
  const labels = [...page]
    .filter(([name]) => name.startsWith('redis_task_'))
    .flatMap(([, family]) => [...family.labels]);
  const known = ['namespace', 'taskQueue', 'workflowType', 'outcome', 'class', 'code', 'source', 'le'];

  expect(labels.filter((label) => !known.includes(label))).toEqual([]);
  expect(JSON.stringify([...page.values()].map(({ lines }) => lines))).not.toContain(SIMULATOR_CREDENTIAL.secretKey);
});

test('a worker that has just started shows the open waits of its queue, whoever began them', async () => {
  api.addTask(4, { timeline: [{ status: 'running' }] });
  const wait = await start(4);
  const query = `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`;
  await eventually(async () => (await env.client.workflow.count(query)).count === 1);
  const page = await freeAddress();
  const another = new WorkerProcess({ ...settings(), REDIS_TASK_HTTP: page });
  await another.prints('Waiting for Redis tasks');

  await eventually(async () => (await scrape(page)).get(METRICS.waitsOpen.name)?.lines[0]?.endsWith(' 1') ?? false);
  await another.kill();
  await wait.cancel();
});

/** The metrics of the tables in the page. */
function rowsOf(markdown: string): { name: string; type: string; labels: string[] }[] {
  const rows = markdown.matchAll(/^\| `((?:redis_task|temporal)_\w+)` \| (\w+) \|([^|]*)\|/gm);
  return [...rows].map(([, name = '', type = '', labels = '']) => ({
    name,
    type,
    labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label),
  }));
}
