import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createRedisActivities } from '../../src/activities/index.js';
import { readInput } from '../../src/contract/input.js';
import { beginWait, type WaitState } from '../../src/contract/wait-state.js';
import { ATTEMPTS_PER_POLL, pollAnswered } from '../../src/contract/wait.js';
import { readWatchReport } from '../../src/contract/watch.js';
import { RedisApiSimulator, SIMULATOR_CREDENTIAL } from '../../src/testing/index.js';
import { seen } from '../contract/played-wait.js';

const input = {
  taskId: 18215,
  region: 'ap-guangzhou',
  polling: { initialInterval: '5s', maximumInterval: '5s', jitter: 0, pacing: 'compact' },
} as const;

describe('watchTaskInfo', () => {
  let simulator: RedisApiSimulator;
  let known: WaitState;
  beforeEach(async () => {
    simulator = await RedisApiSimulator.start({ requestsPerSecond: false });
    simulator.addTask(input.taskId, { timeline: [{ status: 'running' }] });
    known = begunAt(Date.now());
  });
  afterEach(() => simulator.close());

  /** A wait that has polled once. */
  const begunAt = (now: number) => pollAnswered(beginWait(readInput(input), now), seen('running'), now);

  /** One attempt: what it returned or threw, and its last heartbeat. */
  async function attempt(
    heartbeatDetails?: unknown,
    scheduledAt = Date.now(),
    given: unknown = input,
    endpoint = simulator.url,
  ) {
    const info = { startToCloseTimeoutMs: 15_000, heartbeatDetails, currentAttemptScheduledTimestampMs: scheduledAt };
    const environment = new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
    let heartbeat: unknown;
    environment.on('heartbeat', (details: unknown) => (heartbeat = details));
    const credentials = { getCredential: () => Promise.resolve(SIMULATOR_CREDENTIAL) };
    const activities = createRedisActivities({ endpoint, credentials });
    const ended: unknown = await environment
      .run(() => activities.watchTaskInfo(given as typeof input, known))
      .catch((error: unknown) => error);
    return { ended, heartbeat };
  }

  test('fails while nothing changes, says when to try again, and shows how the task stands', async () => {
    const { ended } = await attempt();

    expect(ended).toBeInstanceOf(ApplicationFailure);
    expect(ended).toMatchObject({
      type: 'RedisTaskUnchanged',
      message: 'running · 2 polls · next poll in 5 s',
      nextRetryDelay: 5_000,
      nonRetryable: false,
      category: ApplicationFailureCategory.BENIGN,
    });
  });

  test('shows no stack in Temporal UI', async () => {
    expect((await attempt()).ended).toMatchObject({ stack: '' });
  });

  test('tells the wait of an error that no call should throw, after as many attempts as of any other', async () => {
    const before = process.env['HTTPS_PROXY'];
    process.env['HTTPS_PROXY'] = 'socks5://127.0.0.1:1';
    const outcome = [];
    let heartbeat: unknown;
    for (let attempts = 0; attempts < ATTEMPTS_PER_POLL; attempts += 1) {
      const { ended, ...next } = await attempt(heartbeat, Date.now(), input, 'https://127.0.0.1:1');
      ({ heartbeat } = next);
      outcome.push(ended);
    }
    if (before === undefined) delete process.env['HTTPS_PROXY'];
    else process.env['HTTPS_PROXY'] = before;

    expect(outcome.at(-1)).toMatchObject({
      error: { code: 'TypeError', message: expect.stringContaining('HTTPS_PROXY must be a URL') as string },
      errorClass: 'transient',
    });
  });

  test('goes on where the attempt before it stopped', async () => {
    const first = await attempt();
    const second = await attempt(first.heartbeat);

    expect((second.ended as Error).message).toMatch(/^running · 3 polls · /);
  });

  test('reports a change with the count of all polls', async () => {
    const { heartbeat } = await attempt();
    simulator.setTask(input.taskId, { status: 'succeed' });
    const { ended } = await attempt(heartbeat);

    expect(readWatchReport(ended)).toMatchObject({ observation: { status: 'succeed' }, state: { polls: 3 } });
  });

  test('shows an error with its RequestId between two tries', async () => {
    simulator.fault({ kind: 'error', code: 'InternalError', message: 'Out of order.' });
    const { ended } = await attempt();

    const requestId = simulator.calls[0]?.requestId ?? '';
    expect(ended).toMatchObject({
      message: `InternalError: Out of order. (RequestId ${requestId}) · next poll in 1 s`,
    });
  });

  test('reports a refusal at once', async () => {
    simulator.fault({ kind: 'error', code: 'UnsupportedRegion' });
    const { ended } = await attempt();

    expect(readWatchReport(ended)).toMatchObject({ errorClass: 'rejected', error: { code: 'UnsupportedRegion' } });
  });

  test.each(['nonsense', { state: 1 }, null])('begins anew when a heartbeat says %j', async (heartbeat) => {
    expect((await attempt(heartbeat)).ended).toMatchObject({ message: 'running · 2 polls · next poll in 5 s' });
  });

  test('keeps to the times of the server on a worker whose clock is an hour ahead', async () => {
    simulator.setTask(input.taskId, { status: 'a new one' });
    const serverNow = Date.now() - 3_600_000;
    const { ended } = await attempt(undefined, serverNow);

    const { unfinishedAt } = readWatchReport(ended)?.state ?? {};
    expect(unfinishedAt).toBeGreaterThanOrEqual(serverNow);
    expect(unfinishedAt).toBeLessThan(serverNow + 60_000);
  });

  test("takes no clock that is ahead of the API's for a call that was queued: it polls no less often", async () => {
    simulator.clockOffsetMs = -60_000;
    known = begunAt(Date.now() - 60_000);
    const { ended } = await attempt(undefined, Date.now() - 60_000);

    expect(ended).toMatchObject({ message: 'running · 2 polls · next poll in 5 s' });
  });

  test('polls less often after a call that was queued', async () => {
    const { ended } = await attempt(undefined, Date.now() - 20_000);

    const { nextRetryDelay } = ended as { nextRetryDelay?: number };
    expect(nextRetryDelay).toBeGreaterThanOrEqual(20_000);
  });

  test("says when it saw the task by a clock that is ahead of the API's, as the server would", async () => {
    simulator.setTask(input.taskId, { status: 'a new one' });
    simulator.clockOffsetMs = -60_000;
    const askedAt = Date.now();
    const { ended } = await attempt(undefined, askedAt - 60_000);

    expect(readWatchReport(ended)?.state.unfinishedAt).toBeLessThan(askedAt - 10_000);
  });

  test('never says that it saw the task later than now, when an attempt comes before it is due', async () => {
    simulator.setTask(input.taskId, { status: 'a new one' });
    const { ended } = await attempt(undefined, Date.now() + 18_000);
    const now = Date.now();

    expect(readWatchReport(ended)?.state.unfinishedAt).toBeLessThanOrEqual(now);
  });

  test('refuses a state that no wait has, instead of failing again and again', async () => {
    known = { v: 2 } as unknown as WaitState;

    expect((await attempt()).ended).toMatchObject({ type: 'RedisTaskInvalidInput', nonRetryable: true });
    expect(simulator.calls).toEqual([]);
  });

  test('refuses a region that is none: it becomes a host name', async () => {
    const { ended } = await attempt(undefined, Date.now(), { ...input, region: 'evil.example.com/' });

    expect(ended).toMatchObject({ type: 'RedisTaskInvalidInput' });
    expect(simulator.calls).toEqual([]);
  });
});
