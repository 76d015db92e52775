import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { watchTaskInfo } from '../src/activities/watch-task-info.js';
import { type AwaitRedisTaskInput, readInput } from '../src/contract/input.js';
import type { WaitState } from '../src/contract/wait-state.js';
import type { Stage } from '../test/support/stage.js';
import { definePart } from './support/part.js';
import { startStage } from './support/start-stage.js';
import { rounded } from './support/statistics.js';
import { type Pacing, PACINGS, startWaits, taskIdsFrom } from './support/waits.js';
import type { ProcessMemory } from './support/wait-worker.js';

export interface LeftBehindParameters {
  readonly waits: number;
  /** Of each wait, on average: before the first look at the memory, and from then to the second. */
  readonly pollsBefore: number;
  readonly pollsMeasured: number;
}

/** What polls leave in the memory of a worker that runs the waits, garbage collected. */
export interface LeftBehind {
  readonly pacing: Pacing;
  readonly polls: number;
  readonly heapBytesPerPoll: number;
  readonly residentBytesPerPoll: number;
}

const QUEUE = 'left-behind';

/** A wait continues as new after 45 polls: two runs of each, so that as much is kept at the second look as at the first. */
export const TWO_RUNS: LeftBehindParameters = { waits: 20, pollsBefore: 20, pollsMeasured: 90 };

export const leftBehind = definePart({
  about: 'what polls leave in the memory of a worker',

  parametersFor: ({ quick }) => (quick ? { waits: 10, pollsBefore: 2, pollsMeasured: 5 } : TWO_RUNS),

  async measure(parameters, say): Promise<LeftBehind[]> {
    const figures: LeftBehind[] = [];
    for (const pacing of PACINGS) {
      say(pacing);
      figures.push(await measureLeftBehind(pacing, parameters));
    }
    return figures;
  },
});

/** Every wait polls once a second. The API is a stub in this process. */
export async function measureLeftBehind(
  pacing: Pacing,
  { waits, pollsBefore, pollsMeasured }: LeftBehindParameters,
): Promise<LeftBehind> {
  const stage = await startStage();
  try {
    const api = await serveCalls(stage);
    const worker = await startWaitWorker(stage);
    const polling = { initialInterval: '1s', maximumInterval: '1s' };
    const toStart = { taskIds: taskIdsFrom(1, waits), taskQueue: QUEUE, pacing, polling };
    await startWaits(stage.client, undefined, toStart);
    const memoryAfter = async (polls: number) => {
      while (api.polls < polls) await sleep(100);
      return { polls: api.polls, ...(await askMemory(worker)) };
    };
    const before = await memoryAfter(waits * pollsBefore);
    const after = await memoryAfter(waits * (pollsBefore + pollsMeasured));
    const polls = after.polls - before.polls;
    return {
      ...{ pacing, polls },
      heapBytesPerPoll: rounded((after.heapBytes - before.heapBytes) / polls, 0),
      residentBytesPerPoll: rounded((after.residentBytes - before.residentBytes) / polls, 0),
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
  const program = fileURLToPath(new URL('support/wait-worker.ts', import.meta.url));
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
