// The whole pipeline on a real Temporal server: the package's worker polls a simulated API for real.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';
import { runRedisTaskWorker } from 'temporal-tencent-redis/worker';
import { Pipelines } from './pipelines.js';
import { realServer } from './servers.js';

const twoSeconds = [{ status: 'preparing', forMs: 500 }, { status: 'running', forMs: 1_500 }, { status: 'succeed' }];

let pipelines: Pipelines;
let waits: Promise<void>;
const stop = new AbortController();

before(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const env = await realServer();
  pipelines = await Pipelines.start(env);
  waits = runRedisTaskWorker({
    connection: env.nativeConnection,
    env: { TENCENTCLOUD_REDIS_ENDPOINT: pipelines.simulator.url, REDIS_TASK_HTTP: 'off' },
    credentials: { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) },
    signal: stop.signal,
  });
});

after(async () => {
  stop.abort();
  await waits;
  await pipelines.stop();
  await pipelines.env.teardown();
});

beforeEach(() => void pipelines.newAccount());

test('resizes, waits, backs up and waits, through a broken gateway', async () => {
  const { account, simulator } = pipelines;
  account.script.resize.push(twoSeconds);
  account.script.backup.push(twoSeconds);
  for (const action of ['UpgradeInstance', 'DescribeTaskInfo']) {
    simulator.fault({ kind: 'html', httpStatus: 502 }, { action, times: 1 });
  }
  await (await pipelines.resize()).result();

  assert.equal(account.memSizeMb, 8_192);
  assert.deepEqual(account.orders, [8_192]);
});

test('rolls back when the backup fails', async () => {
  const { account, alerts } = pipelines;
  account.script.backup.push([
    { status: 'running', forMs: 500 },
    { status: 'failed', message: 'disk full' },
  ]);
  const error: unknown = await (await pipelines.resize()).result().catch((reason: unknown) => reason);

  assert.ok(error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure);
  assert.equal(error.cause.type, 'RolledBack');
  assert.deepEqual(account.orders, [8_192, 4_096]);
  assert.match(alerts[0] ?? '', /disk full/);
});
