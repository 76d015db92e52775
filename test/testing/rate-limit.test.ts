import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../support/simulator.js';
import { callError, callJson, type CallChanges } from './signed-call.js';

describe('the rate limit', () => {
  const other = { secretId: 'AKIDother', secretKey: 'other' };
  let nowMs = 1_551_113_065_000;
  let simulator: RedisApiSimulator;

  beforeEach(async () => {
    nowMs = 1_551_113_065_000;
    simulator = await RedisApiSimulator.start({ credentials: [SIMULATOR_CREDENTIAL, other], now: () => nowMs });
    simulator.addTask(18215, { timeline: [{ status: 'running' }] });
  });
  afterEach(() => simulator.close());

  const error = (changes: CallChanges = {}) => callError(simulator.url, { timestampS: 1_551_113_065, ...changes });
  const spend = async (count: number) => {
    for (let index = 0; index < count; index += 1) await error();
  };

  test('refuses the 21st request of a second in the words of the API', async () => {
    await spend(20);

    await expect(error()).resolves.toEqual([
      'RequestLimitExceeded',
      'Your current request times equals to `21` in a second, which exceeds the frequency limit `20` for a second. Please reduce the frequency of calls.',
    ]);
  });

  test('counts refused requests too', async () => {
    await spend(21);

    expect((await error())?.[1]).toContain('`22`');
  });

  test('starts again with the next second of the clock', async () => {
    nowMs += 999;
    await spend(20);
    nowMs += 1;

    await expect(error()).resolves.toBeUndefined();
  });

  test('counts keys apart', async () => {
    await spend(20);

    await expect(error({ credential: other })).resolves.toBeUndefined();
  });

  test('counts actions apart', async () => {
    await spend(20);
    const created = await callJson(simulator.url, {
      timestampS: 1_551_113_065,
      action: 'ClearInstance',
      body: '{"InstanceId":"crs-a"}',
    });

    expect(created).toHaveProperty('TaskId');
  });

  test('does not count requests that fail the signature', async () => {
    for (let index = 0; index < 20; index += 1) await error({ sentBody: '{}' });

    await expect(error()).resolves.toBeUndefined();
  });

  test('is told in the totals', async () => {
    await spend(22);
    nowMs += 1000;
    await spend(3);

    expect(simulator.stats()).toEqual({
      calls: 25,
      outcomes: { ok: 23, RequestLimitExceeded: 2 },
      throttled: 2,
      aborted: 0,
      maxPerSecond: 22,
    });
  });
});
