import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { findTemporalCli } from '../../src/engine/index.js';
import { eventually, freeAddress, GOOD_SETTINGS, statusOf, WorkerProcess } from '../support/processes.js';
import { RedisApiSimulator } from '../support/simulator.js';

/** Fake keys that are found again wherever they come out. */
const CREDENTIAL = {
  secretId: 'AKIDmarkedSecretId',
  secretKey: 'markedSecretKey',
  token: 'markedToken',
};

const server = process.env['TEST_DEV_SERVER_ADDRESS'] ?? '';
const queue = `worker-test-${randomUUID()}`;

let cli: string;
let http: string;
let api: RedisApiSimulator;
let worker: WorkerProcess;

beforeAll(async () => {
  cli = await findTemporalCli();
  http = await freeAddress();
  api = await RedisApiSimulator.start({ credentials: [CREDENTIAL] });
  api.addTask(1, { timeline: [{ status: 'running', forPolls: 1 }, { status: 'succeed' }] });
  api.addTask(2, { timeline: [{ status: 'failed', message: 'The backup file is damaged.' }] });
  api.addTask(3, { timeline: [{ status: 'running' }] });
  worker = new WorkerProcess({
    ...GOOD_SETTINGS,
    TEMPORAL_ADDRESS: server,
    TENCENTCLOUD_SECRET_ID: CREDENTIAL.secretId,
    TENCENTCLOUD_SECRET_KEY: CREDENTIAL.secretKey,
    TENCENTCLOUD_TOKEN: CREDENTIAL.token,
    TENCENTCLOUD_REDIS_ENDPOINT: api.url,
    REDIS_TASK_QUEUE: queue,
    REDIS_TASK_HTTP: http,
    REDIS_TASK_LOG_LEVEL: 'debug',
  });
  await eventually(async () => (await statusOf(http, '/readyz')) === 200);
});

afterAll(async () => {
  await worker.kill();
  await api.close();
});

/** Runs the official command line, which has nothing of this package. */
function temporal(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(cli, [...args, '--address', server, '--output', 'json'], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

function startArguments(workflowId: string, input: string): string[] {
  return ['--type', 'awaitRedisTask', '--task-queue', queue, '--workflow-id', workflowId, '--input', input];
}

test('a worker that starts well writes no warning', () => {
  expect(worker.log.filter(({ level }) => level !== 'debug' && level !== 'info')).toEqual([]);
});

describe('an operator with the temporal command line', () => {
  test('waits for a task by the name of the workflow and sees the result', async () => {
    const input = '{"taskId":"1","region":"ap-guangzhou","polling":{"initialInterval":"1s"}}';
    const { code, stdout } = await temporal('workflow', 'execute', ...startArguments(`${queue}-1`, input));

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'COMPLETED',
      result: { taskId: 1, region: 'ap-guangzhou', status: 'succeed', instanceId: 'crs-09u2u96z', polls: 2 },
    });
  });

  test('sees the type, the sentence and the details of a failure', async () => {
    const fault = api.fault({ kind: 'error', code: 'InternalError.InternalError' }, { taskId: 2, times: 1 });
    const input = '{"taskId":2,"region":"ap-guangzhou"}';
    const { code, stdout } = await temporal('workflow', 'execute', ...startArguments(`${queue}-2`, input));

    expect(code).toBe(1);
    expect(fault.hits).toBe(1);
    expect(failureIn(stdout)).toMatchObject({
      message: expect.stringContaining('The backup file is damaged.') as unknown,
      applicationFailureInfo: {
        type: 'RedisTaskFailed',
        nonRetryable: true,
        details: [{ taskId: 2, status: 'failed', message: 'The backup file is damaged.' }],
      },
    });
  });

  test('is told to send a long id as a string when a number was rounded on its way', async () => {
    const input = '{"taskId":9007199254740993,"region":"ap-guangzhou"}';
    const { code, stdout } = await temporal('workflow', 'execute', ...startArguments(`${queue}-3`, input));

    expect(code).toBe(1);
    expect(failureIn(stdout)).toMatchObject({
      message: expect.stringContaining('send long ids as a string of digits') as unknown,
      applicationFailureInfo: { type: 'RedisTaskInvalidInput', details: [{ invalid: { field: 'taskId' } }] },
    });
  });

  test('asks a wait for its state, lets it poll, extends and cancels it', async () => {
    const id = `${queue}-4`;
    const input = '{"taskId":3,"region":"ap-guangzhou","maxWait":"1h","polling":{"initialInterval":"1h"}}';
    const pollsOf3 = () => api.calls.filter(({ taskId }) => taskId === '3').length;
    await expect(temporal('workflow', 'start', ...startArguments(id, input))).resolves.toMatchObject({ code: 0 });
    await api.waitForCall(({ taskId, outcome }) => taskId === '3' && outcome === 'ok');

    await expect(temporal('workflow', 'signal', '-w', id, '--name', 'pollNow')).resolves.toMatchObject({ code: 0 });
    await eventually(() => pollsOf3() === 2);

    const refused = await temporal('workflow', 'update', 'execute', ...extension(id, 'a while'));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('RedisTaskInvalidInput');
    const extended = await temporal('workflow', 'update', 'execute', ...extension(id, '3h'));
    const { deadline } = (JSON.parse(extended.stdout) as { result: { deadline: string } }).result;

    const asked = await temporal('workflow', 'query', '-w', id, '--type', 'getState');
    const [state] = (JSON.parse(asked.stdout) as { queryResult: unknown[] }).queryResult;
    expect(state).toMatchObject({ taskId: 3, region: 'ap-guangzhou', status: 'running', deadline });

    await expect(temporal('workflow', 'cancel', '-w', id)).resolves.toMatchObject({ code: 0 });
    const ended = await temporal('workflow', 'result', '-w', id);
    expect(JSON.parse(ended.stdout)).toMatchObject({ status: 'CANCELED' });
  });
});

