// Single waits in virtual time, each at a moment that random waits seldom meet.
import { durationMs } from '../support/histories.js';
import { judge } from './oracle.js';
import { playVirtually } from './virtual/play.js';
import { type Command, payloads, WorkflowVm } from './virtual/workflow-vm.js';

const BEGIN = Date.UTC(2026, 0, 1);
const SECOND = 1_000;
const HOURLY = { initialInterval: '1h', maximumInterval: '1h' };

let vm: WorkflowVm;

beforeAll(async () => {
  vm = await WorkflowVm.create();
});
afterAll(() => vm.close());

function kindOf(command: Command): string | undefined {
  return Object.keys(command).find((key) => key !== 'userMetadata');
}

// After a failover the clock of another server counts.
test('a deadline whose timer fires early gets another timer, and its last poll when it has come', async () => {
  const input = { taskId: 1, region: 'ap-guangzhou', maxWait: '60s', polling: HOURLY };
  const run = await vm.start({ runId: 'run', seed: 1, args: payloads(input) }, BEGIN);
  const begun = await run.activate([], BEGIN);
  const seqOf = (commands: readonly Command[]) => commands.find(({ startTimer }) => startTimer)?.startTimer?.seq ?? 0;
  const call = begun.find(({ scheduleActivity }) => scheduleActivity)?.scheduleActivity?.seq ?? 0;
  const [answer] = payloads({ status: 'running', queuedMs: 0 });
  await run.activate(
    [{ resolveActivity: { seq: call, result: { completed: { result: answer ?? null } } } }],
    BEGIN + 100,
  );

  const early = await run.activate([{ fireTimer: { seq: seqOf(begun) } }], BEGIN + 50_000);
  const due = await run.activate([{ fireTimer: { seq: seqOf(early) } }], BEGIN + 60_000);
  await run.dispose();

  expect(early.map(kindOf)).toEqual(['startTimer']);
  expect(due.map(kindOf)).toContain('scheduleActivity');
});

test('a shared wait that still joins its watch at its deadline makes its last poll a second after the one before', async () => {
  const input = { taskId: 1, region: 'ap-guangzhou', maxWait: 1_500, polling: { pacing: 'shared' } };
  const run = await vm.start({ runId: 'run', seed: 1, args: payloads(input) }, BEGIN);
  const begun = await run.activate([], BEGIN);
  const poll = begun.find(({ scheduleActivity }) => scheduleActivity?.activityType === 'describeTaskInfo');
  const deadline = begun.find(({ startTimer }) => startTimer);
  const [answer] = payloads({ status: 'running', queuedMs: 0 });
  const answered = { seq: poll?.scheduleActivity?.seq ?? 0, result: { completed: { result: answer ?? null } } };
  const seen = await run.activate([{ resolveActivity: answered }], BEGIN + 1_000);

  const pause = seen.find(({ startTimer }) => startTimer)?.startTimer;
  const due = await run.activate([{ fireTimer: { seq: deadline?.startTimer?.seq ?? 0 } }], BEGIN + 1_500);
  const last = await run.activate([{ fireTimer: { seq: pause?.seq ?? 0 } }], BEGIN + 2_000);
  await run.dispose();

  expect(durationMs(pause?.startToFireTimeout)).toBe(1_000);
  expect(due.map(kindOf)).toEqual([]);
  expect(last.map(kindOf)).toContain('scheduleActivity');
});

// Messages come each second while a call is in a long queue: each of them adds to the history of the run.
test('a wait continues as new also while a poll is under way, once the server suggests it', async () => {
  const record = await playVirtually(
    vm,
    {
      maxWaitMs: 600 * SECOND,
      polling: { initialInterval: 10_000, backoffCoefficient: 1, maximumInterval: 10_000, jitter: 0 },
      task: { visibleAfterMs: 0, statuses: [{ fromMs: 0, status: 'succeed' }] },
      faults: [],
      acts: Array.from({ length: 60 }, (_, at) => ({ atMs: at * SECOND, act: { does: 'pollNow', times: 1 } })),
    },
    {
      seed: 1,
      backlog: [{ fromMs: 0, forMs: 60 * SECOND, queueMs: 90 * SECOND }],
      deserted: [],
      killed: [],
      stalled: [],
      callMs: 30,
      continueAfter: 12,
    },
  );
  const answeredAt = record.polls.find(({ gaveTask }) => gaveTask)?.answeredAt ?? 0;

  expect(judge(record, { clockMs: 20, busyMs: 200 })).toEqual([]);
  expect(record.ending?.as).toBe('succeeded');
  expect(record.continuedAt?.filter((at) => at < answeredAt).length).toBeGreaterThan(3);
});

// Else it would wait for its answer up to the old deadline.
test('a call in a long queue is given up when the deadline has come nearer, and the last poll made', async () => {
  const record = await playVirtually(
    vm,
    {
      maxWaitMs: 600 * SECOND,
      polling: { initialInterval: 10_000, backoffCoefficient: 1, maximumInterval: 10_000, jitter: 0 },
      task: { visibleAfterMs: 0, statuses: [{ fromMs: 0, status: 'running' }] },
      faults: [],
      acts: [{ atMs: 5_000, act: { does: 'extendWait', totalsMs: [20_000], atOnce: true } }],
    },
    {
      ...{ seed: 3, deserted: [], killed: [], stalled: [], callMs: 30, continueAfter: 1_000 },
      backlog: [{ fromMs: 0, forMs: 10_000, queueMs: 300_000 }],
    },
  );

  expect(record.polls).toEqual([
    { at: 0, givenUpAt: expect.any(Number) as number },
    expect.objectContaining({ gaveTask: true }),
  ]);
  expect(record.polls[0]?.givenUpAt).toBeLessThan(21_000);
  expect(record.ending?.as).toBe('RedisTaskTimedOut');
});

// An update that is refused leaves no event: what a wait decides in its task, a replay would not.
test('a refused update after the deadline, before its timer has fired, makes no command but its answer', async () => {
  const input = { taskId: 1, region: 'ap-guangzhou', maxWait: 2_000 };
  const run = await vm.start({ runId: 'run', seed: 1, args: payloads(input) }, BEGIN);
  await run.activate([], BEGIN);
  const update = {
    ...{ id: 'late', protocolInstanceId: 'late', name: 'extendWait', input: payloads({ maxWait: 1_000 }) },
    ...{ headers: {}, runValidator: true, meta: { identity: 'client', updateId: 'late' } },
  };
  const commands = await run.activate([{ doUpdate: update }], BEGIN + 3_000);
  await run.dispose();

  expect(commands.map(kindOf)).toEqual(['updateResponse']);
});
