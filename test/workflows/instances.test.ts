// Waits for instances on a server that skips time: one at a time. What decides them is in test/contract/instance.
import type { WorkflowHandle } from '@temporalio/client';
import { decodeRedisInstanceFailure } from '../../src/contract/instance/failures.js';
import type { AwaitRedisInstanceInput } from '../../src/contract/instance/input.js';
import type { RedisInstanceResult } from '../../src/contract/instance/outcome.js';
import { getInstanceState } from '../../src/workflows/instance/messages.js';
import { timeSkipping } from '../support/environments.js';
import { failedWorkflowTasks } from '../support/histories.js';
import { APART_FROM_DEADLINE } from '../support/skipped-time.js';
import { causeOf, errorOf, REGION, Waits } from '../support/waits.js';

const DEAL = '20250825297021530591847';

let waits: Waits;
let next = 0;

beforeAll(async () => {
  waits = await Waits.start(timeSkipping);
});
afterAll(() => waits.close());

const newId = () => `crs-${(next += 1)}`;

function start(input: Partial<AwaitRedisInstanceInput>): Promise<WorkflowHandle<() => Promise<RedisInstanceResult>>> {
  return waits.startWorkflow('awaitRedisInstance', [{ region: REGION, until: 'running', ...input }]);
}

const resultOf = async (input: Partial<AwaitRedisInstanceInput>) => (await start(input)).result();
const failureOf = async (input: Partial<AwaitRedisInstanceInput>) =>
  decodeRedisInstanceFailure(await errorOf((await start(input)).result()));

test('an instance that is made ends the wait when it runs', async () => {
  const id = newId();
  waits.simulator.addInstance(id, {
    timeline: [
      { status: 0, listed: false, forPolls: 1 },
      { status: 1, forPolls: 2 },
      { status: 2, memSizeMb: 4_096 },
    ],
  });

  await expect(resultOf({ instanceIds: [id] })).resolves.toEqual({
    instances: [{ instanceId: id, status: 2, memSizeMb: 4_096, shards: 1, replicas: 1, typeId: 6 }],
    polls: 4,
    waitedMs: expect.any(Number) as number,
  });
});

test('a deal that is empty at first tells the instances', async () => {
  const id = newId();
  waits.simulator.addInstance(id, { timeline: [{ status: 1, forPolls: 1 }, { status: 2 }] });
  waits.simulator.addDeal(DEAL, {
    timeline: [
      { status: 2, listed: false, forPolls: 2 },
      { status: 3, instanceIds: [id], forPolls: 1 },
      { status: 4, instanceIds: [id] },
    ],
    namedBy: 'DealId',
  });

  await expect(resultOf({ dealName: DEAL })).resolves.toMatchObject({ instances: [{ instanceId: id, status: 2 }] });
});

test('a deal that delivers nothing fails the wait', async () => {
  waits.simulator.addDeal('failed', { timeline: [{ status: 3, forPolls: 1 }, { status: 5 }] });

  await expect(failureOf({ dealName: 'failed' })).resolves.toMatchObject({
    type: 'RedisInstanceFailed',
    details: { deal: { status: 5 }, dealName: 'failed', instances: [] },
  });
});

test('a list that never has the instance fails the wait after a minute', async () => {
  const failure = await failureOf({ instanceIds: [newId()] });

  expect(failure).toMatchObject({ type: 'RedisInstanceFailed' });
  expect(failure?.details.waitedMs).toBeGreaterThanOrEqual(60_000);
});

test('an instance that is removed is gone', async () => {
  const id = newId();
  waits.simulator.addInstance(id, {
    timeline: [
      { status: -2, forPolls: 2 },
      { status: -2, listed: false },
    ],
  });

  await expect(resultOf({ instanceIds: [id], until: 'gone' })).resolves.toMatchObject({
    instances: [{ instanceId: id, status: null }],
  });
});

test('a wait that times out can be resumed with what it tells', async () => {
  const id = newId();
  waits.simulator.addInstance(id, { timeline: [{ status: 2, memSizeMb: 1_024 }] });
  const polling = APART_FROM_DEADLINE;
  const failure = await failureOf({ instanceIds: [id], expect: { memSizeMb: 4_096 }, maxWait: '1m', polling });
  if (failure?.type !== 'RedisTaskTimedOut') throw new Error(`It did not time out: ${failure?.type ?? ''}`);
  waits.simulator.setInstance(id, { status: 2, memSizeMb: 4_096 });

  await expect(resultOf(failure.details.resumeInput)).resolves.toMatchObject({ instances: [{ memSizeMb: 4_096 }] });
});

test('a key that is refused ends the wait', async () => {
  const refused = waits.simulator.fault(
    { kind: 'error', code: 'UnauthorizedOperation' },
    { action: 'DescribeInstances' },
  );
  const failure = await failureOf({ instanceIds: [newId()] });
  refused.clear();

  expect(failure).toMatchObject({
    type: 'RedisTaskUnauthorized',
    details: { lastError: { code: 'UnauthorizedOperation' } },
  });
});

test('an outage of the API ends no wait', async () => {
  const id = newId();
  waits.simulator.addInstance(id, { timeline: [{ status: 2 }] });
  waits.simulator.fault({ kind: 'html', httpStatus: 502 }, { times: 9 });

  await expect(resultOf({ instanceIds: [id] })).resolves.toMatchObject({ polls: 1 });
});

test('an input that breaks a rule fails at once', async () => {
  await expect(failureOf({ until: 'running' })).resolves.toMatchObject({
    type: 'RedisTaskInvalidInput',
    details: { invalid: { field: 'instanceIds' }, region: REGION },
  });
});

test('a wait that is cancelled ends as cancelled, and told before where it stood', async () => {
  const id = newId();
  waits.simulator.addInstance(id, { timeline: [{ status: 1 }] });
  const handle = await start({ instanceIds: [id] });
  await waits.simulator.waitForCall(({ action, outcome }) => action === 'DescribeInstances' && outcome === 'ok');
  await expect(handle.query(getInstanceState)).resolves.toMatchObject({ until: 'running', dealName: null });
  await handle.cancel();

  expect((await causeOf(handle.result()))?.name).toBe('CancelledFailure');
});

test('no workflow task of all these waits has failed, and their histories replay', async () => {
  const histories = await waits.histories();

  expect(histories.flatMap(({ history }) => failedWorkflowTasks(history))).toEqual([]);
  await expect(waits.replayAll()).resolves.toBeGreaterThan(8);
});
