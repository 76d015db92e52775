// Watching waits that somebody else has started, and giving them more time.
import { RedisTaskClient } from '../../src/client/index.js';
import { devServer } from '../support/environments.js';
import { heardAt } from '../support/histories.js';
import { giveWorkersTime } from '../support/patience.js';
import { about, beside } from '../support/together.js';
import { REGION, until, Waits } from '../support/waits.js';
import { Command, type Ended, jsonLines, pipelineWait, settingsFor } from './command.js';

giveWorkersTime();

const RUNNING = { status: 'running' };
const SLOW = { initialInterval: '1h' };
const HOUR = 3_600_000;

let waits: Waits;
let client: RedisTaskClient;

beforeAll(async () => {
  waits = await Waits.start(devServer);
  client = new RedisTaskClient(waits.client, { taskQueue: waits.taskQueue });
});
afterAll(() => waits.close());

const begin = (...args: readonly (string | number)[]) => new Command(args, settingsFor(waits.taskQueue));
const redisTask = (...args: readonly (string | number)[]): Promise<Ended> => begin(...args).ended;

/** The id of the wait that a client would start. */
const ownId = (taskId: number) => `${waits.taskQueue}/${REGION}/${taskId}`;

async function end(taskId: number, status: string, workflowId: string): Promise<void> {
  waits.simulator.setTask(taskId, { status });
  await client.pollNow({ workflowId });
}

/** A task that goes on, and a pipeline that waits for it. */
async function waitOfPipeline() {
  const taskId = waits.addTask(RUNNING);
  const workflowId = await pipelineWait(waits, client, taskId);
  const [parent = ''] = workflowId.split('/');
  return { taskId, workflowId, parent };
}

about('status --follow', () => {
  beside("shows a pipeline's wait until it has ended, with its exit code, and starts nothing", async () => {
    const { taskId, workflowId } = await waitOfPipeline();
    const following = begin('status', taskId, '--follow');
    await following.says(`${taskId} running · crs-09u2u96z`);
    await end(taskId, 'failed', workflowId);

    const ended = await following.ended;
    expect(jsonLines(ended)).toMatchObject([{ type: 'RedisTaskFailed', details: { taskId } }]);
    expect(ended.code).toBe(6);
    await expect(client.find({ workflowId: ownId(taskId) })).resolves.toEqual([]);
  });

  beside('shows all of several waits, and ends with the last of them', async () => {
    const { taskId, workflowId } = await waitOfPipeline();
    await client.start({ taskId, region: REGION, polling: SLOW });
    const following = begin('status', taskId, '--follow');
    await following.says(`${taskId} running`);
    await client.cancel({ workflowId: ownId(taskId) });
    await following.says('Cancelled: ');
    await end(taskId, 'succeed', workflowId);

    const ended = await following.ended;
    expect(jsonLines(ended)).toMatchObject([{ type: 'WaitCancelled' }, { taskId, status: 'succeed' }]);
    expect(ended.code).toBe(4);
  });

  beside('tells the end of a wait that has ended at once', async () => {
    const taskId = waits.addTask({ status: 'succeed' });
    await client.await({ taskId, region: REGION });
    const ended = await redisTask('status', taskId, '--follow');

    expect(jsonLines(ended)).toMatchObject([{ taskId, status: 'succeed' }]);
    expect(ended.code).toBe(0);
  });

  beside('ends with exit code 3 where there is no such wait', async () => {
    const ended = await redisTask('status', 404_404, '--follow');

    expect(jsonLines(ended)).toMatchObject([{ type: 'NoWait' }]);
    expect(ended.code).toBe(3);
  });

  beside('only stops watching when it is told to stop, exit code 130', async () => {
    const { taskId, workflowId } = await waitOfPipeline();
    const following = begin('status', workflowId, '--follow');
    await following.says(`${taskId} running`);
    following.signal('SIGINT');

    const ended = await following.ended;
    expect(ended).toMatchObject({ code: 130, stdout: '' });
    expect(ended.stderr).toContain('Stopped watching; what was watched goes on.');
    expect((await client.find({ workflowId }))[0]?.status.name).toBe('RUNNING');
  });
});

