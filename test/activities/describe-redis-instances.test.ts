import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createRedisActivities } from '../../src/activities/index.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';

let simulator: RedisApiSimulator;
beforeEach(async () => {
  simulator = await RedisApiSimulator.start({ requestsPerSecond: false });
  simulator.addInstance('crs-a', { timeline: [{ status: 1 }] });
});
afterEach(() => simulator.close());

function run(question: unknown) {
  const activities = createRedisActivities({
    endpoint: simulator.url,
    credentials: { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) },
  });
  const environment = new MockActivityEnvironment(
    { attempt: 1, startToCloseTimeoutMs: 15_000 },
    { logger: new DefaultLogger('ERROR') },
  );
  return environment.run(() => activities.describeRedisInstances(question as never));
}

test('instances that are not as they are wanted are a value', async () => {
  await expect(run({ region: 'ap-guangzhou', instanceIds: ['crs-a', 'crs-gone'] })).resolves.toMatchObject({
    asked: ['crs-a', 'crs-gone'],
    instances: [{ instanceId: 'crs-a', status: 1 }],
    deal: null,
    queuedMs: expect.any(Number) as number,
  });
});

test('an error of the API is one of a poll', async () => {
  simulator.fault({ kind: 'error', code: 'InternalError.DbOperationFailed' });
  const error: unknown = await run({ region: 'ap-guangzhou', instanceIds: ['crs-a'] }).catch((each: unknown) => each);

  expect(error).toBeInstanceOf(ApplicationFailure);
  expect(error).toMatchObject({
    type: 'TencentApi.Transient',
    nonRetryable: false,
    details: [{ code: 'InternalError.DbOperationFailed' }],
  });
});

test.each([
  ['a region that is none', { region: 'evil.example.com/', instanceIds: ['crs-a'] }],
  ['no list of instances', { region: 'ap-guangzhou' }],
  ['nothing', undefined],
])('a question with %s is refused before anything is sent', async (_name, question) => {
  await expect(run(question)).rejects.toMatchObject({ type: 'RedisTaskInvalidInput' });
  expect(simulator.calls).toEqual([]);
});
