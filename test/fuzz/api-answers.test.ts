// Whatever comes back over the wire, a poll ends as a task or as a TencentApiError that makes a failure of the contract.
import { pollFailure } from '../../src/activities/api/poll-failure.js';
import { POLL_FAILURE_TYPES, type PollError } from '../../src/contract/poll-error.js';
import type { RedisTaskObservation } from '../../src/contract/task/observation.js';
import { describeTaskInfo } from '../../src/tencent/describe-task-info.js';
import { TencentApiError } from '../../src/tencent/errors.js';
import { createRedisApi, type RedisApi } from '../../src/tencent/redis-api.js';
import { anyAnswer } from './answers.js';
import { CASES, forCases } from './cases.js';
import { heapAfterGc } from './memory.js';
import { rawServer, type RawServer } from './raw-server.js';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const answers = new Map<number, Buffer>();
let server: RawServer;
let api: RedisApi;
let lastTaskId = 0;

beforeAll(async () => {
  server = await rawServer((request) => {
    const taskId = Number(/"TaskId":(-?\d+)/.exec(request)?.[1]);
    return answers.get(taskId) ?? Buffer.from('');
  });
  const credential = { secretId: 'AKIDfuzz', secretKey: 'fuzzSecretKey', token: 'fuzzToken' };
  api = createRedisApi({ credentials: { getCredential: () => Promise.resolve(credential) }, endpoint: server.url });
});
afterAll(() => {
  api.close();
  server.close();
});

/** How often each kind of ending was seen: a run that saw only one kind has tested little. */
const endings = new Map<string, number>();

async function check(answer: Buffer): Promise<void> {
  const taskId = (lastTaskId += 1);
  answers.set(taskId, answer);
  const outcome: unknown = await describeTaskInfo(api, { taskId, region: 'ap-guangzhou' }).catch(
    (error: unknown) => error,
  );
  answers.delete(taskId);
  const ending = outcome instanceof TencentApiError ? outcome.errorClass : 'task';
  endings.set(ending, (endings.get(ending) ?? 0) + 1);

  if (outcome instanceof TencentApiError) expectFailureOfTheContract(outcome);
  else if (outcome instanceof Error) throw outcome;
  else expectTask(outcome as RedisTaskObservation);
}

function expectTask({ status, at, ...texts }: RedisTaskObservation): void {
  expect(typeof status).toBe('string');
  expect(at).toMatch(ISO_TIME);
  expect(Object.keys(texts).sort()).toEqual(['instanceId', 'message', 'requestId', 'startTime', 'taskType']);
  for (const text of Object.values(texts)) expect(text === null || typeof text === 'string').toBe(true);
}

function expectFailureOfTheContract(error: TencentApiError): void {
  const failure = pollFailure(error, 1, 0.5);
  const { code, message, requestId, at, ...more } = failure.details?.[0] as PollError;
  const { nextRetryDelay } = failure as { nextRetryDelay?: unknown };

  expect(Object.values(POLL_FAILURE_TYPES)).toContain(failure.type);
  expect(code).not.toBe('');
  expect(at).toMatch(ISO_TIME);
  expect(more).toEqual({});
  expect(nextRetryDelay === undefined || nextRetryDelay === null || Number(nextRetryDelay) <= 2_000).toBe(true);
  for (const [text, max] of [
    [failure.message, 1_400],
    [code, 200],
    [message, 1_200],
    [requestId ?? '', 100],
  ] as const) {
    expect(text.isWellFormed()).toBe(true);
    expect(text).not.toMatch(/[\n\r]/);
    expect(Array.from(text).length).toBeLessThanOrEqual(max);
  }
  expect(JSON.stringify(error) + String(error.stack)).not.toMatch(/AKIDfuzz|fuzzSecretKey|fuzzToken|TC3-HMAC/);
}

test('any answer is a task, or an error of the contract', async () => {
  await forCases(anyAnswer, 1, check);

  expect([...endings.keys()]).toEqual(
    expect.arrayContaining(['task', 'transient', 'throttled', 'unknownTask', 'rejected', 'clock']),
  );
});

test('the next right answer is understood, whatever came before', async () => {
  answers.set(0, Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n{"Response":{"Status":"succeed"}}'));

  await expect(describeTaskInfo(api, { taskId: 0, region: 'ap-guangzhou' })).resolves.toMatchObject({
    status: 'succeed',
  });
});

test('memory stays flat', async () => {
  await forCases(anyAnswer, 0.1, check);
  const before = heapAfterGc();
  await forCases(anyAnswer, 0.2, check);
  const grownBy = heapAfterGc() - before;

  console.log(`${CASES * 0.2} more answers: the heap grew by ${Math.round(grownBy / 1024)} kB`);
  // One answer kept in a thousand would be more.
  expect(grownBy).toBeLessThan(8 * 1024 * 1024);
});