about('await', () => {
  beside('says that a pipeline waits for the task already, and watches that wait', async () => {
    const { taskId, workflowId, parent } = await waitOfPipeline();
    const awaiting = begin('await', taskId);
    await awaiting.says(`${parent} waits for task ${taskId} already: watching ${workflowId}. `);
    await awaiting.says(`${taskId} running`);
    await end(taskId, 'succeed', workflowId);

    const ended = await awaiting.ended;
    expect(jsonLines(ended)).toMatchObject([{ taskId, status: 'succeed' }]);
    expect(ended.code).toBe(0);
    await expect(client.find({ workflowId: ownId(taskId) })).resolves.toEqual([]);
  });

  beside('says how many pipelines wait already, and watches the newest of their waits', async () => {
    const { taskId } = await waitOfPipeline();
    const newest = await pipelineWait(waits, client, taskId);
    const awaiting = begin('await', taskId);
    await awaiting.says(`2 others wait for task ${taskId} already: watching ${newest}. `);
    awaiting.signal('SIGTERM');

    expect((await awaiting.ended).code).toBe(130);
  });

  beside('leaves the deadline of such a wait as it is', async () => {
    const { taskId, workflowId } = await waitOfPipeline();
    const { deadline } = await client.state({ workflowId });
    const awaiting = begin('await', taskId, '--max-wait', '5h');
    await awaiting.says(`${taskId} running`);
    awaiting.signal('SIGTERM');
    await awaiting.ended;

    await expect(client.state({ workflowId })).resolves.toMatchObject({ deadline });
  });

  beside('starts a wait of its own beside it with --new', async () => {
    const { taskId, workflowId } = await waitOfPipeline();
    waits.simulator.setTask(taskId, { status: 'succeed' });
    const ended = await redisTask('await', taskId, '--new');

    expect(jsonLines(ended)).toMatchObject([{ taskId, status: 'succeed', polls: 1 }]);
    expect(ended.stderr).not.toContain('already');
    expect((await client.find({ workflowId }))[0]?.status.name).toBe('RUNNING');
  });

  beside('joins the wait of a client even where a pipeline waits too', async () => {
    const { taskId } = await waitOfPipeline();
    await client.start({ taskId, region: REGION, polling: SLOW });
    await until(
      () => client.find({ taskId, region: REGION }),
      (found) => found.length === 2,
    );
    const awaiting = begin('await', taskId);
    await awaiting.says(`${taskId} running`);
    await client.cancel({ workflowId: ownId(taskId) });

    const ended = await awaiting.ended;
    expect(ended.stderr).not.toContain('already');
    expect(ended.code).toBe(4);
  });
});

about('extend --by', () => {
  beside('gives a wait at least so much from now', async () => {
    const { workflowId } = await waitOfPipeline();
    const [state] = jsonLines(await redisTask('extend', workflowId, '--by', '2h'));
    const history = await waits.client.workflow.getHandle(workflowId).fetchHistory();
    const joined = history.events?.find((event) => event.workflowExecutionSignaledEventAttributes);

    expect(Date.parse(String(state?.['deadline']))).toBe(heardAt(history, joined) + 2 * HOUR);
  });

  beside('never takes time away, and says so', async () => {
    const { workflowId } = await waitOfPipeline();
    const { deadline } = await client.state({ workflowId });
    const ended = await redisTask('extend', workflowId, '--by', '1m');

    expect(jsonLines(ended)).toMatchObject([{ workflowId, deadline }]);
    expect(ended.stderr).toMatch(/^As before, since it has more time already: the wait for task \d+ /);
    expect(ended.code).toBe(0);
  });
});
