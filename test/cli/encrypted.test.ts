// Waits whose payloads are encrypted: the command line has no codec, and says what it cannot read.
import { randomUUID } from 'node:crypto';
import type { PayloadCodec } from '@temporalio/common';
import { redisApiWorkerOptions } from '../../src/activities/index.js';
import { RedisTaskClient } from '../../src/client/index.js';
import { SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { encryption } from '../plugin/codec.js';
import { devServer, workflowBundle } from '../support/environments.js';
import { readsBoth } from '../support/mixed-codec.js';
import { giveWorkersTime } from '../support/patience.js';
import { about, beside } from '../support/together.js';
import { REGION, until, Waits } from '../support/waits.js';
import { Command, type Ended, jsonLines, settingsFor } from './command.js';

giveWorkersTime();

const RUNNING = { status: 'running' };

/** What the command line sends in plain is read, what the workers write is not for it. */
const codec: PayloadCodec = { encode: encryption.encode.bind(encryption), decode: readsBoth.decode.bind(readsBoth) };
const taskQueue = `encrypted-${randomUUID()}`;

let waits: Waits;
let client: RedisTaskClient;

beforeAll(async () => {
  waits = await Waits.start(devServer);
  client = new RedisTaskClient(waits.client, { taskQueue });
  const dataConverter = { payloadCodecs: [codec] };
  const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };
  const calls = redisApiWorkerOptions({ taskQueue, credentials, endpoint: waits.simulator.url });
  await Promise.all([
    waits.serve({ taskQueue, workflowBundle: workflowBundle(), dataConverter }),
    waits.serve({ ...calls, dataConverter }),
  ]);
});
afterAll(() => waits.close());

const begin = (...args: readonly (string | number)[]) => new Command(args, settingsFor(taskQueue));
const redisTask = (...args: readonly (string | number)[]): Promise<Ended> => begin(...args).ended;

/** A task that goes on, and a wait that has seen it. */
async function runningWait() {
  const taskId = waits.addTask(RUNNING);
  const { workflowId } = await client.start({ taskId, region: REGION, polling: { initialInterval: '1h' } });
  await until(
    () => Promise.resolve(waits.callsFor(taskId)),
    (calls) => calls.length > 0,
  );
  return { taskId, workflowId };
}

async function end(taskId: number, status: string): Promise<void> {
  waits.simulator.setTask(taskId, { status });
  await client.pollNow({ taskId, region: REGION });
}

about('of a wait whose payloads are encrypted', () => {
  beside('status says that it runs, and that the rest cannot be read, exit code 1', async () => {
    const { taskId, workflowId } = await runningWait();
    const ended = await redisTask('status', taskId);

    expect(jsonLines(ended)).toMatchObject([
      { type: 'Unreadable', details: { taskId, region: REGION, workflowId, status: 'RUNNING' } },
    ]);
    expect(ended.stderr).toMatch(
      /^Runs: the wait for task \d+ [^\n]* encrypted: what it answers cannot be read here\.\n$/,
    );
    expect(ended.code).toBe(1);
  });

  beside.each([
    ['--by', '2h', 'workflowExecutionSignaledEventAttributes'],
    ['--max-wait', '5h', 'workflowExecutionUpdateCompletedEventAttributes'],
  ] as const)('extend %s is sent, and its answer cannot be read, exit code 1', async (flag, duration, sent) => {
    const { taskId, workflowId } = await runningWait();
    const ended = await redisTask('extend', taskId, flag, duration);
    const { events = [] } = await waits.client.workflow.getHandle(workflowId).fetchHistory();

    expect(jsonLines(ended)).toMatchObject([{ type: 'Unreadable', details: { taskId, region: REGION, workflowId } }]);
    expect(ended.stderr).toMatch(/^Sent to the wait for task \d+ [^\n]* is encrypted and cannot be read here\.\n$/);
    expect(ended.code).toBe(1);
    expect(events?.filter((event) => event[sent])).toHaveLength(1);
  });

  beside.each([
    ['succeed', 0, 'Unreadable', 'Succeeded: '],
    ['failed', 6, 'RedisTaskFailed', 'RedisTaskFailed: Failed: '],
  ] as const)('await and status know its end, %s, by what is not encrypted', async (status, code, type, said) => {
    const { taskId } = await runningWait();
    const following = begin('status', taskId, '--follow');
    const awaiting = begin('await', taskId);
    for (const watching of [following, awaiting]) await watching.says(`${taskId}: its state is encrypted`);
    await end(taskId, status);
    const endings = [await following.ended, await awaiting.ended, await redisTask('status', taskId)];

    for (const ended of endings) {
      expect(jsonLines(ended)).toMatchObject([{ type, message: expect.stringContaining('is encrypted') as string }]);
      expect(ended.code).toBe(code);
    }
    if (code > 0) expect(endings[0]?.stderr).toContain(said);
  });

  beside('list has what is not, and poll and cancel do what they are told', async () => {
    const { taskId, workflowId } = await runningWait();
    const listing = await until(
      () => redisTask('list'),
      (ended) => ended.stderr.includes('encrypted') && jsonLines(ended).some((row) => row['workflowId'] === workflowId),
    );
    expect(jsonLines(listing).find((row) => row['workflowId'] === workflowId)).toMatchObject({
      ...{ taskId, status: 'RUNNING', taskStatus: null, deadline: null },
    });
    expect(listing.stderr).toContain('Some payloads are encrypted: what open waits answer cannot be read here.');

    expect(await redisTask('poll', taskId)).toMatchObject({ code: 0 });
    await until(
      () => Promise.resolve(waits.callsFor(taskId)),
      (calls) => calls.length === 2,
    );
    expect(jsonLines(await redisTask('cancel', taskId))).toMatchObject([{ taskId, result: 'cancelled' }]);
  });

  beside('cancelling one that has failed says that it had ended', async () => {
    const { taskId, workflowId } = await runningWait();
    await end(taskId, 'failed');
    await until(
      () => client.find({ workflowId }),
      ([wait]) => wait?.status.name === 'FAILED',
    );
    const ended = await redisTask('cancel', taskId);

    expect(jsonLines(ended)).toMatchObject([{ type: 'WaitEnded', details: { status: 'FAILED' } }]);
    expect(ended.code).toBe(3);
  });
});
