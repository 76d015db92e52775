import { Agent } from 'node:http';
import { RedisApiSimulator, type Fault } from '../support/simulator.js';
import { call, callError, callJson } from './signed-call.js';

describe('a fault', () => {
  let nowMs = Date.now();
  let dice: number[] = [];
  let simulator: RedisApiSimulator;

  beforeEach(async () => {
    nowMs = Date.now();
    simulator = await RedisApiSimulator.start({
      requestsPerSecond: false,
      now: () => nowMs,
      random: () => dice.shift() ?? 0,
    });
    simulator.addTask(18215, { timeline: [{ status: 'running' }] });
    simulator.addTask(18216, { timeline: [{ status: 'running' }] });
  });
  afterEach(() => simulator.close());

  const once = (fault: Fault) => simulator.fault(fault, { times: 1 });
  const outcomes = () => simulator.calls.map(({ outcome }) => outcome);

  test('throttles in the words of the API', async () => {
    once({ kind: 'throttled' });

    await expect(callError(simulator.url)).resolves.toEqual([
      'RequestLimitExceeded',
      expect.stringContaining('which exceeds the frequency limit') as unknown,
    ]);
  });

  test('throttles with a sub-code and is counted as throttling', async () => {
    once({ kind: 'throttled', code: 'RequestLimitExceeded.UinLimitExceeded' });

    expect((await callError(simulator.url))?.[0]).toBe('RequestLimitExceeded.UinLimitExceeded');
    expect(simulator.stats().throttled).toBe(1);
  });

  test('answers any error with its known text', async () => {
    once({ kind: 'error', code: 'InternalError' });

    await expect(callError(simulator.url)).resolves.toEqual([
      'InternalError',
      'An internal error has occurred. Retry your request, but if the problem persists, contact us.',
    ]);
  });

  test('answers any error with a text of its own', async () => {
    once({ kind: 'error', code: 'FailedOperation.Unknown', message: 'no idea' });

    await expect(callError(simulator.url)).resolves.toEqual(['FailedOperation.Unknown', 'no idea']);
  });

  test('of the backend does not hide a wrong signature', async () => {
    const fault = once({ kind: 'error', code: 'InternalError' });

    expect((await callError(simulator.url, { sentBody: '{}' }))?.[0]).toBe('AuthFailure.SignatureFailure');
    expect(fault.hits).toBe(0);
  });

  test.each([
    [502, '502 Bad Gateway'],
    [504, '504 Gateway Time-out'],
    [200, '<html>'],
  ])('answers HTML with HTTP status %i', async (httpStatus, text) => {
    once({ kind: 'html', httpStatus });
    const answer = await call(simulator.url);

    expect([answer.httpStatus, answer.headers['content-type']]).toEqual([httpStatus, 'text/html']);
    expect(answer.text).toContain(text);
  });

  test('answers whatever it is given', async () => {
    once({ kind: 'http', status: 302, body: '', headers: { Location: 'http://127.0.0.1:1/' } });
    const answer = await call(simulator.url);

    expect([answer.httpStatus, answer.headers['location']]).toEqual([302, 'http://127.0.0.1:1/']);
  });

  test('answers an empty body', async () => {
    once({ kind: 'empty' });

    await expect(call(simulator.url)).resolves.toMatchObject({ httpStatus: 200, text: '' });
  });

  test('answers an object without Response', async () => {
    once({ kind: 'missingResponse' });

    expect((await call(simulator.url)).text).toBe('{}');
  });

  test('answers a request id and no status', async () => {
    once({ kind: 'missingStatus' });

    expect(Object.keys(await callJson(simulator.url))).toEqual(['RequestId']);
  });

  test('leaves an error whole where only a status can be missing', async () => {
    const fault = once({ kind: 'missingStatus' });

    await expect(callJson(simulator.url, { body: '{"TaskId":1}' })).resolves.toHaveProperty('Error');
    expect(fault.hits).toBe(0);
  });

  test('answers the first half of the JSON as if it were all', async () => {
    once({ kind: 'truncated' });
    const { text } = await call(simulator.url);

    expect(text).toMatch(/^\{"Response":\{"Status"/);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  test('breaks the connection half-way through the answer', async () => {
    once({ kind: 'cutOff' });

    await expect(call(simulator.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('breaks the connection instead of answering', async () => {
    once({ kind: 'reset' });

    await expect(call(simulator.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('breaks a kept-alive connection only when it is used again', async () => {
    const agent = new Agent({ keepAlive: true });
    const fault = once({ kind: 'resetIdle' });

    await expect(call(simulator.url, { agent })).resolves.toMatchObject({ httpStatus: 200 });
    await expect(call(simulator.url, { agent })).rejects.toMatchObject({ code: 'ECONNRESET' });
    await expect(call(simulator.url, { agent })).resolves.toMatchObject({ httpStatus: 200 });
    expect(fault.hits).toBe(1);
    expect(simulator.calls.map(({ connectionId }) => connectionId)).toEqual([1, 1, 2]);
    agent.destroy();
  });

  test('loses the answer to a request that did its work', async () => {
    once({ kind: 'lostAnswer' });
    const backup = call(simulator.url, { action: 'ManualBackupInstance', body: '{"InstanceId":"crs-a"}' });

    await expect(backup).rejects.toMatchObject({ code: 'ECONNRESET' });
    const created = Number(simulator.calls[0]?.taskId);
    await expect(callJson(simulator.url, { body: JSON.stringify({ TaskId: created }) })).resolves.toMatchObject({
      InstanceId: 'crs-a',
    });
  });

  test('creates nothing when the gateway fails', async () => {
    once({ kind: 'html', httpStatus: 502 });
    await call(simulator.url, { action: 'ManualBackupInstance', body: '{"InstanceId":"crs-a"}' });

    expect(simulator.calls[0]?.taskId).toBeUndefined();
  });

  test('shows another status than the task has', async () => {
    once({ kind: 'status', status: 'weird', message: 'ok' });

    await expect(callJson(simulator.url)).resolves.toMatchObject({
      Status: 'weird',
      TaskMessage: 'ok',
      InstanceId: 'crs-09u2u96z',
    });
  });

  test('holds a request back and then lets another fault strike it', async () => {
    once({ kind: 'slow', delayMs: 1 });
    once({ kind: 'throttled' });

    expect((await callError(simulator.url))?.[0]).toBe('RequestLimitExceeded');
  });

  test.each<[string, Fault]>([
    ['answering slowly', { kind: 'slow', delayMs: 1_000_000 }],
    ['never answering', { kind: 'hang' }],
  ])('notices a client that gives up on one %s', async (_name, fault) => {
    once(fault);
    const giveUp = new AbortController();
    const answer = call(simulator.url, { signal: giveUp.signal });
    await simulator.waitForCall(({ outcome }) => outcome === 'pending');
    giveUp.abort();

    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
    await expect(simulator.waitForCall(({ aborted }) => aborted)).resolves.toMatchObject({
      outcome: `fault:${fault.kind}`,
    });
    expect(simulator.stats()).toMatchObject({ calls: 1, aborted: 1 });
  });

  test('strikes as often as it was told', async () => {
    const fault = simulator.fault({ kind: 'empty' }, { times: 2 });
    for (let index = 0; index < 3; index += 1) await call(simulator.url);

    expect(outcomes()).toEqual(['fault:empty', 'fault:empty', 'ok']);
    expect(fault.hits).toBe(2);
  });

  test('strikes one task only', async () => {
    simulator.fault({ kind: 'empty' }, { taskId: 18216 });
    await call(simulator.url);
    await call(simulator.url, { body: '{"TaskId":18216}' });
    await call(simulator.url, { method: 'GET', path: '/?TaskId=18216' });

    expect(outcomes()).toEqual(['ok', 'fault:empty', 'fault:empty']);
  });

  test('strikes one action only', async () => {
    simulator.fault({ kind: 'empty' }, { action: 'ClearInstance' });
    await call(simulator.url);
    await call(simulator.url, { action: 'ClearInstance', body: '{"InstanceId":"crs-a"}' });

    expect(outcomes()).toEqual(['ok', 'fault:empty']);
  });

  test('strikes with its probability', async () => {
    dice = [0.29, 0.3, 0.9];
    simulator.fault({ kind: 'empty' }, { probability: 0.3 });
    for (let index = 0; index < 3; index += 1) await call(simulator.url);

    expect(outcomes()).toEqual(['fault:empty', 'ok', 'ok']);
  });

  test('ends after its time', async () => {
    simulator.fault({ kind: 'empty' }, { forMs: 1000 });
    await call(simulator.url);
    nowMs += 1000;
    await call(simulator.url);

    expect(outcomes()).toEqual(['fault:empty', 'ok']);
  });

  test('gives way to the next one when it is cleared', async () => {
    const first = simulator.fault({ kind: 'empty' });
    simulator.fault({ kind: 'missingResponse' });
    await call(simulator.url);
    first.clear();
    await call(simulator.url);
    simulator.clearFaults();
    await call(simulator.url);

    expect(outcomes()).toEqual(['fault:empty', 'fault:missingResponse', 'ok']);
  });
});
