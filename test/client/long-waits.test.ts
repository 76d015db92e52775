// Joined waits that have continued as new, on a dev server of their own, which suggests that after twenty events.
import { Client } from '@temporalio/client';
import { RedisTaskClient, RedisTaskWaitCancelledError } from '../../src/client/index.js';
import { LONG_HISTORIES_SERVER, ownDevServer } from '../support/environments.js';
import { REGION as region, until, Waits } from '../support/waits.js';

const RUNNING = { status: 'running' };
const polling = { initialInterval: '1s', backoffCoefficient: 1, jitter: 0 };

let waits: Waits;
let client: RedisTaskClient;

beforeAll(async () => {
  // A run that is to be deleted is deleted at once, not after half a minute.
  const soon = ['--dynamic-config-value', 'history.transferProcessorEnsureCloseBeforeDelete=false'];
  const extraArgs = [...LONG_HISTORIES_SERVER.extraArgs, ...soon];
  waits = await Waits.start(() => ownDevServer({ extraArgs }));
  client = new RedisTaskClient(waits.client, { taskQueue: waits.taskQueue });
});
afterAll(() => waits.close());

/** The run that a wait is in once that is none of these. */
async function runBeyond(taskId: number, ...known: string[]): Promise<string> {
  const newest = waits.client.workflow.getHandle(`${waits.taskQueue}/${region}/${taskId}`);
  const { runId } = await until(
    () => newest.describe(),
    (description) => !known.includes(description.runId),
  );
  return runId;
}

/** A wait that has continued as new before it is joined, and again since. */
async function joinedLate(taskId: number) {
  const first = await client.start({ taskId, region, polling });
  const { runId: firstRun } = await first.describe();
  const secondRun = await runBeyond(taskId, firstRun);
  const joined = await client.start({ taskId, region, polling });
  await runBeyond(taskId, firstRun, secondRun);
  return { joined, firstRun };
}

/** As when the namespace's retention is over. */
async function deleteRun(workflowId: string, runId: string): Promise<void> {
  const workflowExecution = { workflowId, runId };
  await waits.client.workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution });
  const run = waits.client.workflow.getHandle(workflowId, runId);
  const isThere = () => run.describe().then(Boolean, () => false);
  await until(isThere, (answer) => !answer);
}

test.concurrent('the handle to a joined wait cancels it after it has continued as new', async () => {
  const taskId = waits.addTask(RUNNING);
  const { joined } = await joinedLate(taskId);
  await joined.cancel();

  await expect(client.result({ taskId, region })).rejects.toBeInstanceOf(RedisTaskWaitCancelledError);
  await expect(joined.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
});

test.concurrent('a wait is joined, and its result is had, when its first run has left the namespace', async () => {
  const taskId = waits.addTask(RUNNING);
  const { workflowId, firstRun } = await joinedLate(taskId).then(({ joined, ...rest }) => ({ ...joined, ...rest }));
  await deleteRun(workflowId, firstRun);
  const joined = await client.start({ taskId, region, polling });
  waits.simulator.setTask(taskId, { status: 'succeed' });

  await expect(joined.result()).resolves.toMatchObject({ taskId, status: 'succeed' });
});

test.concurrent(
  'awaitAll has the result of a wait whose first run has left the namespace before it is asked for',
  async () => {
    const taskId = waits.addTask(RUNNING);
    const late = new RedisTaskClient(new Client({ connection: waits.env.connection }), { taskQueue: waits.taskQueue });
    const { workflow } = late.client;
    const result = workflow.result.bind(workflow);
    // As when a hundred others were to be waited for first.
    workflow.result = async (workflowId, runId, ...rest) => {
      workflow.result = result;
      const firstRun = runId ?? '';
      await runBeyond(taskId, firstRun);
      await deleteRun(workflowId, firstRun);
      waits.simulator.setTask(taskId, { status: 'succeed' });
      return result(workflowId, runId, ...rest);
    };
    const [outcome] = await late.awaitAll([{ taskId, region, polling }]);

    expect(outcome?.error).toBeUndefined();
    expect(outcome?.result).toMatchObject({ taskId, status: 'succeed' });
  },
);

test.concurrent('the handle to a joined wait leaves alone the wait that was started after its end', async () => {
  const taskId = waits.addTask(RUNNING);
  const { joined } = await joinedLate(taskId);
  await joined.terminate();
  const next = await client.start({ taskId, region, polling });

  await expect(joined.cancel()).rejects.toThrow('not found');
  expect((await next.describe()).status.name).toBe('RUNNING');
  await next.terminate();
});
