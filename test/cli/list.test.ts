// `redis-task list`: a wait is one row, however many runs it has. On a server that suggests to continue as new after twenty
// events, and has the search attributes.
import { randomUUID } from 'node:crypto';
import { rowText } from '../../src/cli/wait-row.js';
import { RedisTaskClient } from '../../src/client/index.js';
import { beganAt } from '../../src/client/whole-wait.js';
import { readInput } from '../../src/contract/task/input.js';
import { beginWait } from '../../src/contract/wait/state.js';
import { LONG_HISTORIES_SERVER, ownDevServer } from '../support/environments.js';
import { giveWorkersTime } from '../support/patience.js';
import { about, beside } from '../support/together.js';
import { REGION, until, untilState, Waits, type WaitHandle } from '../support/waits.js';
import { Command, type Ended, jsonLines, settingsFor } from './command.js';

const RUNNING = { status: 'running' };
const EVERY_SECOND = { initialInterval: '1s', backoffCoefficient: 1, jitter: 0 };
const HOUR = 3_600_000;

giveWorkersTime();

let waits: Waits;

beforeAll(async () => {
  waits = await Waits.start(() => ownDevServer(LONG_HISTORIES_SERVER), { searchAttributes: true });
});
afterAll(() => waits.close());

const list = (taskQueue: string, ...flags: string[]): Promise<Ended> =>
  new Command(['list', ...flags], { ...settingsFor(taskQueue), TEMPORAL_ADDRESS: waits.env.address }).ended;

/** The rows of one wait, once it is listed, which takes a moment, and a worker that has much to do has told of it. */
function rowsOf(workflowId: string, ...flags: string[]) {
  const rows = async () =>
    jsonLines(await list(waits.taskQueue, ...flags)).filter((row) => row['workflowId'] === workflowId);
  const isTold = (row: Readonly<Record<string, unknown>>) => row['closeTime'] !== null || row['deadline'] !== null;
  return until(rows, (found) => found.some(isTold));
}

const describeRun = (workflowId: string, runId?: string) =>
  waits.client.workflow.getHandle(workflowId, runId).describe();

/** A wait that has continued as new, and when it began. */
async function continuedWait() {
  const handle = await waits.start({
    taskId: waits.addTask(RUNNING),
    region: REGION,
    maxWait: '1h',
    polling: EVERY_SECOND,
  });
  const { workflowId } = handle;
  const { startTime, runId } = await describeRun(workflowId);
  await until(
    () => describeRun(workflowId),
    (run) => run.runId !== runId,
  );
  return { workflowId, startTime };
}

async function reset({ workflowId }: WaitHandle): Promise<void> {
  const { runId } = await describeRun(workflowId);
  await waits.client.workflowService.resetWorkflowExecution({
    ...{ namespace: 'default', workflowExecution: { workflowId, runId }, requestId: randomUUID(), reason: 'test' },
    // The first workflow task is over with the fourth event.
    workflowTaskFinishEventId: 4 as never,
  });
}

