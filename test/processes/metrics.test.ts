// A real worker's page of metrics, held against docs/metrics.md, and what its log says of waits.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { waitsQuery } from '../../src/contract/ids.js';
import { METRICS } from '../../src/contract/metrics.js';
import { devServer } from '../support/environments.js';
import { eventually, freeAddress, GOOD_SETTINGS, WorkerProcess } from '../support/processes.js';
import { families, type Family } from '../support/prometheus-page.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../support/simulator.js';

const taskQueue = `metrics-${randomUUID()}`;
let env: TestWorkflowEnvironment;
let api: RedisApiSimulator;
let http: string;
let worker: WorkerProcess;
let newcomer: Promise<{ worker: WorkerProcess; page: Map<string, Family> }> | undefined;

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
  await (await newcomer)?.worker.kill();
  await api.close();
  await env.teardown();
});

function settings() {
  const own = {
    TENCENTCLOUD_REDIS_ENDPOINT: api.url,
    REDIS_TASK_QUEUE: taskQueue,
    REDIS_TASK_ACTIONS: 'ClearInstance',
  };
  return { ...GOOD_SETTINGS, TEMPORAL_ADDRESS: env.address, ...own };
}

function start(taskId: number, polling = {}, more = {}) {
  const pace = { initialInterval: '1s', backoffCoefficient: 1, ...polling };
  const args = [{ taskId, region: 'ap-guangzhou', ...more, polling: pace }];
  return env.client.workflow.start('awaitRedisTask', { taskQueue, workflowId: `${taskQueue}/${taskId}`, args });
}

/** A wait for an instance, and a change of it, each over at once. */
async function changeInstance(): Promise<void> {
  const [region, id] = ['ap-guangzhou', 'crs-changed'];
  api.addInstance(id, { timeline: [{ status: 2 }] });
  const execute = (workflow: string, input: object) =>
    env.client.workflow.execute(workflow, { taskQueue, workflowId: `${taskQueue}/${workflow}`, args: [input] });
  await execute('awaitRedisInstance', { instanceIds: [id], region, until: 'running' });
  await execute('runRedisAction', { action: 'ClearInstance', region, params: { InstanceId: id }, waitFor: 'start' });
}

async function scrape(address = http): Promise<Map<string, Family>> {
  return families(await (await fetch(`http://${address}/metrics`)).text());
}

/**
 * The page of a worker that has just started, when a shared wait was open in each of two regions. A list hides the task of
 * one, so that its wait will soon pace itself.
 */
async function newcomerPage(): Promise<Map<string, Family>> {
  newcomer ??= startNewcomer();
  return (await newcomer).page;
}

async function startNewcomer() {
  api.fault({ kind: 'listHidden' }, { taskId: 5 });
  for (const taskId of [4, 5]) api.addTask(taskId, { timeline: [{ status: 'running' }] });
  await start(4, { pacing: 'shared' });
  await start(5, { pacing: 'shared' }, { region: 'ap-beijing' });
  await eventually(async () => (await env.client.workflow.count(waitsQuery(taskQueue, ['Running']))).count === 2);
  await eventually(async () => (await scrape()).has(METRICS.sweeps.name));
  const address = await freeAddress();
  const worker = new WorkerProcess({ ...settings(), REDIS_TASK_HTTP: address });
  await worker.prints('Waiting for Redis tasks');
  let page = new Map<string, Family>();
  await eventually(async () => {
    page = await scrape(address);
    return page.has(METRICS.waitsOpen.name) && linesIn('ap-guangzhou', page).length > 0;
  });
  return { worker, page };
}

/** How many waits of a region are watched. */
function linesIn(region: string, page: ReadonlyMap<string, Family>): string[] {
  return page.get(METRICS.watchedWaits.name)?.lines.filter((line) => line.includes(`region="${region}"`)) ?? [];
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
  // Its next poll would be the last: it runs out of time.
  const cancelled = await start(3, { initialInterval: '1h' }, { maxWait: '1h' });
  await eventually(async () => (await scrape()).has(METRICS.waitsRunningOut.name));
  await cancelled.cancel();
  await cancelled.result().catch(() => undefined);
  const [late] = await Promise.all([newcomerPage(), changeInstance()]);
  await eventually(async () => (await scrape()).has(METRICS.falseAlarms.name));
  const page = new Map([...late, ...(await scrape())]);
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
  const known = ['namespace', 'taskQueue', 'region', 'workflowType', 'outcome', 'class', 'code', 'source', 'le'];

  expect(labels.filter((label) => !known.includes(label))).toEqual([]);
  expect(JSON.stringify([...page.values()].map(({ lines }) => lines))).not.toContain(SIMULATOR_CREDENTIAL.secretKey);
});

test('a worker that has just started shows the open waits of its queue and who of them is watched, whoever began them', async () => {
  const page = await newcomerPage();
  const [open] = page.get(METRICS.waitsOpen.name)?.lines ?? [];
  const [watched] = linesIn('ap-guangzhou', page);

  expect(open).toMatch(/ 2$/);
  expect(watched).toMatch(/ 1$/);
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
