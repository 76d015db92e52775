// The built worker before an API that gives back all that it was sent: whatever password a change has, and however it ends,
// neither its history, nor its result, its details, the log, nor the metrics hold it.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { REDIS_ACTIONS } from '../../src/contract/action/actions.js';
import { textOf } from '../support/histories.js';
import { PASSWORD_PARAMETERS } from '../support/password-parameters.js';
import { eventually, freeAddress, GOOD_SETTINGS, statusOf, WorkerProcess } from '../support/processes.js';
import { type FakeAnswer, type Loopback, loopback } from '../tencent/credentials/loopback.js';

const PASSWORD = 'marked-Pass/word<1>"2"';
/** Also pieces of it, which an encoding does not change. */
const PIECES = [PASSWORD, 'marked-Pass', 'marked', 'word<', 'word&lt;'];

const enveloped = (fields: object): FakeAnswer => ({ body: JSON.stringify({ Response: fields }) });

/** Ways in which the API gives a change back. */
const WAYS: Readonly<Record<string, (echo: string) => FakeAnswer>> = {
  accepted: (echo) => enveloped({ TaskId: 0, [echo]: echo, Nested: [{ Echo: echo }], RequestId: echo }),
  refused: (echo) => enveloped({ Error: { Code: 'InvalidParameterValue', Message: echo }, RequestId: 'r' }),
  unauthorized: (echo) => enveloped({ Error: { Code: 'AuthFailure.TokenFailure', Message: echo }, RequestId: 'r' }),
};

const taskQueue = `change-secrets-${randomUUID()}`;
const address = process.env['TEST_DEV_SERVER_ADDRESS'] ?? '';

let api: Loopback;
let folder: string;
let worker: WorkerProcess;
let http: string;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  api = await loopback((request) => {
    if (request.header('x-tc-action') === 'DescribeTaskList') return enveloped({ TotalCount: 0, Tasks: [] });
    const echo = request.body?.toString() ?? '';
    const { InstanceId } = JSON.parse(echo) as { InstanceId: string };
    return WAYS[InstanceId.replace('crs-', '')]?.(`${echo} ${PASSWORD}`) ?? 'reset';
  });
  folder = await mkdtemp(path.join(tmpdir(), 'redis-task-secrets-'));
  await writeFile(path.join(folder, 'main'), PASSWORD);
  http = await freeAddress();
  worker = new WorkerProcess({
    ...GOOD_SETTINGS,
    TEMPORAL_ADDRESS: address,
    TENCENTCLOUD_REDIS_ENDPOINT: api.url.href,
    REDIS_TASK_QUEUE: taskQueue,
    REDIS_TASK_ACTIONS: REDIS_ACTIONS.join(','),
    REDIS_TASK_SECRETS: folder,
    REDIS_TASK_HTTP: http,
    REDIS_TASK_LOG_LEVEL: 'trace',
  });
  connection = await Connection.connect({ address });
  client = new Client({ connection });
  await eventually(async () => (await statusOf(http, '/readyz')) === 200);
});
afterAll(async () => {
  await worker.kill();
  api.close();
  await connection.close();
  await rm(folder, { recursive: true });
});

const cases = PASSWORD_PARAMETERS.flatMap(([action, name]) =>
  Object.keys(WAYS).map((way) => [action, name, way] as const),
);

test.concurrent.each(cases)('%s with %s that is %s leaves no password behind', async (action, name, way) => {
  const handle = await client.workflow.start('runRedisAction', {
    workflowId: `${taskQueue}-${action}-${name}-${way}`,
    taskQueue,
    args: [
      {
        ...{ action, region: 'ap-guangzhou', waitFor: 'start' },
        params: { InstanceId: `crs-${way}`, [name]: { $secret: 'main' } },
      },
    ],
  });
  const result: unknown = await handle.result().catch((error: unknown) => error);
  const details: unknown = await handle.query('__temporal_workflow_metadata');
  const all = `${textOf(await handle.fetchHistory())} ${JSON.stringify([result, (result as Error).cause, details])}`;

  expect(all).toContain('$secret');
  expect(all).toContain('***');
  for (const piece of PIECES) expect(all).not.toContain(piece);
});

test('the log at its most talkative, and the metrics, hold none either', async () => {
  const page = await (await fetch(`http://${http}/metrics`)).text();
  const sent = api.requests.filter((request) => request.body?.includes('marked-Pass'));

  expect(sent.length).toBeGreaterThanOrEqual(cases.length);
  expect(worker.output).toContain('"level":"trace"');
  for (const piece of PIECES) expect(worker.output + page).not.toContain(piece);
});
