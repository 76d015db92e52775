// Whatever a wait is started with, told or answered: it ends as the contract says, and no workflow task ever fails.
import { ApplicationFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import fc from 'fast-check';
import { POLL_FAILURE_TYPES } from '../../src/contract/poll-error.js';
import type { RedisTaskWaitState } from '../../src/contract/task/view.js';
import { devServer } from '../support/environments.js';
import { REGION, Waits } from '../support/waits.js';
import { nearlyRight } from './answers.js';
import { anyJson, anyText, oddText } from './arbitraries.js';
import { type Queue, serveQueue } from './call-workers.js';
import { forCases, WAITS_BATCH } from './cases.js';
import { anyArguments, anyMessageArguments } from './inputs.js';
import { type Ending, endOf, expectFailure, expectState } from './wait-endings.js';

/** How long a wait that may go on is left to: one that still waits then is cancelled. */
const PATIENCE_MS = 10_000;

/** The same of one that has to end: many times what it needs, also where other processes keep it from going on. */
const ENDS_WITHIN_MS = 120_000;

const SUCCEEDED = JSON.stringify({ Response: { Status: 'succeed', RequestId: 'fuzz' } });

/** As the client wants them typed; there may be none. */
type Arguments = [unknown, ...unknown[]];

let waits: Waits;
let queue: Queue;
const endings = new Set<Ending>();

beforeAll(async () => {
  waits = await Waits.start(devServer);
  queue = await serveQueue(waits);
});
beforeEach(() => endings.clear());
afterEach(() => waits.simulator.clearFaults());
afterAll(async () => {
  await queue.close();
  await waits.close();
});

test('any arguments end the wait, or begin one', async () => {
  // Whatever task an input names, it has succeeded.
  const fault = waits.simulator.fault({ kind: 'http', status: 200, body: SUCCEEDED });
  await forCases(
    anyArguments,
    0.3,
    async (args) => {
      const handle = await waits.startWith(args, { taskQueue: queue.taskQueue });
      endings.add(await endOf(handle, PATIENCE_MS));
    },
    WAITS_BATCH,
  );
  fault.clear();

  expect([...endings]).toEqual(expect.arrayContaining(['succeeded', 'RedisTaskInvalidInput', 'cancelled']));
});

test('any signals, updates and queries are answered, and the wait goes on', async () => {
  const message = fc.record({
    name: fc.constantFrom('pollNow', 'extendWait', 'extendWait', 'getState', 'noSuchMessage'),
    args: anyMessageArguments,
  });
  let refused = 0;
  await forCases(
    fc.array(message, { minLength: 1, maxLength: 6 }),
    0.1,
    async (messages) => {
      const taskId = waits.addTask({ status: 'running' });
      const handle = await waits.start(
        { taskId, region: REGION, maxWait: '30d', polling: { initialInterval: '1h' } },
        { taskQueue: queue.taskQueue },
      );
      for (const { name, args } of messages) {
        if (name === 'getState') expectState(await handle.query<RedisTaskWaitState, unknown[]>(name, ...args));
        else if (name !== 'extendWait') await handle.signal(name, ...args);
        else
          refused += await extension(
            handle.executeUpdate<RedisTaskWaitState, Arguments>(name, { args: args as Arguments }),
          );
      }
      waits.simulator.setTask(taskId, { status: 'succeed' });
      await handle.signal('pollNow', ...(messages[0]?.args ?? []));
      const ending = await endOf(handle, ENDS_WITHIN_MS);
      expect(ending).not.toBe('cancelled');
      endings.add(ending);
    },
    WAITS_BATCH,
  );

  expect(refused).toBeGreaterThan(0);
  expect(endings.has('succeeded')).toBe(true);
});

/** 1 when it was refused as the contract says. */
async function extension(update: Promise<RedisTaskWaitState>): Promise<0 | 1> {
  try {
    expectState(await update);
    return 0;
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)) throw error;
    expect(expectFailure(error.cause)).toBe('RedisTaskInvalidInput');
    return 1;
  }
}

test('any answers of the API end the wait, or are waited through', async () => {
  const timeline = fc.record({
    bodies: fc.array(nearlyRight, { minLength: 1, maxLength: 2 }),
    status: fc.constantFrom('succeed', 'failed', 'Error'),
    // A longer one would not fit into the largest answer that is read.
    message: anyText.map((text) => text.slice(0, 40_000)),
  });
  await forCases(
    timeline,
    0.1,
    async ({ bodies, status, message }) => {
      const taskId = waits.addTask({ status, message });
      for (const body of bodies) waits.simulator.fault({ kind: 'http', status: 200, body }, { taskId, times: 1 });
      const polling = { initialInterval: '1s', backoffCoefficient: 1 };
      const handle = await waits.start(
        { taskId, region: REGION, maxWait: '10m', polling },
        { taskQueue: queue.taskQueue },
      );
      const ending = await endOf(handle, ENDS_WITHIN_MS);
      expect(ending).not.toBe('cancelled');
      endings.add(ending);
    },
    WAITS_BATCH,
  );

  expect([...endings]).toEqual(expect.arrayContaining(['succeeded', 'RedisTaskFailed', 'RedisTaskErrored']));
});

test('any answers of a describeTaskInfo that somebody else wrote end the wait, or are waited through', async () => {
  const answer = fc.oneof(
    anyJson.map((value) => ({ value })),
    fc
      .tuple(
        fc.constantFrom(...Object.values(POLL_FAILURE_TYPES), 'Other'),
        oddText,
        fc.array(anyJson, { maxLength: 2 }),
      )
      .map(([type, message, details]) => ({
        error: ApplicationFailure.create({ type, message: message.toWellFormed(), details, nonRetryable: true }),
      })),
  );
  const answers = new Map<number, { value?: unknown; error?: Error }>();
  const foreign = await serveQueue(waits, {
    describeTaskInfo({ taskId }: { taskId: number }): Promise<unknown> {
      const { value, error } = answers.get(taskId) ?? {};
      answers.set(taskId, { value: { status: 'succeed', queuedMs: 1 } });
      return error ? Promise.reject(error) : Promise.resolve(value);
    },
  });
  await forCases(
    answer,
    0.1,
    async (each) => {
      const taskId = waits.addTask();
      answers.set(taskId, each);
      const polling = { initialInterval: '1s' };
      const handle = await waits.start({ taskId, region: REGION, polling }, { taskQueue: foreign.taskQueue });
      endings.add(await endOf(handle, PATIENCE_MS));
    },
    WAITS_BATCH,
  );
  await foreign.close();

  expect([...endings]).toEqual(expect.arrayContaining(['succeeded', 'RedisTaskRejected', 'RedisTaskUnauthorized']));
});
