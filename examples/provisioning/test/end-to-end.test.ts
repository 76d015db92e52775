// The pipelines on a real Temporal server: the package's worker makes the changes for real, on a simulated API.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from 'temporal-tencent-redis/testing';
import { runRedisTaskWorker } from 'temporal-tencent-redis/worker';
import { ORDER, REGION, runPipelines, start } from './pipelines.js';
import { realServer } from './servers.js';

let env: TestWorkflowEnvironment;
let simulator: RedisApiSimulator;
let secrets: string;
let stopPipelines: () => Promise<void>;
let changes: Promise<void>;
const stop = new AbortController();

before(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  env = await realServer();
  simulator = await RedisApiSimulator.start();
  secrets = await mkdtemp(path.join(tmpdir(), 'secrets-'));
  await writeFile(path.join(secrets, 'redis-main'), 'a password');
  stopPipelines = await runPipelines(env, []);
  changes = runRedisTaskWorker({
    connection: env.nativeConnection,
    env: {
      TENCENTCLOUD_REDIS_ENDPOINT: simulator.url,
      REDIS_TASK_HTTP: 'off',
      REDIS_TASK_SECRETS: secrets,
      REDIS_TASK_ACTIONS: 'CreateInstances,UpgradeInstance,DestroyPostpaidInstance,CleanUpInstance',
    },
    credentials: { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) },
    signal: stop.signal,
  });
});

after(async () => {
  stop.abort();
  await changes;
  await stopPipelines();
  await simulator.close();
  await env.teardown();
  await rm(secrets, { recursive: true });
});

test('an instance is created, resized and deleted, each once, through a busy instance and a lost answer', async () => {
  const instanceId = await (await start(env, 'createInstance', ORDER)).result();
  simulator.fault(
    { kind: 'error', code: 'ResourceUnavailable.InstanceLockedError' },
    { action: 'UpgradeInstance', times: 1 },
  );
  await (await start(env, 'resizeInstance', { region: REGION, instanceId, memSizeMb: 8_192 })).result();
  simulator.fault({ kind: 'lostAnswer' }, { action: 'DestroyPostpaidInstance', times: 1 });
  await (await start(env, 'deleteInstance', { region: REGION, instanceId })).result();

  const made = simulator.executed.map(({ action, parameters }) => [action, parameters['MemSize']]);
  assert.deepEqual(made, [
    ['CreateInstances', 4_096],
    ['UpgradeInstance', 8_192],
    ['DestroyPostpaidInstance', undefined],
    ['CleanUpInstance', undefined],
  ]);
  assert.equal(simulator.executed[0]?.parameters['Password'], 'a password');
});
