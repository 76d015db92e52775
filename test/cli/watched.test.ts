// Shared waits on the command line: who is watched, and when the watch last saw the task. The watch itself is no wait.
import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { stateText, watchText } from '../../src/cli/outcome.js';
import { RedisTaskClient } from '../../src/client/index.js';
import { waitsQuery, watchWorkflowId } from '../../src/contract/ids.js';
import type { RedisTaskWaitState } from '../../src/contract/task/view.js';
import { devServer } from '../support/environments.js';
import { giveWorkersTime } from '../support/patience.js';
import { about, beside } from '../support/together.js';
import { REGION, until, untilState, Waits } from '../support/waits.js';
import { Command, type Ended, jsonLines, settingsFor } from './command.js';

const RUNNING = { status: 'running' } as const;
const SHARED = { pacing: 'shared' } as const;

giveWorkersTime();

let waits: Waits;
let client: RedisTaskClient;
let watch: string;
let watched: string;
let paced: string;

beforeAll(async () => {
  waits = await Waits.start(devServer);
  client = new RedisTaskClient(waits.client, { taskQueue: waits.taskQueue });
  watch = watchWorkflowId(waits.taskQueue, REGION);
  const start = (polling = {}) => client.start({ taskId: waits.addTask(RUNNING), region: REGION, polling });
  const [one, other] = await Promise.all([start(SHARED), start(SHARED), start()]);
  for (const wait of [one, other]) await untilState(wait, (state) => state.watch?.since != null);
  const error = {
    code: 'UnsupportedOperation',
    message: 'No such action',
    requestId: null,
    at: new Date().toISOString(),
  };
  await other.signal('redisTaskWatchReport', { seenAt: null, unable: { error, until: Date.now() + 3_600_000 } });
  // The server lists them a moment late.
  const query = waitsQuery(waits.taskQueue, ['Running']);
  await until(
    () => waits.client.workflow.count(query),
    ({ count }) => count === 3,
  );
  ({ workflowId: watched } = one);
  ({ workflowId: paced } = other);
});

afterAll(() => waits.close());

const redisTask = (...args: readonly (string | number)[]): Promise<Ended> =>
  new Command(args, settingsFor(waits.taskQueue)).ended;

/** A line of the list once it holds: the server's list, and the heartbeats of a sweep, come a moment late. */
function listed(workflowId: string, holds: (line: Readonly<Record<string, unknown>>) => boolean) {
  const line = async () => jsonLines(await redisTask('list')).find((each) => each['workflowId'] === workflowId);
  return until(line, (each) => each !== undefined && holds(each));
}

about('list', () => {
  beside('tells by which watch a wait is watched, and when that last saw its task', async () => {
    const line = await listed(watched, (each) => (each['watch'] as { seenAt?: unknown } | undefined)?.seenAt != null);

    expect(line).toMatchObject({ status: 'RUNNING', watch: { workflowId: watch } });
    expect(Date.parse((line?.['watch'] as { seenAt: string }).seenAt)).toBeGreaterThan(
      Date.parse(String(line?.['startTime'])),
    );
  });

  beside('tells nothing of a watch for a wait that paces itself', async () => {
    const line = await listed(paced, (each) => !('watch' in each));

    expect(line).toMatchObject({ status: 'RUNNING' });
  });

  beside('says it in words in a terminal, in lines that fit for a wait of a client', async () => {
    await listed(watched, (each) => (each['watch'] as { seenAt?: unknown } | undefined)?.seenAt != null);
    const { stdout } = await new Command(['list'], settingsFor(waits.taskQueue), true).ended;
    const lines = stdout.split('\n');
    const first = lines.findIndex((each) => each.includes(watched));
    const row = lines.slice(first, first + 2);

    expect(row[1]).toMatch(/^ {2}[^ ].* · watched, seen \d+ s ago$/);
    for (const line of row) expect(line.replace(waits.taskQueue, 'redis-task').length).toBeLessThan(80);
  });
});

about('a watch is no wait:', () => {
  beside('no list has it, of open waits or of all', async () => {
    const all = jsonLines(await redisTask('list', '--all', '--limit', 1_000));

    expect(all.length).toBeGreaterThanOrEqual(3);
    expect(all.map(({ workflowId }) => workflowId)).not.toContain(watch);
    await expect(client.find({ workflowId: watch })).resolves.toEqual([]);
  });

  beside.each([['status'], ['poll'], ['cancel'], ['extend', '--max-wait', '1h']] as const)(
    '%s does not find it',
    async (command, ...flags) => {
      const ended = await redisTask(command, watch, ...flags);

      expect(jsonLines(ended)).toMatchObject([{ type: 'NoWait' }]);
      expect(ended.code).toBe(3);
      expect((await waits.client.workflow.getHandle(watch).describe()).status.name).toBe('RUNNING');
    },
  );

  beside('doctor counts the open waits without it', async () => {
    const ended = await redisTask('doctor');

    expect(ended.stdout).toMatch(/[^\d]3 open waits/);
  });
});

about('status', () => {
  beside('shows the watch of a wait, and since when', async () => {
    const [state] = jsonLines(await redisTask('status', watched));

    expect(state).toMatchObject({ watch: { workflowId: watch, since: expect.any(String) as string } });
  });

  beside('shows why a wait paces itself', async () => {
    const [state] = jsonLines(await redisTask('status', paced));

    expect(state).toMatchObject({
      watch: { since: null, reason: 'the tasks cannot be listed: UnsupportedOperation, No such action' },
    });
  });

  test('says in words how a wait stands with its watch', () => {
    const workflowId = `${randomUUID()}/ap-guangzhou/watch`;
    const now = Date.now();
    const deadline = new Date(now + 3_600_500).toISOString();
    const state: RedisTaskWaitState = {
      ...{
        taskId: 18_215,
        region: REGION,
        status: 'running',
        polls: 2,
        waitedMs: 1_000,
        nextPollAt: deadline,
        deadline,
      },
      watch: { workflowId, since: new Date(now - 65_000).toISOString() },
    };
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    const text = stateText(state);
    clock.mockRestore();

    expect(text).toContain(' · watched for 1 min 5 s · ');
    expect(stateText({ ...state, watch: { workflowId, since: null, reason: 'no worker\u001b took it' } })).toContain(
      ' · paces itself: no worker? took it · ',
    );
    expect(stateText({ ...state, watch: { workflowId, since: null } })).not.toMatch(/watch|paces/);
  });

  test('never says that a task was seen no time ago', () => {
    expect(watchText(new Date(Date.now() + 5_000))).toBe('watched, seen 1 s ago');
    expect(watchText(null)).toBe('watched');
  });
});