describe('the pages', () => {
  test('show Temporal and the waits on one Prometheus page', async () => {
    const answer = await fetch(`http://${http}/metrics`);
    const page = await answer.text();

    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = page.split('\n').filter((line) => line !== '');
    const label = String.raw`\w+="(?:[^"\\\n]|\\.)*"`;
    const valid = new RegExp(
      String.raw`^(?:# (?:HELP|TYPE) \w+ .*|[a-zA-Z_:][\w:]*(?:\{(?:${label}(?:,${label})*)?\})? (?:[\d.e+-]+|\+Inf|NaN))$`,
    );
    expect(lines.filter((line) => !valid.test(line))).toEqual([]);
    expect(page).toMatch(new RegExp(`^temporal_num_pollers\\{.*task_queue="${queue}-api".*\\} [1-9]`, 'm'));
    expect(counted(page, 'redis_task_polls_total', 'outcome')).toMatchObject({ succeeded: 1, failed: 1 });
    expect(counted(page, 'redis_task_polls_total', 'outcome')['pending']).toBeGreaterThanOrEqual(3);
    expect(counted(page, 'redis_task_api_errors_total', 'class')).toEqual({ transient: 1 });
    expect(counted(page, 'redis_task_waits_ended_total', 'outcome')).toEqual({
      succeeded: 1,
      failed: 1,
      invalid_input: 1,
      cancelled: 1,
    });
  });

  test('are three, and no others', async () => {
    const pages = ['/', '/metrics/', '/healthz/x', '/readyz?verbose', '/healthz'];
    const statuses = await Promise.all(pages.map((page) => statusOf(http, page)));
    expect(statuses).toEqual([404, 404, 404, 200, 200]);
  });

  test('and the log hold no secret, and each line of the log is JSON', async () => {
    const page = await (await fetch(`http://${http}/metrics`)).text();
    worker.signal('SIGINT');
    await expect(worker.end).resolves.toEqual({ code: 0, signal: null });

    expect(worker.log.map(({ level }) => level)).toEqual(expect.arrayContaining(['debug', 'info', 'warn']));
    expect(worker.stdout).toBe('');
    expect(api.stats().calls).toBeGreaterThan(0);
    for (const secret of [...Object.values(CREDENTIAL), 'TC3-HMAC-SHA256', 'authorization']) {
      expect(worker.output + page).not.toContain(secret);
    }
  });
});

function extension(workflowId: string, maxWait: string): string[] {
  return ['-w', workflowId, '--name', 'extendWait', '--input', JSON.stringify({ maxWait })];
}

function failureIn(stdout: string): unknown {
  const { closeEvent } = JSON.parse(stdout) as {
    closeEvent: { workflowExecutionFailedEventAttributes: { failure: unknown } };
  };
  return closeEvent.workflowExecutionFailedEventAttributes.failure;
}

/** What a counter shows, by one of its labels. */
function counted(page: string, counter: string, label: string): Record<string, number> {
  const lines = page.matchAll(new RegExp(`^${counter}\\{.*\\b${label}="(\\w+)".*\\} (\\d+)$`, 'gm'));
  return Object.fromEntries([...lines].map(([, value = '', count]) => [value, Number(count)]));
}
