import { networkInterfaces } from 'node:os';
import { RedisApiSimulator } from '../support/simulator.js';
import { callJson } from './signed-call.js';

let simulator: RedisApiSimulator;
beforeEach(async () => void (simulator = await RedisApiSimulator.start()));
afterEach(() => simulator.close());

async function send(method: string, path: string, body?: unknown, url = simulator.url) {
  const response = await fetch(`${url}/_simulator/${path}`, {
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : undefined) as { error?: string } | undefined };
}

const RUNNING = {
  timeline: [
    { status: 'running', forPolls: 1 },
    { status: 'succeed', message: 'ok' },
  ],
};

describe('over HTTP', () => {
  test('a task is added, and goes on as its timeline says', async () => {
    await expect(send('PUT', 'tasks/18215', RUNNING)).resolves.toEqual({ status: 204, body: undefined });

    await expect(callJson(simulator.url)).resolves.toMatchObject({ Status: 'running' });
    await expect(callJson(simulator.url)).resolves.toMatchObject({ Status: 'succeed', TaskMessage: 'ok' });
  });

  test('a task is replaced', async () => {
    await send('PUT', 'tasks/18215', RUNNING);
    await send('PUT', 'tasks/18215', { timeline: [{ status: 'failed' }], instanceId: 'crs-other' });

    await expect(callJson(simulator.url)).resolves.toMatchObject({ Status: 'failed', InstanceId: 'crs-other' });
  });

  test('a task is moved to a status in which it stays', async () => {
    await send('PUT', 'tasks/18215', { ...RUNNING, instanceId: 'crs-1' });
    await expect(send('PUT', 'tasks/18215/status', { status: 'Error', message: 'oops' })).resolves.toMatchObject({
      status: 204,
    });

    await expect(callJson(simulator.url)).resolves.toMatchObject({ Status: 'Error', InstanceId: 'crs-1' });
    await expect(callJson(simulator.url)).resolves.toMatchObject({ Status: 'Error', TaskMessage: 'oops' });
  });

  test('a task is read, which does not start one that waits for its first poll', async () => {
    const script = { startsAt: 'firstPoll', timeline: [{ status: 'preparing', forMs: 0 }, { status: 'succeed' }] };
    await send('PUT', 'tasks/18215', script);

    await expect(send('GET', 'tasks/18215')).resolves.toEqual({
      status: 200,
      body: { ...script, status: 'preparing', message: '' },
    });
  });

  test('a task is removed: the API knows it no more', async () => {
    await send('PUT', 'tasks/18215', RUNNING);
    await send('DELETE', 'tasks/18215');

    await expect(callJson(simulator.url)).resolves.toMatchObject({
      Error: { Code: 'InvalidParameter.InvalidParameter' },
    });
    await expect(send('GET', 'tasks/18215')).resolves.toMatchObject({ status: 404 });
  });

  test('faults are set, and replaced by others', async () => {
    await send('PUT', 'tasks/18215', { timeline: [{ status: 'running' }] });
    await send('PUT', 'faults', [{ kind: 'error', code: 'InternalError', taskId: 18215, times: 1 }]);
    await expect(callJson(simulator.url)).resolves.toMatchObject({ Error: { Code: 'InternalError' } });
    await expect(callJson(simulator.url)).resolves.toMatchObject({ Status: 'running' });

    await send('PUT', 'faults', [{ kind: 'throttled' }]);
    await expect(callJson(simulator.url)).resolves.toMatchObject({ Error: { Code: 'RequestLimitExceeded' } });
    await send('PUT', 'faults', []);
    await expect(callJson(simulator.url)).resolves.toMatchObject({ Status: 'running' });
  });

  test('the list of tasks is made wrong, and right again', async () => {
    await send('PUT', 'tasks/18215', { timeline: [{ status: 'running' }] });
    const list = () => callJson(simulator.url, { action: 'DescribeTaskList', body: '{}' });
    await send('PUT', 'faults', [
      { kind: 'listLag', lagMs: 0 },
      { kind: 'listHidden', share: 0.1 },
      { kind: 'listStuck', share: 1 },
      { kind: 'listResult', result: 9, taskId: 18215 },
      { kind: 'listSkip' },
    ]);
    await expect(list()).resolves.toMatchObject({ Tasks: [{ TaskId: 18215, Result: 9 }] });

    await send('PUT', 'faults', []);
    await expect(list()).resolves.toMatchObject({ Tasks: [{ TaskId: 18215, Result: 1 }] });
  });

  const call = (action: string, parameters: object) =>
    callJson(simulator.url, { action, body: JSON.stringify(parameters) });
  const instances = () => call('DescribeInstances', { InstanceIds: ['crs-1'], Limit: 1 });
  const clear = (InstanceId = 'crs-1') => call('ClearInstance', { InstanceId });

  test('an instance is added, goes on as its timeline says, is read and removed', async () => {
    const timeline = [
      { status: 1, forPolls: 1 },
      { status: 2, memSizeMb: 4_096 },
    ];
    await expect(send('PUT', 'instances/crs-1', { timeline })).resolves.toMatchObject({ status: 204 });

    await expect(instances()).resolves.toMatchObject({ InstanceSet: [{ Status: 1 }] });
    await expect(send('GET', 'instances/crs-1')).resolves.toEqual({
      status: 200,
      body: { timeline, status: 2, memSizeMb: 4_096, shards: 1, replicas: 1, typeId: 6 },
    });
    await send('DELETE', 'instances/crs-1');
    await expect(instances()).resolves.toMatchObject({ InstanceSet: [] });
  });

  test('an instance is locked, which refuses its changes as busy, and set free', async () => {
    await send('PUT', 'instances/crs-1', { timeline: [{ status: 2 }] });
    await send('PUT', 'instances/crs-1/status', { status: 2, locked: true });
    await expect(clear()).resolves.toMatchObject({ Error: { Code: 'ResourceUnavailable.InstanceLockedError' } });

    await send('PUT', 'instances/crs-1/status', { status: 2 });
    await expect(clear()).resolves.toMatchObject({ TaskId: expect.any(Number) as unknown });
  });

  test.each([
    ['that names an instance holds it', { instanceId: 'crs-09u2u96z' }, { Error: expect.anything() as unknown }],
    ['that names none holds none', {}, { TaskId: expect.any(Number) as unknown }],
  ])('a task %s', async (_name, names, answer) => {
    await send('PUT', 'tasks/18219', { timeline: [{ status: 'running' }], ...names });
    await send('PUT', 'instances/crs-09u2u96z', { timeline: [{ status: 2 }] });

    await expect(clear('crs-09u2u96z')).resolves.toMatchObject(answer);
  });

  test('a deal is added, moved, read and removed', async () => {
    const deal = () => call('DescribeInstanceDealDetail', { DealName: 'deal-1' });
    await send('PUT', 'deals/deal-1', { timeline: [{ status: 2 }], namedBy: 'DealName' });
    await send('PUT', 'deals/deal-1/status', { status: 5, description: 'Sold out.', instanceIds: ['crs-1'] });

    await expect(deal()).resolves.toMatchObject({
      DealDetails: [{ Status: 5, Description: 'Sold out.', InstanceIds: ['crs-1'] }],
    });
    await expect(send('GET', 'deals/deal-1')).resolves.toMatchObject({ body: { namedBy: 'DealName', status: 5 } });
    await send('DELETE', 'deals/deal-1');
    await expect(deal()).resolves.toMatchObject({ DealDetails: [] });
  });

  test('an action creates the task that it is told, each time, and its own again', async () => {
    const task = { timeline: [{ status: 'failed', message: 'disk full' }], taskIdAsString: true };
    await send('PUT', 'actions/ClearInstance', { task });
    const { TaskId } = await clear();
    expect(TaskId).toEqual(expect.any(String));
    await expect(send('GET', `tasks/${String(TaskId)}`)).resolves.toMatchObject({
      body: { status: 'failed', instanceId: 'crs-1' },
    });

    await send('DELETE', 'actions/ClearInstance');
    await expect(clear()).resolves.toMatchObject({ TaskId: expect.any(Number) as unknown });
  });

  test('a resize is rehearsed: the order, and what it makes of the instance', async () => {
    await send('PUT', 'instances/crs-1', { timeline: [{ status: 2 }] });
    await send('PUT', 'actions/UpgradeInstance', {
      deal: { timeline: [{ status: 4, instanceIds: ['crs-1'] }], namedBy: 'DealName' },
      instances: {
        'crs-1': {
          timeline: [
            { status: 1, forPolls: 1 },
            { status: 2, memSizeMb: 4_096 },
          ],
        },
      },
    });

    await expect(call('UpgradeInstance', { InstanceId: 'crs-1', MemSize: 4_096 })).resolves.toEqual({
      DealName: expect.any(String) as unknown,
      RequestId: expect.any(String) as unknown,
    });
    await expect(instances()).resolves.toMatchObject({ InstanceSet: [{ Status: 1, RedisShardSize: 1_024 }] });
    await expect(instances()).resolves.toMatchObject({ InstanceSet: [{ Status: 2, RedisShardSize: 4_096 }] });
  });

  test('any action answers, or is refused, as it is told, also one that the simulator does not know', async () => {
    await send('PUT', 'actions/DescribeProxySlowLog', { answer: { TotalCount: 7 } });
    await send('PUT', 'actions/UpgradeInstance', { error: { code: 'ResourceInsufficient', message: 'Sold out.' } });

    await expect(call('DescribeProxySlowLog', {})).resolves.toMatchObject({ TotalCount: 7 });
    await expect(call('UpgradeInstance', { InstanceId: 'crs-1' })).resolves.toMatchObject({
      Error: { Code: 'ResourceInsufficient', Message: 'Sold out.' },
    });
  });

  test('what was done is read, without passwords', async () => {
    await call('ResetPassword', { InstanceId: 'crs-1', Password: 'hunter2' });

    await expect(send('GET', 'executed')).resolves.toMatchObject({
      body: { executed: [{ action: 'ResetPassword', parameters: { InstanceId: 'crs-1', Password: '(hidden)' } }] },
    });
  });

  test('the calls are read, all of them or those of one task, and what scripts is none of them', async () => {
    await send('PUT', 'tasks/18215', RUNNING);
    await callJson(simulator.url);

    await expect(send('GET', 'calls')).resolves.toMatchObject({
      body: { calls: [{ action: 'DescribeTaskInfo', taskId: '18215', outcome: 'ok' }], stats: { calls: 1 } },
    });
    await expect(send('GET', 'calls?taskId=7')).resolves.toMatchObject({ body: { calls: [] } });
  });

  test.each([
    ['PUT', 'tasks/18215', 'no JSON', 'The task must be JSON in the body of the request.'],
    [
      'PUT',
      'tasks/18215',
      {},
      'The task: timeline is missing, but it must be a list of steps, such as [{ "status": "succeed" }].',
    ],
    ['PUT', 'tasks/18215', { timeline: [] }, 'The task: timeline is [], but it must have at least one step.'],
    [
      'PUT',
      'tasks/18215',
      { timeline: [{ status: 'running', forMs: -3 }] },
      'The task: timeline.0.forMs is -3, but it must be a number from 0 to 9007199254740991.',
    ],
    [
      'PUT',
      'tasks/18215',
      { timeline: [{ status: 'running' }, { status: 'succeed' }] },
      'Step 0 of the timeline needs forMs or forPolls: only the last one lasts for ever.',
    ],
    ['PUT', 'instances/crs 1', { timeline: [{ status: 2 }] }, /^The instance id in the path must be letters, /],
    [
      'PUT',
      'instances/crs-1',
      { timeline: [{ status: '2' }] },
      'The instance: timeline.0.status is "2", but it must be an integer.',
    ],
    [
      'PUT',
      'instances/crs-1',
      { timeline: [{ status: 2, memSize: 1 }] },
      /^The instance: timeline.0.memSize is not a field of this input; known fields: timeline.status, /,
    ],
    [
      'PUT',
      'deals/deal-1',
      { timeline: [{ status: 4 }], namedBy: 'name' },
      'The deal: namedBy is "name", but it must be "DealName", "DealId" or "both".',
    ],
    ['PUT', 'actions/clear', {}, 'The action in the path must be a name of the API.'],
    ['PUT', 'actions/ClearInstance', {}, /must have one of task, answer, error\.$/],
    [
      'PUT',
      'actions/ClearInstance',
      { deal: { timeline: [{ status: 4 }] } },
      'ClearInstance: deal is not a field of this input; known fields: error, answer, task.',
    ],
    [
      'PUT',
      'actions/UpgradeInstance',
      { deal: { timeline: [{ status: 4 }] }, instances: { 'crs-1': { timeline: [{ status: 'up' }] } } },
      'UpgradeInstance: instances.crs-1.timeline.0.status is "up", but it must be an integer.',
    ],
    [
      'PUT',
      'actions/UpgradeInstance',
      { deal: { timeline: [{ status: 4 }] }, answer: {} },
      /must have one of deal, answer, error\.$/,
    ],
    [
      'PUT',
      'actions/ClearInstance',
      { task: { timeline: [{ status: 'running' }, { status: 'succeed' }] } },
      'Step 0 of the timeline needs forMs or forPolls: only the last one lasts for ever.',
    ],
    ['PUT', 'tasks/abc', RUNNING, 'The task id in the path must be an integer, not "abc".'],
    ['PUT', 'faults', { kind: 'hang' }, 'The list of faults: The list of faults is {kind}, but it must be a list.'],
    [
      'PUT',
      'faults',
      [{ kind: 'hang', time: 3 }],
      /^fault 0: time is not a field of this input; known fields: kind, times/,
    ],
    ['PUT', 'faults', [{ kind: 'fire' }], /^fault 0: kind is "fire", but it must be one of throttled, error, /],
    ['PUT', 'faults', [{ kind: 'listLag' }], /^fault 0: lagMs is missing, but it must be a number from 0 to/],
    ['PUT', 'faults', [{ kind: 'listHidden', share: 2 }], 'fault 0: share is 2, but it must be a number from 0 to 1.'],
    ['PUT', 'faults', [{ kind: 'listResult', result: 0.5 }], 'fault 0: result is 0.5, but it must be an integer.'],
    ['PUT', 'faults', [{ kind: 'error' }], 'fault 0: code is missing, but it must be a text.'],
  ])('%s %s of %j is refused by name', async (method, path, body, error) => {
    const answer = await send(method, path, body);

    expect(answer.status).toBe(400);
    if (typeof error === 'string') expect(answer.body?.error).toBe(error);
    else expect(answer.body?.error).toMatch(error);
  });

  test('a list with one bad fault sets none of them', async () => {
    await send('PUT', 'faults', [{ kind: 'throttled' }, { kind: 'fire' }]);
    await send('PUT', 'tasks/18215', RUNNING);

    await expect(callJson(simulator.url)).resolves.toMatchObject({ Status: 'running' });
  });

  test.each([
    ['POST', 'tasks/1'],
    ['PUT', 'tasks/1/status/more'],
    ['GET', 'nothing'],
    ['GET', 'constructor/1'],
    ['PUT', 'actions'],
    ['PUT', 'deals'],
    ['PUT', 'tasks'],
  ])('%s %s is answered with the paths that there are', async (method, path) => {
    const { status, body } = await send(method, path, method === 'GET' ? undefined : {});

    expect(status).toBe(404);
    expect(body?.error).toContain('/_simulator/faults');
  });

  test('nothing can be moved or removed that is not there', async () => {
    const error = 'There is no task 7: PUT it first.';
    await expect(send('PUT', 'tasks/7/status', { status: 'failed' })).resolves.toEqual({
      status: 404,
      body: { error },
    });
    await expect(send('DELETE', 'tasks/7')).resolves.toEqual({ status: 404, body: { error } });
    await expect(send('GET', 'instances/crs-7')).resolves.toMatchObject({ status: 404 });
    await expect(send('PUT', 'deals/deal-7/status', { status: 5 })).resolves.toMatchObject({ status: 404 });
  });
});

describe('from another machine', () => {
  const [address] = Object.values(networkInterfaces())
    .flat()
    .flatMap((each) => (each && !each.internal && each.family === 'IPv4' ? [each.address] : []));

  test.each([
    [false, 403],
    [true, 204],
  ])('with remoteControl %s, scripting is answered with %i', async (remoteControl, status) => {
    const open = await RedisApiSimulator.start({ host: '0.0.0.0', remoteControl });
    const { port } = new URL(open.url);
    // What a machine sends to its own outer address comes from there. One without a network has only its loopback.
    const expected = address === undefined ? 204 : status;
    const answer = await send('PUT', 'tasks/1', RUNNING, `http://${address ?? '127.0.0.1'}:${port}`);
    await open.close();

    expect(answer.status).toBe(expected);
  });
});
