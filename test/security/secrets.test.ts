// The built worker with marked credentials, before a gateway that gives back all that it was sent: whatever way a wait
// fails, neither its history, nor a query, nor the log, nor the metrics hold a secret.
import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { ReceivedRequest } from '../../src/testing/http-server.js';
import { textOf } from '../support/histories.js';
import { eventually, freeAddress, GOOD_SETTINGS, statusOf, WorkerProcess } from '../support/processes.js';
import { type FakeAnswer, type Loopback, loopback } from '../tencent/credentials/loopback.js';

const CREDENTIAL = { secretId: 'AKIDmarkedSecretId', secretKey: 'markedSecretKey', token: 'marked+To/ken==' };
/** Also pieces of them, which an encoding does not change. */
const SECRETS = [...Object.values(CREDENTIAL), 'marked+To', 'To/ken', 'markedSecret', 'Signature=', 'tc3_request'];

const HEADERS = ['authorization', 'x-tc-token', 'host', 'content-type', 'x-tc-timestamp'];
const echoOf = (request: ReceivedRequest): string =>
  [...HEADERS.map((name) => `${name}: ${request.header(name) ?? ''}`), CREDENTIAL.secretKey].join('\n');
const enveloped = (fields: object): FakeAnswer => ({ body: JSON.stringify({ Response: fields }) });

/** Ways in which the API, or what stands before it, gives the request back. */
const answers: readonly (readonly [string, (echo: string) => FakeAnswer])[] = [
  ['a page', (echo) => ({ status: 502, body: `<pre>${echo}</pre>` })],
  ['an escaped page', (echo) => ({ status: 502, body: echo.replaceAll('+', '&#43;').replaceAll('/', '&#x2F;') })],
  ['an unauthorized body', (echo) => ({ status: 401, body: JSON.stringify({ headers: echo }) })],
  ['JSON without envelope', (echo) => ({ body: JSON.stringify({ echo }).replaceAll('/', '\\/') })],
  ['an address', (echo) => ({ status: 400, body: `/?${encodeURIComponent(echo)}` })],
  ['a refused parameter', (echo) => enveloped({ Error: { Code: 'InvalidParameterValue', Message: echo } })],
  ['refused credentials', (echo) => enveloped({ Error: { Code: 'AuthFailure.TokenFailure', Message: echo } })],
  ['a refused clock', (echo) => enveloped({ Error: { Code: 'AuthFailure.SignatureExpire', Message: echo } })],
  ['an odd code', (echo) => enveloped({ Error: { Code: echo, Message: '' }, RequestId: echo })],
  ['no status', (echo) => enveloped({ [echo]: echo, RequestId: echo })],
  ['a failed task', (echo) => enveloped({ Status: 'failed', TaskMessage: echo, InstanceId: echo, RequestId: echo })],
  ['an odd status', (echo) => enveloped({ Status: echo })],
  ['a broken connection', () => 'reset'],
];

const taskQueue = `secrets-${randomUUID()}`;
const address = process.env['TEST_DEV_SERVER_ADDRESS'] ?? '';

let gateway: Loopback;
let worker: WorkerProcess;
let http: string;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  gateway = await loopback((request) => {
    const { TaskId } = JSON.parse(request.body?.toString() ?? '') as { TaskId: number };
    return answers[TaskId - 1]?.[1](echoOf(request)) ?? 'reset';
  });
  http = await freeAddress();
  worker = new WorkerProcess({
    ...GOOD_SETTINGS,
    TEMPORAL_ADDRESS: address,
    TENCENTCLOUD_SECRET_ID: CREDENTIAL.secretId,
    TENCENTCLOUD_SECRET_KEY: CREDENTIAL.secretKey,
    TENCENTCLOUD_TOKEN: CREDENTIAL.token,
    TENCENTCLOUD_REDIS_ENDPOINT: gateway.url.href,
    REDIS_TASK_QUEUE: taskQueue,
    REDIS_TASK_HTTP: http,
    REDIS_TASK_LOG_LEVEL: 'trace',
  });
  connection = await Connection.connect({ address });
  client = new Client({ connection });
  await eventually(async () => (await statusOf(http, '/readyz')) === 200);
});
afterAll(async () => {
  await worker.kill();
  gateway.close();
  await connection.close();
});

test.concurrent.each(answers.map(([name], index) => [name, index + 1] as const))(
  '%s that gives the request back leaves no secret in a history or a query',
  async (_, taskId) => {
    const handle = await client.workflow.start('awaitRedisTask', {
      workflowId: `${taskQueue}-${taskId}`,
      taskQueue,
      args: [{ taskId, region: 'ap-guangzhou', maxWait: '2s' }],
    });
    await expect(handle.result()).rejects.toThrow('Workflow execution failed');
    const all = textOf(await handle.fetchHistory()) + JSON.stringify(await handle.query('getState'));

    expect(all).toContain('RedisTask');
    for (const secret of SECRETS) expect(all).not.toContain(secret);
  },
);

test('the log at its most talkative, and the metrics, hold none either', async () => {
  const page = await (await fetch(`http://${http}/metrics`)).text();

  expect(gateway.requests.length).toBeGreaterThan(answers.length);
  expect(page).toContain('redis_task_api_errors_total');
  expect(worker.output).toContain('"level":"trace"');
  for (const secret of SECRETS) expect(worker.output + page).not.toContain(secret);
});
