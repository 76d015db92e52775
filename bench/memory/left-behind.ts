import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { watchTaskInfo } from '../../src/activities/watch-task-info.js';
import { type AwaitRedisTaskInput, readInput } from '../../src/contract/input.js';
import type { WaitState } from '../../src/contract/wait-state.js';
import type { Stage } from '../../test/support/stage.js';
import { startStage } from '../support/start-stage.js';
import { rounded } from '../support/statistics.js';
import { type Pacing, startWaits, taskIdsFrom } from '../support/waits.js';
import type { ProcessMemory } from './wait-worker.js';

export interface LeftBehindParameters {
  readonly waits: number;
  /** From the first sample to the last. */
  readonly seconds: number;
}

/** What polls leave in the memory of a worker that runs the waits, garbage collected. */
export interface LeftBehind {
  readonly pacing: Pacing;
  readonly waits: number;
  readonly polls: number;
  readonly heapBytesPerPoll: number;
  readonly residentBytesPerPoll: number;
}

const QUEUE = 'left-behind';

/** Polls as fast as the machine allows: the API is a stub in this process. */
export async function measureLeftBehind(pacing: Pacing, { waits, seconds }: LeftBehindParameters): Promise<LeftBehind> {
  const stage = await startStage();
  try {
    const api = await serveCalls(stage);
    const worker = await startWaitWorker(stage);
    const polling = { initialInterval: '1s', maximumInterval: '1s' };
    const toStart = { taskIds: taskIdsFrom(1, waits), taskQueue: QUEUE, pacing, polling };
    await startWaits(stage.client, undefined, toStart);
    // Until every wait is loaded and has polled.
    while (api.polls < 2 * waits) await sleep(100);
    const [before, pollsBefore] = [await askMemory(worker), api.polls];
    await sleep(seconds * 1_000);
    const [after, polls] = [await askMemory(worker), api.polls - pollsBefore];
    const perPoll = (field: keyof ProcessMemory) => rounded(((after[field] - before[field]) * 1e6) / polls, 0);
    return {
      ...{ pacing, waits, polls },
      heapBytesPerPoll: perPoll('heapMb'),
      residentBytesPerPoll: perPoll('residentMb'),
    };
  } finally {
    await stage.close();
  }
}

async function serveCalls(stage: Stage): Promise<{ readonly polls: number }> {
  const count = { polls: 0 };
  const describeTaskInfo = () => {
    count.polls += 1;
    return Promise.resolve({
      status: 'running',
      taskType: 'redis cache clearing process',
      instanceId: 'crs-09u2u96z',
      startTime: '2018-11-01 17:25:14',
      message: '',
      requestId: '81120ab8-2cf1-4f0c-8e4c-81120ab82cf1',
      at: new Date().toISOString(),
      queuedMs: 0,
    });
  };
  await stage.runWorker((connection) =>
    Worker.create({
      connection,
      taskQueue: `${QUEUE}-api`,
      activities: {
        describeTaskInfo,
        watchTaskInfo: (input: AwaitRedisTaskInput, known: WaitState) =>
          watchTaskInfo(readInput(input), known, describeTaskInfo),
      },
    }),
  );
  return count;
}

async function startWaitWorker(stage: Stage): Promise<ChildProcess> {
  const program = fileURLToPath(new URL('wait-worker.ts', import.meta.url));
  const worker = fork(program, [stage.address, QUEUE], { execArgv: ['--expose-gc', '--import', 'tsx'] });
  const kill = () => worker.kill('SIGKILL');
  process.once('exit', kill);
  stage.onClose(async () => {
    process.off('exit', kill);
    if (kill()) await once(worker, 'close');
  });
  await once(worker, 'message');
  return worker;
}

async function askMemory(worker: ChildProcess): Promise<ProcessMemory> {
  worker.send('memory');
  const [memory] = (await once(worker, 'message')) as [ProcessMemory];
  return memory;
}
