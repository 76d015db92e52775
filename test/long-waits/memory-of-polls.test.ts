// The SDK keeps every call and timer of a run until the run ends: in a wait of days they would fill the worker's memory.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { eventually } from '../support/processes.js';
import { Stage } from '../support/stage.js';
import { REGION } from '../support/waits.js';

const QUEUE = 'memory-of-polls';
const WAITS = 20;
/** Of each wait, on average: before the first look at the memory. */
const POLLS_BEFORE = 20;
/** A wait continues as new after 45 polls: two runs of each, so that as much is kept at the second look as at the first. */
const POLLS_MEASURED = 90;
/** Measured: a third of it with continuing as new, nearly four times as much without. */
const BYTES_PER_POLL_MAX = 1_000;

let stage: Stage;
let polls = 0;

beforeAll(async () => {
  stage = await Stage.start();
});
afterAll(() => stage.close());

test('polls leave nothing in the memory of a worker', async () => {
  await stage.runWorker((connection) =>
    Worker.create({ connection, taskQueue: `${QUEUE}-api`, activities: { describeTaskInfo } }),
  );
  const worker = await startWaitWorker();
  const polling = { initialInterval: '1s', maximumInterval: '1s' };
  for (let taskId = 1; taskId <= WAITS; taskId += 1) {
    const args = [{ taskId, region: REGION, polling }];
    await stage.client.workflow.start('awaitRedisTask', { taskQueue: QUEUE, workflowId: `wait-${taskId}`, args });
  }

  await eventually(() => polls >= WAITS * POLLS_BEFORE);
  const before = { polls, heapBytes: await askHeap(worker) };
  await eventually(() => polls >= WAITS * (POLLS_BEFORE + POLLS_MEASURED));
  const after = { polls, heapBytes: await askHeap(worker) };

  const bytesPerPoll = Math.round((after.heapBytes - before.heapBytes) / (after.polls - before.polls));
  console.log(`${after.polls - before.polls} polls left ${bytesPerPoll} bytes each`);
  expect(bytesPerPoll).toBeLessThan(BYTES_PER_POLL_MAX);
}, 1_200_000);

/** In place of the API, at whose rate this would take minutes more. */
function describeTaskInfo() {
  polls += 1;
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
}

async function startWaitWorker(): Promise<ChildProcess> {
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

async function askHeap(worker: ChildProcess): Promise<number> {
  worker.send('heap');
  const [heapBytes] = (await once(worker, 'message')) as [number];
  return heapBytes;
}
