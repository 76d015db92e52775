import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { historyEvents } from '../../src/cli/forecast.js';
import { RedisTaskClient } from '../../src/client/index.js';
import { RedisApiSimulator } from '../../src/testing/index.js';
import { bundled, devServer } from '../support/environments.js';
import { eventNames, withoutTimedOutTasks } from '../support/histories.js';
import { giveWorkersTime } from '../support/patience.js';
import { about, beside } from '../support/together.js';
import { REGION, until, Waits } from '../support/waits.js';
import { apiSettings, Command, type Ended, jsonLines, runningWait, settingsFor } from './command.js';

giveWorkersTime();

let waits: Waits;
let client: RedisTaskClient;

beforeAll(async () => {
  waits = await Waits.start(devServer);
  client = new RedisTaskClient(waits.client, { taskQueue: waits.taskQueue });
});

afterAll(() => waits.close());

const RUNNING = { status: 'running', forMs: 600_000 } as const;
const SUCCEED = { status: 'succeed' } as const;

function environment(taskQueue = waits.taskQueue): Record<string, string> {
  return settingsFor(taskQueue);
}

function redisTask(args: readonly (string | number)[], env = environment()): Promise<Ended> {
  return new Command(args, env).ended;
}

about('doctor', () => {
  const results = (ended: Ended) =>
    Object.fromEntries(jsonLines(ended).map(({ check, result }) => [String(check), result]));
  /** Whole, so that a test that fails shows why they did. */
  const failedChecks = (ended: Ended) => jsonLines(ended).filter(({ result }) => result === 'failed');
  const good = {
    temporal: 'passed',
    namespace: 'passed',
    'workers for waits': 'passed',
    'workers for calls': 'passed',
    'workers for watches': 'passed',
    // The server has none, and no worker here needs them.
    'search attributes': 'skipped',
    'open waits': 'passed',
    credentials: 'passed',
    clock: 'passed',
    settings: 'passed',
  };

  beside('names the search attributes that are missing, and the waits that stand still for it', async () => {
    const taskQueue = `stalled-${randomUUID()}`;
    await waits.serveWaits(taskQueue);
    await waits.serveCalls(taskQueue, true);
    // A worker says only of the first attempt that it has failed: each other one has to time out, in 10 s by default.
    const options = { taskQueue, workflowTaskTimeout: '1s' } as const;
    const stalled = await waits.start({ taskId: waits.addTask(RUNNING), region: REGION }, options);
    await until(
      () => stalled.describe(),
      ({ raw }) => (raw.pendingWorkflowTask?.attempt ?? 0) >= 3,
    );
    const settings = {
      ...environment(taskQueue),
      ...apiSettings(waits.simulator),
      REDIS_TASK_SEARCH_ATTRIBUTES: 'true',
    };
    const ended = await redisTask(['doctor'], settings);
    await stalled.terminate();

    expect(failedChecks(ended)).toEqual([
      expect.objectContaining({ check: 'search attributes' }),
      expect.objectContaining({ check: 'open waits' }),
    ]);
    expect(ended.stdout).toContain(
      'does not have the search attributes RedisTaskStatus, RedisRegion, RedisInstanceId, RedisTaskOutcome',
    );
    expect(ended.stdout).toMatch(
      new RegExp(
        `1 of 1 open waits stand still: ${stalled.workflowId}, attempt \\d+ [^"]*Redis(TaskStatus|Region|InstanceId)`,
      ),
    );
    expect(ended.code).toBe(1);
  });

  beside('passes when all is well', async () => {
    const ended = await redisTask(['doctor'], { ...environment(), ...apiSettings(waits.simulator) });

    expect(failedChecks(ended)).toEqual([]);
    expect(results(ended)).toEqual(good);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  beside('tells a refused key, a missing worker and a bad setting apart, and what to do', async () => {
    const settings = {
      ...environment(`nobody-${randomUUID()}`),
      ...apiSettings(waits.simulator, 'wrong'),
      REDIS_TASK_API_RPS: '50',
    };
    const ended = await redisTask(['doctor'], settings);

    const bad = {
      'workers for waits': 'failed',
      'workers for calls': 'failed',
      'workers for watches': 'skipped',
      credentials: 'failed',
      settings: 'failed',
    };
    expect(results(ended)).toEqual({ ...good, ...bad });
    expect(ended.stdout).toContain('Start one with: redis-task worker');
    expect(ended.stdout).toContain('Check the key');
    expect(ended.stdout).toContain('REDIS_TASK_API_RPS');
    expect(ended.stdout).not.toContain('wrong');
    expect(ended.code).toBe(9);
  });

  beside('shows the last error of open waits', async () => {
    const taskQueue = `failing-${randomUUID()}`;
    await waits.serveWaits(taskQueue);
    await waits.serveCalls(taskQueue);
    const own = new RedisTaskClient(waits.client, { taskQueue });
    const task = { taskId: waits.addTask(RUNNING), region: REGION };
    const wait = await own.start({ ...task, polling: { initialInterval: '1h' } });
    const state = () => own.state(task).catch(() => undefined);
    await until(state, (each) => each?.polls === 1 && each.nextPollAt !== null);
    waits.simulator.fault({ kind: 'error', code: 'AuthFailure.SecretIdNotFound' }, { taskId: task.taskId });
    await own.pollNow(task);
    await until(state, (each) => each?.lastError !== undefined);
    const ended = await redisTask(['doctor'], { ...environment(taskQueue), ...apiSettings(waits.simulator) });
    await wait.terminate();

    expect(failedChecks(ended)).toEqual([]);
    expect(results(ended)).toEqual(good);
    expect(ended.stdout).toContain(
      `Of 1 open waits, 1 had a failed poll: ${wait.workflowId}, AuthFailure.SecretIdNotFound: `,
    );
  });

  beside('names a right that only shared waits need', async () => {
    const api = await RedisApiSimulator.start();
    api.fault({ kind: 'error', code: 'UnauthorizedOperation' }, { action: 'DescribeTaskList' });
    const ended = await redisTask(['doctor'], { ...environment(), ...apiSettings(api) });
    await api.close();

    expect(failedChecks(ended)).toEqual([]);
    expect(results(ended)).toEqual(good);
    expect(ended.stdout).toContain('but lists no tasks: UnauthorizedOperation');
    expect(ended.stdout).toContain('allow redis:DescribeTaskList');
  });

  beside('sees a clock that is off', async () => {
    const api = await RedisApiSimulator.start({ clockOffsetMs: 600_000 });
    const ended = await redisTask(['doctor'], { ...environment(), ...apiSettings(api) });
    await api.close();

    expect(results(ended)).toEqual({ ...good, clock: 'failed' });
    // The API says its time to the second.
    expect(ended.stdout).toMatch(/clock is (10 min|9 min 5\d s) behind the API's/);
    expect(ended.code).toBe(1);
  });
});

about('await', () => {
  beside('prints the result as one JSON line', async () => {
    const taskId = waits.addTask({ status: 'running', forPolls: 1 }, { status: 'succeed', message: 'ok' });
    const ended = await redisTask(['await', taskId, '--initial-interval', '1s']);

    const result = await client.result({ taskId, region: REGION });
    expect(jsonLines(ended)).toEqual([result]);
    expect(result).toMatchObject({ taskId, region: REGION, status: 'succeed', message: 'ok', polls: 2 });
    expect(ended.code).toBe(0);
  });

  beside('prints what goes on to stderr', async () => {
    const taskId = waits.addTask(RUNNING);
    const command = new Command(['await', taskId, '--initial-interval', '1s'], environment());
    await command.says(`${taskId} `);
    waits.simulator.setTask(taskId, SUCCEED);

    expect(await command.ended).toMatchObject({ code: 0 });
  });

  beside('many tasks: a line for each, the message of each failure on stderr, and the highest exit code', async () => {
    const good = waits.addTask(SUCCEED);
    const failed = waits.addTask({ status: 'failed', message: 'disk full\u001b[31m' });
    const errored = waits.addTask({ status: 'Error', message: 'flow aborted' });
    const ended = await redisTask(['await', good, failed, errored, good]);

    const lines = jsonLines(ended);
    expect(lines).toHaveLength(3);
    expect(lines.find((line) => line['taskId'] === good)).toMatchObject({ status: 'succeed' });
    expect(lines.find((line) => line['type'] === 'RedisTaskFailed')).toMatchObject({
      details: { taskId: failed, status: 'failed', message: 'disk full\u001b[31m' },
    });
    expect(lines.find((line) => line['type'] === 'RedisTaskErrored')).toMatchObject({ details: { taskId: errored } });
    expect(ended.stderr).toMatch(/^RedisTaskFailed: .*disk full\?\[31m.*$/m);
    expect(ended.stderr).not.toContain('\u001b');
    expect(ended.code).toBe(7);
  });

  beside.each([
    ['failed', 6, 'RedisTaskFailed', []],
    ['running', 5, 'RedisTaskTimedOut', ['--max-wait', '1s']],
  ] as const)('a task in %s ends with exit code %d', async (status, code, type, flags) => {
    const ended = await redisTask(['await', waits.addTask({ status }), ...flags]);

    expect(jsonLines(ended)).toMatchObject([{ type, details: { status } }]);
    expect(ended.code).toBe(code);
  });

  beside.each([
    ['AuthFailure.SecretIdNotFound', 'RedisTaskUnauthorized'],
    ['UnsupportedRegion', 'RedisTaskRejected'],
  ])('%s from the API ends with exit code 8', async (apiCode, type) => {
    const taskId = waits.addTask(SUCCEED);
    waits.simulator.fault({ kind: 'error', code: apiCode }, { taskId });
    const ended = await redisTask(['await', taskId]);

    expect(jsonLines(ended)).toMatchObject([{ type, details: { taskId } }]);
    expect(ended.stderr).toContain(apiCode);
    expect(ended.code).toBe(8);
  });

  beside('attaches to a wait that runs, sees it cancelled from elsewhere, and ends with exit code 4', async () => {
    const taskId = await runningWait(waits, client);
    const watching = new Command(['await', taskId], environment());
    await watching.says(`${taskId} running`);
    const cancelling = await redisTask(['cancel', taskId]);

    expect(jsonLines(cancelling)).toMatchObject([{ taskId, region: REGION, result: 'cancelled', parent: null }]);
    expect(cancelling).toMatchObject({ code: 0, stderr: '' });
    const ended = await watching.ended;
    expect(jsonLines(ended)).toMatchObject([{ type: 'WaitCancelled', details: { taskId, region: REGION } }]);
    expect(ended.code).toBe(4);
  });

  beside('says at once that no worker takes the queue, exit code 9, and starts nothing', async () => {
    const queue = `nobody-${randomUUID()}`;
    const ended = await redisTask(['await', 1], environment(queue));

    expect(jsonLines(ended)).toMatchObject([{ type: 'NoWorker' }]);
    expect(ended.code).toBe(9);
    expect(ended.stderr).toMatch(new RegExp(`^redis-task: No worker takes work from queue ${queue} .*\n$`));
    expect((await redisTask(['status', 1], environment(queue))).code).toBe(3);
  });

  beside('waits for a worker when told to', async () => {
    const queue = `later-${randomUUID()}`;
    const taskId = waits.addTask(SUCCEED);
    const waiting = new Command(['await', taskId, '--wait-for-worker'], environment(queue));
    await waiting.says('Waiting for one.');
    await waits.serveWaits(queue);
    await waits.serveCalls(queue);

    expect(await waiting.ended).toMatchObject({ code: 0 });
  });

  beside('passes on what a newer worker adds to its results and failures', async () => {
    const taskQueue = `newer-${randomUUID()}`;
    await waits.serveCalls(taskQueue);
    const workflowBundle = await bundled(fileURLToPath(new URL('newer-worker.ts', import.meta.url)));
    await waits.serve({ taskQueue, workflowBundle });
    const ended = await redisTask(['await', 1, 2, '--wait-for-worker'], environment(taskQueue));

    const lines = jsonLines(ended);
    expect(lines.find((line) => line['taskId'] === 1)).toMatchObject({ status: 'succeed', progress: 100 });
    expect(lines.find((line) => 'type' in line)).toMatchObject({
      type: 'RedisTaskFailed',
      details: { taskId: 2, rootCause: 'disk' },
    });
    expect(ended.code).toBe(6);
  });
});

about('steering', () => {
  beside('start, status, poll, extend, list and cancel see the same wait', async () => {
    const taskId = waits.addTask(RUNNING, SUCCEED);
    const started = await redisTask(['start', taskId, '--initial-interval', '1h']);
    const workflowId = `${waits.taskQueue}/${REGION}/${taskId}`;
    expect(jsonLines(started)).toEqual([{ taskId, region: REGION, workflowId }]);
    const state = () => client.state({ taskId, region: REGION }).catch(() => undefined);
    await until(state, (each) => each?.polls === 1 && each.nextPollAt !== null);

    const [status, list] = await Promise.all([redisTask(['status', taskId]), redisTask(['list'])]);
    expect(jsonLines(status)).toMatchObject([
      { taskId, status: 'running', polls: 1, deadline: expect.any(String) as string },
    ]);
    expect(status.code).toBe(0);
    expect(jsonLines(list).find((each) => each['workflowId'] === workflowId)).toMatchObject({
      taskId,
      region: REGION,
      status: 'RUNNING',
      taskStatus: 'running',
      instanceId: 'crs-09u2u96z',
      deadline: expect.any(String) as string,
      closeTime: null,
    });

    const polled = await redisTask(['poll', taskId]);
    expect(jsonLines(polled)).toEqual([{ taskId, region: REGION, workflowId, result: 'asked' }]);
    expect(polled).toMatchObject({ code: 0, stderr: '' });
    await until(state, (each) => each?.polls === 2);

    const before = await state();
    const extended = await redisTask(['extend', taskId, '--max-wait', '5h']);
    const [after] = jsonLines(extended);
    expect(Date.parse(String(after?.['deadline'])) - Date.parse(before?.deadline ?? '')).toBe(3 * 3_600_000);

    const refused = await redisTask(['extend', taskId, '--max-wait', '1s']);
    expect(jsonLines(refused)).toMatchObject([
      { type: 'RedisTaskInvalidInput', details: { invalid: { field: 'maxWait' } } },
    ]);
    expect(refused.code).toBe(2);

    expect((await redisTask(['cancel', taskId])).code).toBe(0);
    await expect(client.result({ taskId, region: REGION })).rejects.toThrow('cancelled');
    expect((await redisTask(['status', taskId])).code).toBe(4);
    const all = await redisTask(['list', '--all', '--limit', '1000']);
    expect(jsonLines(all).find((each) => each['workflowId'] === workflowId)).toMatchObject({ status: 'CANCELLED' });
  });

  beside.each([['status'], ['poll'], ['cancel'], ['extend', '--max-wait', '1h']])(
    '%s without such a wait ends with exit code 3',
    async (command, ...flags) => {
      const ended = await redisTask([command, 404_404, ...flags]);

      expect(jsonLines(ended)).toMatchObject([{ type: 'NoWait', details: { taskId: 404_404, region: REGION } }]);
      expect(ended.stderr).toMatch(/^There is no such wait on queue [^\n]+\n$/);
      expect(ended.code).toBe(3);
    },
  );

  beside('start without a worker says so, and leaves the wait to come', async () => {
    const queue = `nobody-${randomUUID()}`;
    const ended = await redisTask(['start', 1], environment(queue));
    const status = await redisTask(['status', 1], environment(queue));

    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain('The waits begin when one comes.');
    expect(jsonLines(status)).toMatchObject([{ type: 'NoWorker' }]);
    expect(status.code).toBe(9);
    await waits.client.workflow.getHandle(`${queue}/${REGION}/1`).terminate();
  });

  beside('a namespace that is not there ends with exit code 10', async () => {
    const ended = await redisTask(['list', '--namespace', 'nowhere']);

    expect(jsonLines(ended)).toMatchObject([{ type: 'NoConnection' }]);
    expect(ended.code).toBe(10);
    expect(ended.stderr).toContain('Temporal has no such namespace');
  });
});

beside('start prints the waits that it has started, also when another one fails', async () => {
  const [taken, free] = [waits.addTask(RUNNING), waits.addTask(RUNNING)];
  const workflowId = `${waits.taskQueue}/${REGION}/${taken}`;
  const other = await waits.client.workflow.start('migrateTable', { workflowId, taskQueue: `nobody-${randomUUID()}` });
  const ended = await redisTask(['start', taken, free]);
  await other.terminate();

  expect(jsonLines(ended)).toMatchObject([
    { taskId: free },
    { type: 'IdTaken', details: { taskId: taken, workflowId } },
  ]);
  expect(ended.stderr).toContain('its type is migrateTable');
  expect(ended.code).toBe(1);
  await client.cancel({ taskId: free, region: REGION });
});

beside('the history of a wait has as many events as simulate says', async () => {
  const taskId = waits.addTask({ status: 'running', forPolls: 2 }, SUCCEED);
  const { polls } = await client.await({ taskId, region: REGION, polling: { maximumInterval: '1s' } });
  const history = await client.attach({ taskId, region: REGION }).then((wait) => wait.fetchHistory());

  expect(polls).toBe(3);
  expect(eventNames(withoutTimedOutTasks(history))).toHaveLength(historyEvents(polls));
});
