/**
 * `npm run check runbook`: carries out the procedures of docs/runbook.md with the page's own commands, on a real server
 * with workers and running waits, and checks what each of them changes.
 */
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { RedisTaskClient, RedisTaskError } from 'temporal-tencent-redis/client';
import { watchWorkflowId } from '../../src/contract/ids.js';
import type { RedisTaskWatchState } from '../../src/contract/watch/register.js';
import { SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { eventually, exitOnSignals, freeAddress, statusOf } from '../../test/support/processes.js';
import { Stage } from '../../test/support/stage.js';
import { Operator } from './operator.js';
import { readProcedures } from './procedures.js';

const REGION = 'ap-guangzhou';
const HOUR = 3_600_000;
const NEW_KEY = { secretId: 'AKIDrunbook00000000000000000000000', secretKey: 'runbookSecretKey0000000000000000' };

exitOnSignals();
const { setup, procedures } = await readProcedures();
const stage = await Stage.start({ simulator: { requestsPerSecond: false } });
const { simulator } = stage;
try {
  const credentials = path.join(stage.logFolder, 'credentials');
  await writeProfile(credentials, SIMULATOR_CREDENTIAL);
  const byFile = {
    TENCENTCLOUD_SECRET_ID: '',
    TENCENTCLOUD_SECRET_KEY: '',
    TENCENTCLOUD_CREDENTIALS_FILE: credentials,
  };
  const http = await freeAddress();
  const drained = await stage.readyWorker({ ...byFile, REDIS_TASK_HTTP: http });
  await stage.readyWorker(byFile);
  await stage.readyWorker({ ...byFile, REDIS_TASK_QUEUE: 'redis-task-2' });

  const waits = new RedisTaskClient(stage.client);
  const startAll = async () => {
    for (let taskId = 18_201; taskId <= 18_212; taskId += 1) {
      simulator.addTask(taskId, { timeline: [{ status: 'running' }] });
      await waits.start({ taskId, region: REGION, polling: { initialInterval: '1s', maximumInterval: '2s' } });
    }
  };
  await startAll();

  const calls = () => simulator.stats().calls;
  const hoursLeft = async (taskId: number) => {
    const { deadline } = await waits.state({ taskId, region: REGION });
    return (Date.parse(deadline) - Date.now()) / HOUR;
  };
  const called = async (count = 12) => {
    const before = calls();
    await eventually(() => calls() >= before + count);
  };
  const rate = async () => {
    const before = calls();
    await sleep(5_000);
    return (calls() - before) / 5;
  };
  const open = async (queue: string) => {
    const query = `WorkflowType = 'awaitRedisTask' AND TaskQueue = '${queue}' AND ExecutionStatus = 'Running'`;
    return (await stage.client.workflow.count(query)).count;
  };

  /** A wait that is watched, and the run of its watch. */
  const watch = stage.client.workflow.getHandle(watchWorkflowId('redis-task', REGION));
  let watchRun = '';
  const startWatched = async () => {
    simulator.addTask(18_230, { timeline: [{ status: 'running' }] });
    await waits.start({ taskId: 18_230, region: REGION, polling: { pacing: 'shared' } });
    await eventually(swept);
    watchRun = (await watch.describe()).runId;
  };
  const swept = async () => {
    const state = (await watch.query('getState').catch(() => undefined)) as RedisTaskWatchState | undefined;
    return state?.waits === 1 && state.sweeps > 0;
  };

  /** What each procedure must have changed. */
  const checks: Readonly<Record<string, () => Promise<void>>> = {
    'Pause all calls': async () => {
      await eventually(async () => (await rate()) === 0);
      await eventually(async () => (await hoursLeft(18_212)) > 7.9);
      const ending = await waits
        .await({ taskId: 18_213, region: REGION, maxWait: '1s' })
        .catch((error: unknown) => error);
      if (!(ending instanceof RedisTaskError) || ending.type !== 'RedisTaskTimedOut') throw new Error(String(ending));
    },
    'Resume all calls': () => called(),
    'Poll now': () => called(),
    'Extend waits': async () => {
      await eventually(async () => (await hoursLeft(18_201)) > 15.9);
      await eventually(async () => (await hoursLeft(18_212)) > 15.9);
    },
    'Cancel waits': async () => {
      await eventually(async () => (await open('redis-task')) === 0);
      await startAll();
      await called();
    },
    'Change the rate': () => eventually(async () => (await rate()) <= 5.2),
    'Drain a worker': async () => {
      const { code } = await drained.end;
      if (code !== 0) throw new Error(`The worker ended with ${String(code)}`);
      await called();
    },
    'Rotate a key': async () => {
      const before = simulator.calls.length;
      await eventually(() => simulator.calls.slice(before).some(({ secretId }) => secretId === NEW_KEY.secretId));
      simulator.setCredentials([NEW_KEY]);
      await called();
    },
    'Move to another queue': async () => {
      await eventually(async () => (await open('redis-task-2')) === 1);
      await eventually(async () => (await open('redis-task')) === 11);
    },
    'Restart a watch': async () => {
      await eventually(async () => (await watch.describe()).runId !== watchRun && (await swept()));
    },
  };

  const operator = await Operator.prepare(stage.logFolder, setup, {
    TEMPORAL_ADDRESS: stage.address,
    TENCENTCLOUD_REDIS_ENDPOINT: simulator.url,
    TENCENTCLOUD_CREDENTIALS_FILE: credentials,
    WORKER_PID: String(drained.pid),
    NEW_SECRET_ID: NEW_KEY.secretId,
    NEW_SECRET_KEY: NEW_KEY.secretKey,
  });
  await eventually(async () => (await statusOf(http, '/readyz')) === 200);
  for (const { title, commands } of procedures) {
    const check = checks[title];
    if (!check) throw new Error(`docs/runbook.md has a procedure that is not checked: ${title}`);
    if (title === 'Rotate a key') simulator.setCredentials([SIMULATOR_CREDENTIAL, NEW_KEY]);
    if (title === 'Restart a watch') await startWatched();
    await operator.type(commands);
    await Promise.race([check(), late(title)]);
    console.log(`✓ ${title}`);
  }
} finally {
  await stage.close();
}
process.exit();

async function late(title: string): Promise<never> {
  await sleep(120_000);
  throw new Error(`${title}: two minutes later, it has not had its effect`);
}

async function writeProfile(file: string, { secretId, secretKey }: typeof NEW_KEY): Promise<void> {
  await writeFile(`${file}.new`, `[default]\nsecret_id = ${secretId}\nsecret_key = ${secretKey}\n`);
  await rename(`${file}.new`, file);
}
