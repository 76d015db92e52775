import { RedisApiSimulator, SIMULATOR_CREDENTIAL, type SimulatorCall } from '../support/simulator.js';
import { call, callJson } from './signed-call.js';

describe('the calls of a simulator', () => {
  const credential = { ...SIMULATOR_CREDENTIAL, token: 'a temporary token' };
  const nowMs = Date.now();
  let simulator: RedisApiSimulator;

  beforeEach(async () => {
    simulator = await RedisApiSimulator.start({ credentials: [credential], keepCalls: 3, now: () => nowMs });
  });
  afterEach(() => simulator.close());

  const clear = { credential, action: 'ClearInstance', body: '{"InstanceId":"crs-a","Password":"a password"}' };

  test('tell who asked what and how it ended', async () => {
    const { RequestId, TaskId } = await callJson(simulator.url, clear);

    expect(simulator.calls).toEqual([
      {
        at: nowMs,
        action: 'ClearInstance',
        taskId: String(TaskId),
        region: 'ap-guangzhou',
        secretId: credential.secretId,
        outcome: 'ok',
        requestId: RequestId,
        aborted: false,
        connectionId: 1,
      },
    ]);
  });

  test('hold no secret', async () => {
    await call(simulator.url, clear);
    await call(simulator.url, { ...clear, sentBody: '{}' });
    const text = JSON.stringify([simulator.calls, simulator.stats()]);

    for (const secret of [credential.secretKey, credential.token, 'a password', 'Signature']) {
      expect(text.replaceAll('AuthFailure.SignatureFailure', '')).not.toContain(secret);
    }
  });

  test('hold no endless header', async () => {
    await call(simulator.url, { headers: { 'x-tc-action': 'A'.repeat(5000) } });

    expect(simulator.calls[0]?.action).toHaveLength(128);
  });

  test('are the last ones, while the totals go on', async () => {
    for (let index = 0; index < 5; index += 1) await call(simulator.url, { credential });

    expect(simulator.calls).toHaveLength(3);
    expect(simulator.stats().calls).toBe(5);
  });

  test('can be watched from arrival to end', async () => {
    const seen: string[] = [];
    const unwatch = simulator.watchCalls((each: SimulatorCall) => seen.push(each.outcome));
    await call(simulator.url, { credential });
    unwatch();
    await call(simulator.url, { credential });

    expect(seen).toEqual(['pending', 'InvalidParameter.InvalidParameter']);
  });

  test('can be waited for, before and after they come', async () => {
    const coming = simulator.waitForCall(({ taskId }) => taskId === '18215');
    await call(simulator.url, { credential });

    await expect(coming).resolves.toBe(simulator.calls[0]);
    await expect(simulator.waitForCall(({ taskId }) => taskId === '18215')).resolves.toBe(simulator.calls[0]);
  });
});