about('a row', () => {
  beside(
    'is of the whole wait that has continued as new: its start, its status, its instance, its deadline',
    async () => {
      const { workflowId, startTime } = await continuedWait();
      const rows = await rowsOf(workflowId, '--all');

      expect(rows).toMatchObject([
        {
          ...{ status: 'RUNNING', startTime: startTime.toISOString(), closeTime: null, outcome: null },
          ...{ taskStatus: 'running', instanceId: 'crs-09u2u96z' },
        },
      ]);
      const { deadline } = await untilState(waits.client.workflow.getHandle(workflowId), () => true);
      expect(rows[0]?.['deadline']).toBe(deadline);
    },
  );

  beside('has the start of a wait whose first run the server has forgotten', async () => {
    const input = { taskId: waits.addTask(RUNNING), region: REGION, polling: { initialInterval: '1h' } };
    const startedAt = Date.now() - HOUR;
    const handle = await waits.startWith([input, beginWait(readInput(input), startedAt)]);
    const run = await describeRun(handle.workflowId);
    const workflowExecutionInfo = { ...run.raw.workflowExecutionInfo, firstRunId: randomUUID() };

    await expect(beganAt(waits.client, run)).resolves.toEqual(run.startTime);
    const forgotten = { ...run, raw: { ...run.raw, workflowExecutionInfo } };
    await expect(beganAt(waits.client, forgotten)).resolves.toEqual(new Date(startedAt));
  });

  beside('is one for a wait that was reset, with the start of it', async () => {
    const handle = await waits.start({
      taskId: waits.addTask(RUNNING),
      region: REGION,
      polling: { initialInterval: '1h' },
    });
    const { startTime } = await describeRun(handle.workflowId);
    await untilState(handle, ({ polls }) => polls === 1);
    await reset(handle);
    const rows = await until(
      () => rowsOf(handle.workflowId, '--all'),
      (found) => found.some(({ status }) => status === 'RUNNING'),
    );

    expect(rows).toMatchObject([{ status: 'RUNNING', startTime: startTime.toISOString() }]);
  });

  beside('of a wait that has ended tells how, by its search attributes', async () => {
    const handle = await waits.start({ taskId: waits.addTask({ status: 'failed' }), region: REGION });
    await handle.result().catch(() => undefined);
    const [row] = await rowsOf(handle.workflowId, '--all');

    expect(row).toMatchObject({ status: 'FAILED', outcome: 'RedisTaskFailed', taskStatus: 'failed', deadline: null });
  });

  test('in a narrow terminal has its id on a line of its own, to copy', () => {
    const [startTime, closeTime] = [new Date(0), new Date(90_000)];
    const known = { taskId: 18_215, region: REGION, taskStatus: null, instanceId: null, deadline: null };
    const row = {
      ...known,
      workflowId: 'resize-1/redis-task/ap-guangzhou/18215',
      status: 'FAILED' as const,
      startTime,
      closeTime,
    };

    expect(rowText({ ...row, outcome: 'RedisTaskFailed' }, 60)).toBe(
      'failed     1 min 30 s\n  resize-1/redis-task/ap-guangzhou/18215 · RedisTaskFailed',
    );
    expect(rowText({ ...row, outcome: 'RedisTaskFailed' }, 160)).toBe(
      'failed     1 min 30 s   resize-1/redis-task/ap-guangzhou/18215 · RedisTaskFailed',
    );
  });

  beside('in a terminal is folded to its width', async () => {
    const { workflowId } = await continuedWait();
    const settings = { ...settingsFor(waits.taskQueue), TEMPORAL_ADDRESS: waits.env.address };
    const lines = async () => (await new Command(['list'], settings, true).ended).stdout.split('\n');
    const indexIn = (all: readonly string[]) => all.findIndex((line) => line.includes(workflowId));
    const all = await until(lines, (found) => found[indexIn(found) + 1]?.includes('deadline') ?? false);

    expect(all[indexIn(all)]).toMatch(/^running +\d[^·]* awaitRedisTask-[^·]*$/);
    expect(all[indexIn(all) + 1]).toMatch(/^ {2}task running · crs-09u2u96z · deadline in 5\d min[^·]*$/);
  });
});

test('without a worker the list has what the server knows, and says that there is more', async () => {
  const taskQueue = `left-${randomUUID()}`;
  const stops = await Promise.all([waits.serveWaits(taskQueue), waits.serveCalls(taskQueue, true)]);
  const client = new RedisTaskClient(waits.client, { taskQueue });
  const input = { taskId: waits.addTask(RUNNING), region: REGION, polling: { initialInterval: '1h' } };
  const handle = await client.start(input);
  await untilState(handle, ({ polls, nextPollAt }) => polls === 1 && nextPollAt !== null);
  await Promise.all(stops.map((stop) => stop()));
  const ended = await until(
    () => list(taskQueue),
    ({ stdout }) => stdout !== '',
  );

  expect(jsonLines(ended)).toMatchObject([
    { status: 'RUNNING', taskStatus: 'running', instanceId: 'crs-09u2u96z', deadline: null },
  ]);
  expect(ended.stderr).toContain('No worker answers');
  await handle.terminate();
});
